"""The techniques of DISARM, by which cases and releases say how something was done: found by id and by words.

Source: DISARM Framework, DISARM Foundation, CC BY-SA 4.0 (`disarm.txt`).
"""

from __future__ import annotations

import functools
import unicodedata
from importlib import resources

import msgspec

MOST_FOUND = 25
_LONGEST = 200


class Technique(msgspec.Struct, frozen=True):
    """One technique, or a kind of one (`T0049.005`); `about`: how its description begins."""

    id: str
    name: str
    about: str


def find_technique(technique_id: str) -> Technique | None:
    """The technique with this id; None: this version of DISARM has none."""
    return _known().get(technique_id)


def search_techniques(asked: str, *, most: int = MOST_FOUND) -> list[Technique]:
    """Techniques whose id begins so, or that have all these words in name or description; those of the name first."""
    words = _folded(asked[:_LONGEST]).split()
    if not words:
        return []
    ranked = [(rank, one) for one in _known().values() if (rank := _rank(one, words)) is not None]
    return [one for _, one in sorted(ranked, key=lambda pair: (pair[0], pair[1].id))][:most]


def _rank(one: Technique, words: list[str]) -> int | None:
    """0: by its id, 1: by its name, 2: by its description too; None: it is not meant."""
    if len(words) == 1 and one.id.lower().startswith(words[0]):
        return 0
    name = _folded(one.name)
    if all(word in name for word in words):
        return 1
    whole = f"{one.id.lower()} {name} {_folded(one.about)}"
    return 2 if all(word in whole for word in words) else None


def _folded(said: str) -> str:
    return unicodedata.normalize("NFKC", said).casefold()


@functools.cache
def _known() -> dict[str, Technique]:
    text = resources.files(__package__).joinpath("disarm.txt").read_text("utf-8")
    lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {technique_id: Technique(technique_id, name, about) for technique_id, name, about in lines}
