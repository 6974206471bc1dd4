"""Compiled templates, kept beside the modules of this package as Python keeps its own: the first look at a page need not wait.

To compile what all pages share takes 0.2 s, for each language, in each process. Where nothing can be written, or Python is
told to keep nothing, each process compiles for itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Final

import jinja2
from jinja2.bccache import Bucket

_HERE: Final = Path(__file__).parent
_MAKERS: Final = ("translate.py", "catalogue.py")
"""The modules that have a say in what is compiled."""


class KeptTemplates(jinja2.BytecodeCache):
    """Templates as they were compiled for one language. What was compiled from other words or by another program is made anew."""

    def __init__(self, language: str, words: bytes) -> None:
        """`words`: all that may be put in while compiling, besides the template itself."""
        self._language = language
        program = b"".join((_HERE / one).read_bytes() for one in _MAKERS)
        self._made_of = hashlib.sha256(words + program + jinja2.__version__.encode()).hexdigest()

    def get_source_checksum(self, source: str) -> str:
        """What a kept template must have been made of."""
        return hashlib.sha256(f"{self._made_of}\n{source}".encode()).hexdigest()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 (Jinja hands it over)
        """Where it is kept, whatever folder the program is in."""
        return importlib.util.cache_from_source(str(_HERE / f"{name.replace('/', '.')}.{self._language}.py"))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, if it can be read."""
        try:
            with Path(bucket.key).open("rb") as file:
                bucket.load_bytecode(file)
        except FileNotFoundError:
            return
        except Exception:  # noqa: BLE001 (half a file, or no such file at all: it is compiled again)
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it; all of it or nothing, for other processes may look."""
        if sys.dont_write_bytecode:
            return
        place = Path(bucket.key)
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
                written = Path(file.name)
                bucket.write_bytecode(file)
            written.chmod(0o644)  # whoever runs the program, as with Python's own
            written.replace(place)
