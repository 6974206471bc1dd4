"""Sound and moving pictures, made here by real encoders."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np


def film(
    path: Path,
    *,
    codec: str = "libx264",
    sound: str | None = "aac",
    size: tuple[int, int] = (160, 90),
    frames: int = 24,
    rate: int = 24,
    pix_fmt: str = "yuv420p",
    metadata: dict[str, str] | None = None,
) -> Path:
    """A film that gets brighter, with a tone of the same length."""
    with av.open(str(path), "w") as made:
        made.metadata.update(metadata or {})
        video: Any = made.add_stream(codec, rate=rate)
        video.width, video.height = size
        video.pix_fmt = pix_fmt
        audio: Any = None
        if sound is not None:
            audio = made.add_stream(sound, rate=48_000)
            audio.layout = "stereo"
        for number in range(frames):
            shade = np.full((size[1], size[0], 3), number * 255 // frames, dtype=np.uint8)
            shade[: size[1] // 3, :, 0] = 255  # the upper third is red
            for packet in video.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")):
                made.mux(packet)
        for packet in video.encode(None):
            made.mux(packet)
        if audio is not None:
            _tone(made, audio, frames / rate)
    return path


def song(
    path: Path, codec: str, *, seconds: float = 1.0, rate: int = 48_000, metadata: dict[str, str] | None = None
) -> Path:
    """A tone."""
    with av.open(str(path), "w") as made:
        made.metadata.update(metadata or {})
        audio: Any = made.add_stream(codec, rate=rate)
        audio.layout = "stereo"
        _tone(made, audio, seconds)
    return path


def _tone(made: Any, audio: Any, seconds: float) -> None:
    size = audio.codec_context.frame_size or 1024
    sampler = av.AudioResampler(format=audio.codec_context.format, layout="stereo", rate=audio.rate, frame_size=size)
    for at in range(0, int(seconds * audio.rate), 1024):
        wave = (np.sin((np.arange(1024) + at) / 20) * 0.3).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = audio.rate, at, Fraction(1, audio.rate)
        for ready in sampler.resample(frame):
            for packet in audio.encode(ready):
                made.mux(packet)
    for packet in audio.encode(None):
        made.mux(packet)


def facts(path: Path) -> dict[str, Any]:
    """What a player finds in a file."""
    with av.open(str(path)) as held:
        return {
            "format": held.format.name,
            "streams": [(one.type, one.codec_context.name) for one in held.streams],
            "metadata": dict(held.metadata) | {k: v for one in held.streams for k, v in one.metadata.items()},
            "seconds": (held.duration or 0) / av.time_base,
            "frames": sum(1 for _ in held.decode(video=0)) if held.streams.video else 0,
        }
