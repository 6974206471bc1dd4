"""multipart/form-data, streamed: text fields stay in memory (bounded), files go to temporary files as they arrive."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from dunnock.api.kit.errors import BadRequest, BodyTooLarge
from dunnock.api.kit.nested import Pair
from dunnock.api.kit.settings import Limits


class Upload:
    """A file that the client sent, on disk until the request ends; move `path` away to keep it.

    `size` in bytes; `claimed_type` is what the client says and is worth nothing until sniffed; `filename` may be empty.
    """

    __slots__ = ("claimed_type", "filename", "path", "size")

    def __init__(self, path: Path, *, filename: str, size: int, claimed_type: str) -> None:
        """Describe a file that lies at `path`."""
        self.path = path
        self.filename = filename
        self.size = size
        self.claimed_type = claimed_type


async def read_multipart(
    chunks: AsyncIterator[bytes], content_type: str, *, limits: Limits, keep: list[Path]
) -> list[Pair]:
    """The fields of a multipart body in order, values being `str` or `Upload`.

    The path of each temporary file is put in `keep` before the first byte is written; the caller removes them.

    Raises:
        BadRequest: the body is broken, or has too many fields or files.
        BodyTooLarge: a file above `limits.upload_bytes`, or text fields together above `limits.body_bytes`.
    """
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    reader = _Reader(limits, keep)
    try:
        parser = PushMultipartParser(boundary, max_segment_count=limits.fields, strict=False)
        async for chunk in chunks:
            if chunk and not parser.closed:
                for event in parser.parse(chunk):
                    reader.take(event)
        parser.close()
    except (MultipartError, UnicodeDecodeError, LookupError) as error:
        raise BadRequest(say="The multipart body is broken") from error
    finally:
        reader.close()
    return reader.pairs


class _Reader:
    def __init__(self, limits: Limits, keep: list[Path]) -> None:
        self.pairs: list[Pair] = []
        self._limits = limits
        self._keep = keep
        self._segment: MultipartSegment | None = None
        self._text = bytearray()
        self._text_total = 0
        self._file: BinaryIO | None = None
        self._files = 0
        self._file_size = 0

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if event is None:
            self._finish()
        elif isinstance(event, MultipartSegment):
            self._segment = event
            if event.filename is not None:
                self._open()
        elif self._file is not None:
            self._file_size += len(event)
            if self._file_size > self._limits.upload_bytes:
                raise BodyTooLarge
            self._file.write(event)
        else:
            self._text_total += len(event)
            if self._text_total > self._limits.body_bytes:
                raise BodyTooLarge
            self._text += event

    def _open(self) -> None:
        self._files += 1
        self._file_size = 0
        if self._files > self._limits.files:
            raise BadRequest(say="Too many files")
        handle, name = tempfile.mkstemp(prefix="upload-", dir=self._limits.spool)
        self._keep.append(Path(name))
        self._file = os.fdopen(handle, "wb", buffering=65536)

    def _finish(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        name = segment.name or ""
        if self._file is None:
            self.pairs.append((name, self._text.decode()))
            self._text.clear()
            return
        self.close()
        if segment.size == 0 and not segment.filename:
            return  # what browsers send for a file field left empty
        upload = Upload(
            self._keep[-1], filename=segment.filename or "", size=segment.size, claimed_type=segment.content_type or ""
        )
        self.pairs.append((name, upload))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def remove(paths: list[Path]) -> None:
    """Remove the temporary files of a request; one that was moved away is no error."""
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    paths.clear()
