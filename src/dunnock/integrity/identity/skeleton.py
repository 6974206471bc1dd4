"""What a name looks like, whatever characters it is written with.

Source: Unicode Technical Standard 39, Unicode Security Mechanisms, section 4 (skeleton).
"""

from __future__ import annotations

import functools
import unicodedata
from importlib import resources

_PAIRS = (("vv", "w"), ("rn", "m"))
"""Two letters that are read as one. The table of Unicode has `m` look like `rn`; here both become `m`."""
_SPOKEN = str.maketrans({"3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i", "9": "g"})
_IGNORED = frozenset(("Mn", "Me", "Cf", "Cc"))
_LONGEST = 200


def skeleton(name: str) -> str:
    """The name as it looks: characters that look alike are one, accents and what is not seen are gone, letters are small."""
    return _small(_alike(_plain(name)))


def looks(name: str) -> frozenset[str]:
    """The few things that a name may be read as, of letters and digits only; empty: it has none.

    Some of them, because a large I looks like a small l while handles are shown in small letters anyway, and because a slip
    of the hand may make or break a pair that is read as one letter.
    """
    plain = _plain(name)
    read = {_core(_alike(plain)), _core(_alike(plain.casefold())), _core(plain.translate(_SPOKEN))}
    read |= {_core(_alike(plain.casefold().translate(_SPOKEN))), _letters(plain.casefold())}
    return frozenset(one for one in read if one)


def words(name: str) -> list[str]:
    """The name cut where a separator stands, or where small letters are followed by a large one or by digits."""
    out: list[str] = []
    last = ""
    for char in _plain(name):
        kind = "d" if char.isdigit() else "u" if char.isupper() else "l" if char.isalpha() else ""
        if not kind:
            last = ""
            continue
        if out and last and not (kind == "u" and last == "l") and (kind == "d") == (last == "d"):
            out[-1] += char
        else:
            out.append(char)
        last = kind
    return [one.casefold() for one in out]


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name[:_LONGEST])
    return "".join(char for char in folded if unicodedata.category(char) not in _IGNORED)


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKD", name.translate(_table()))


def _small(name: str) -> str:
    small = name.casefold()
    for pair, one in _PAIRS:
        small = small.replace(pair, one)
    return small


def _core(name: str) -> str:
    return _letters(_small(name))


def _letters(name: str) -> str:
    return "".join(char for char in name if char.isalnum())


@functools.cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    text = resources.files(__package__).joinpath("confusables.txt").read_text("utf-8")
    for line in text.splitlines():
        to, tab, ones = line.partition("\t")
        if tab:
            table |= {ord(one): to for one in ones}
    return table
