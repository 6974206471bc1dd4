"""Which letters of a name are not those of the name that it is like: pure, for people who compare the two."""

from __future__ import annotations

import difflib
import unicodedata
from typing import Literal

import msgspec

from dunnock.integrity.identity.skeleton import looks

_LONGEST = 320


class Letters(msgspec.Struct, frozen=True):
    """A part of a name. `how`: same; alike (it looks as `of` does); other (it stands for `of`, or was added)."""

    text: str
    how: Literal["same", "alike", "other"]
    of: str = ""

    @property
    def called(self) -> tuple[str, ...]:
        """What Unicode calls the characters, which tells apart what looks the same."""
        return tuple(unicodedata.name(char, f"U+{ord(char):04X}") for char in self.text)


def compare(name: str, like: str) -> tuple[Letters, ...]:
    """`name` in parts, beside the name that it is like. Large and small letters are the same."""
    name, like = unicodedata.normalize("NFC", name[:_LONGEST]), unicodedata.normalize("NFC", like[:_LONGEST])
    matcher = difflib.SequenceMatcher(None, _folded(name), _folded(like), autojunk=False)
    out = []
    for tag, start, end, from_, to in matcher.get_opcodes():
        part, of = name[start:end], like[from_:to]
        if tag == "equal":
            out.append(Letters(part, "same"))
        elif part:
            out.append(Letters(part, "alike" if of and looks(part) & looks(of) else "other", of))
    return tuple(out)


def _folded(name: str) -> list[str]:
    return [char.casefold() for char in name]
