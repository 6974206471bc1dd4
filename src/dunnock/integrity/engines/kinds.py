"""What kind of table a file is, by its first bytes: names lie."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Literal

Kind = Literal["parquet", "lines", "array", "csv"]
_LOOKED_AT = 4_096


def kind_of(path: Path) -> Kind:
    """Parquet, JSON (an object a line, or an array of objects), or else CSV; the latter three may be packed with gzip.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as opened:
        start = opened.read(4)
    if start == b"PAR1":
        return "parquet"
    try:
        with gzip.open(path) if start[:2] == b"\x1f\x8b" else path.open("rb") as unpacked:
            start = unpacked.read(_LOOKED_AT)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return "csv"  # what reads it says what is wrong
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "lines" if start[:1] == b"{" else "array" if start[:1] == b"[" else "csv"
