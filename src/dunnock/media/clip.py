"""Turn sound and moving pictures that somebody sent into MP4 and MP3; runs only in a worker (it loads FFmpeg's libraries).

The reader is chosen by us from the first bytes, and reads one open file: no playlist, no address, no other file.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import av
import av.error
import av.logging

from dunnock.media import limits
from dunnock.media.errors import MediaRejected, MediaTooLarge
from dunnock.media.process import blurhash_of, prints_of, write_preview
from dunnock.media.rendition import Clip, Processed, Rendition
from dunnock.media.sniff import sniff_container

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream
    from PIL import Image

_SAY_DAMAGED: Final = "The file is damaged or incomplete"
_SAY_NOTHING: Final = "There is neither sound nor a picture in the file that can be read here"
_THREADS: Final = 2
_DAMAGED: Final = (av.error.FFmpegError, ValueError, TypeError, ArithmeticError, LookupError, EOFError, RuntimeError)
# Source: FFmpeg, libavformat/avformat.h, AV_DISPOSITION_ATTACHED_PIC.
_COVER: Final = 0x0400

av.logging.set_level(None)


def process_clip(source: Path, out_dir: Path) -> Processed:
    """Make the files of a post's sound or moving picture in the empty directory `out_dir`.

    H.264 with AAC goes into a new MP4 as it is, MP3 into a new file as it is; everything else is encoded anew. Metadata,
    subtitles, attachments and data tracks stay behind. A moving picture without sound is a `gifv`.

    Raises:
        MediaRejected: nothing that we read, damaged, too long, or with too many pixels or frames.
        MediaTooLarge: too many bytes.
    """
    with source.open("rb") as file:
        if os.fstat(file.fileno()).st_size > limits.CLIP_BYTES:
            most = limits.CLIP_BYTES // 1024 // 1024
            raise MediaTooLarge(say=f"The file is too large: at most {most} MB are possible here")
        reader = sniff_container(file.read(limits.SNIFF_BYTES))
        if reader is None:
            raise MediaRejected("no known container")
        return _processed(file, reader, out_dir)


def process_gif(source: Path, out_dir: Path) -> Processed:
    """Make a silent video of an animated GIF. Raises as `process_clip`."""
    with source.open("rb") as file:
        return _processed(file, "gif", out_dir)


def _processed(file: IO[bytes], reader: str, out_dir: Path) -> Processed:
    file.seek(0)
    try:
        with av.open(file, "r", format=reader, metadata_errors="ignore") as held:
            if held.duration is not None and held.duration / av.time_base > limits.CLIP_SECONDS:
                raise MediaRejected(
                    held.duration, say=f"It is too long: at most {limits.CLIP_SECONDS // 3600} hours are possible"
                )
            picture, sound, cover = _streams(held)
            if picture is not None:
                return _video(held, picture, sound, out_dir, reader)
            if sound is not None:
                return _audio(held, sound, cover, out_dir, reader)
    except _DAMAGED as error:
        raise MediaRejected(repr(error), say=_SAY_DAMAGED) from error
    raise MediaRejected("no stream", say=_SAY_NOTHING)


def _streams(held: InputContainer) -> tuple[VideoStream | None, AudioStream | None, VideoStream | None]:
    """The first moving picture, the first sound, and a cover."""
    moving = [one for one in held.streams.video if not int(one.disposition) & _COVER and one.codec_context is not None]
    covers = [one for one in held.streams.video if int(one.disposition) & _COVER and one.codec_context is not None]
    sounds = [one for one in held.streams.audio if one.rate]
    return (moving[0] if moving else None), (sounds[0] if sounds else None), (covers[0] if covers else None)


# Moving pictures --------------------------------------------------------------------------------------------------


def _video(
    held: InputContainer, picture: VideoStream, sound: AudioStream | None, out_dir: Path, reader: str
) -> Processed:
    width, height = picture.codec_context.width, picture.codec_context.height
    rate = picture.average_rate or picture.guessed_rate or Fraction(25)
    if width < 1 or height < 1:
        raise MediaRejected("no size", say=_SAY_DAMAGED)
    if width * height > limits.CLIP_PIXELS:
        raise MediaRejected(width, height, say=f"{width}x{height} videos are not supported")
    if rate > limits.CLIP_RATE and reader != "gif":
        raise MediaRejected(rate, say=f"{round(rate)}fps videos are not supported")
    first, turned = _first_frame(held, picture)
    held.seek(0)
    as_it_is = (
        reader == "mov"  # others do not say in which order frames are to be decoded
        and picture.codec_context.name == "h264"
        and picture.codec_context.pix_fmt in {"yuv420p", "yuvj420p"}
        and not turned
    )
    path = out_dir / "original.mp4"
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as made:
        video = _CopyVideo(made, picture) if as_it_is else _MakeVideo(made, picture, rate, turned)
        audio: _Copy | _MakeAudio | None = None
        if sound is not None:
            audio = (
                _Copy(made, sound)
                if reader == "mov" and sound.codec_context.name == "aac"
                else _MakeAudio(made, sound, "aac")
            )
        _run(held, {picture.index: video} | ({} if sound is None or audio is None else {sound.index: audio}))
    seconds = _seconds(path)
    preview = write_preview(first, out_dir)
    return Processed(
        original=_rendition(path, video.size[0], video.size[1], "video/mp4"),
        small=preview,
        static=None,
        blurhash=blurhash_of(first),
        prints=prints_of(first, *_moments(path)),
        animated=True,
        kind="gifv" if sound is None else "video",
        clip=Clip(
            seconds=seconds,
            bitrate=_bitrate(path, seconds),
            rate=f"{rate.numerator}/{rate.denominator}",
            codec="h264",
            **_sound_facts(sound, None if audio is None else audio.codec),
        ),
    )


def _first_frame(held: InputContainer, picture: VideoStream) -> tuple[Image.Image, int]:
    """The first frame, upright, and by how many degrees it had to be turned clockwise."""
    for frame in held.decode(picture):
        turned = -int(frame.rotation) % 360
        image = _image(frame)
        return (image.rotate(-turned, expand=True) if turned else image.copy()), turned
    raise MediaRejected("no frame", say=_SAY_DAMAGED)


def _moments(path: Path) -> list[Image.Image]:
    """Frames of what was made, at some moments; of what has few key frames, the last that is not too far from one."""
    with contextlib.suppress(*_DAMAGED), av.open(str(path)) as held:
        stream = held.streams.video[0]
        whole, begin = stream.duration or 0, stream.start_time or 0
        return [_frame_at(held, stream, begin + int(whole * part)) for part in limits.CLIP_MOMENTS] if whole else []
    return []  # it is shown all the same: copies of it are not known


def _frame_at(held: InputContainer, stream: VideoStream, wanted: int) -> Image.Image:
    held.seek(wanted, stream=stream)
    frames = itertools.islice(held.decode(stream), limits.CLIP_MOMENT_FRAMES)
    shown = next(frames)
    for frame in frames:
        if frame.pts is None or frame.pts > wanted:
            break
        shown = frame
    return _image(shown)


class _Copy:
    """Takes packets over as they are."""

    def __init__(self, made: OutputContainer, stream: Any) -> None:
        self._made = made
        self._out = made.add_stream_from_template(stream)
        self._out.metadata.clear()
        self.codec = stream.codec_context.name

    def take(self, packet: Any) -> None:
        if packet.dts is None:
            return
        packet.stream = self._out
        self._made.mux(packet)

    def finish(self) -> None:
        """All is written."""


class _CopyVideo(_Copy):
    def __init__(self, made: OutputContainer, stream: Any) -> None:
        super().__init__(made, stream)
        self.size = (stream.codec_context.width, stream.codec_context.height)


class _MakeVideo:
    """Encodes frames anew as H.264: upright, with even sides, no larger and no faster than we keep."""

    codec = "h264"

    def __init__(self, made: OutputContainer, stream: VideoStream, rate: Fraction, turned: int) -> None:
        width, height = stream.codec_context.width, stream.codec_context.height
        if turned in (90, 270):
            width, height = height, width
        scale = min(1.0, (limits.CLIP_MADE_PIXELS / (width * height)) ** 0.5)
        self.size = (max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2))
        self._made, self._stream, self._turned = made, stream, turned
        self._gap = Fraction(1, limits.CLIP_MADE_RATE) if rate > limits.CLIP_MADE_RATE else Fraction(0)
        self._next = Fraction(-1)
        self._last: int | None = None
        out: Any = made.add_stream("libx264", rate=min(rate, Fraction(limits.CLIP_MADE_RATE)))
        out.width, out.height = self.size
        out.pix_fmt = "yuv420p"
        out.codec_context.time_base = stream.time_base or Fraction(1, 1000)
        out.codec_context.thread_count = _THREADS
        out.options = {
            "preset": "veryfast", "crf": "23", "maxrate": str(limits.CLIP_MADE_BITRATE),
            "bufsize": str(2 * limits.CLIP_MADE_BITRATE), "profile": "high",
        }  # fmt: skip
        self._out = out
        self._graph: Any = None

    def take(self, packet: Any) -> None:
        for frame in packet.decode():
            self._write(frame)

    def _write(self, frame: Any) -> None:
        if frame.pts is None:
            return
        base = frame.time_base or self._stream.time_base or Fraction(1, 1000)
        moment = frame.pts * base
        if self._gap:
            if moment < self._next - self._gap / 4:
                return
            self._next = max(self._next + self._gap, moment)
        if self._last is not None and frame.pts <= self._last:
            return  # two frames of one moment
        self._last = frame.pts
        pts = frame.pts
        upright = self._upright(frame) if self._turned else frame
        ready = upright.reformat(width=self.size[0], height=self.size[1], format="yuv420p")
        ready.pts, ready.time_base = pts, base
        ready.pict_type = 0  # the encoder chooses anew
        for one in self._out.encode(ready):
            self._made.mux(one)

    def _upright(self, frame: Any) -> Any:
        if self._graph is None:
            graph = av.filter.Graph()
            source = graph.add_buffer(template=self._stream)
            steps = {90: ["clock"], 180: ["clock", "clock"], 270: ["cclock"]}.get(self._turned, [])
            last = source
            for step in steps:
                turn = graph.add("transpose", step)
                last.link_to(turn)
                last = turn
            sink = graph.add("buffersink")
            last.link_to(sink)
            graph.configure()
            self._graph = graph
        self._graph.push(frame)
        return self._graph.pull()

    def finish(self) -> None:
        for packet in self._packets_left():
            self._made.mux(packet)

    def _packets_left(self) -> Iterator[Any]:
        for frame in self._stream.decode(None):
            self._write(frame)
        yield from self._out.encode(None)


# Sound ------------------------------------------------------------------------------------------------------------


def _audio(
    held: InputContainer, sound: AudioStream, cover: VideoStream | None, out_dir: Path, reader: str
) -> Processed:
    picture = None if cover is None else _cover(held, cover)
    held.seek(0)
    path = out_dir / "original.mp3"
    with av.open(str(path), "w", format="mp3", options={"id3v2_version": "0", "fflags": "+bitexact"}) as made:
        copied = reader == "mp3" and sound.codec_context.name in {"mp3", "mp3float"}
        audio = _Copy(made, sound) if copied else _MakeAudio(made, sound, "libmp3lame")
        _run(held, {sound.index: audio})
    seconds = _seconds(path)
    return Processed(
        original=_rendition(path, 0, 0, "audio/mpeg"),
        small=None if picture is None else write_preview(picture, out_dir),
        static=None,
        blurhash=None if picture is None else blurhash_of(picture),
        animated=False,
        kind="audio",
        clip=Clip(seconds=seconds, bitrate=_bitrate(path, seconds), **_sound_facts(sound, "mp3")),
    )


def _cover(held: InputContainer, cover: VideoStream) -> Image.Image | None:
    """A cover that can't be read is no reason to refuse the sound."""
    context = cover.codec_context
    if not 0 < context.width * context.height <= limits.SOURCE_PIXELS:
        return None
    try:
        for frame in held.decode(cover):
            return _image(frame)
    except _DAMAGED:
        pass
    return None


class _MakeAudio:
    """Encodes sound anew: two channels at most, at 44.1 or 48 kHz."""

    def __init__(self, made: OutputContainer, stream: AudioStream, encoder: str) -> None:
        self._made, self._stream = made, stream
        self.codec = "mp3" if encoder == "libmp3lame" else encoder
        rate = 48_000 if stream.rate % 16_000 == 0 and stream.rate >= 16_000 else 44_100
        layout = "mono" if stream.channels == 1 else "stereo"
        out: Any = made.add_stream(encoder, rate=rate)
        out.layout = layout
        out.bit_rate = limits.SOUND_MADE_BITRATE if layout == "stereo" else limits.SOUND_MADE_BITRATE // 2
        self._out = out
        self._sampler = av.AudioResampler(format=out.codec_context.format, layout=layout, rate=rate)

    def take(self, packet: Any) -> None:
        for frame in packet.decode():
            self._write(frame)

    def _write(self, frame: Any) -> None:
        frame.pts = None  # gaps and jumps in what was sent must not be in what we make
        for ready in self._sampler.resample(frame):
            for packet in self._out.encode(ready):
                self._made.mux(packet)

    def finish(self) -> None:
        for frame in self._stream.decode(None):
            self._write(frame)
        for ready in self._sampler.resample(None):
            for packet in self._out.encode(ready):
                self._made.mux(packet)
        for packet in self._out.encode(None):
            self._made.mux(packet)


def _image(frame: Any) -> Image.Image:
    image: Image.Image = frame.to_image()
    return image


# Both -------------------------------------------------------------------------------------------------------------


def _run(held: InputContainer, takers: dict[int, Any]) -> None:
    """Hand each packet to the taker of its stream."""
    streams = [held.streams[index] for index in takers]
    for packet in held.demux(streams):
        if packet.size:
            takers[packet.stream.index].take(packet)
    for taker in takers.values():
        taker.finish()


def _sound_facts(sound: AudioStream | None, codec: str | None) -> dict[str, Any]:
    if sound is None:
        return {}
    return {"sound": codec, "sound_rate": sound.rate, "sound_channels": "mono" if sound.channels == 1 else "stereo"}


def _seconds(path: Path) -> float:
    """How long what we made is."""
    with av.open(str(path)) as made:
        return 0.0 if made.duration is None else round(made.duration / av.time_base, 3)


def _bitrate(path: Path, seconds: float) -> int:
    return round(path.stat().st_size * 8 / seconds) if seconds else 0


def _rendition(path: Path, width: int, height: int, mime: str) -> Rendition:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Rendition(name=path.name, width=width, height=height, size=path.stat().st_size, mime=mime, sha256=sha256)
