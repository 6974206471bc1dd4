"""What a name looks like, whatever characters it is written with.

Source: Unicode Technical Standard 39, Unicode Security Mechanisms, section 4 (skeleton).
"""

from __future__ import annotations

import functools
import unicodedata
from importlib import resources

_PAIRS = (("vv", "w"), ("rn", "m"), ("cl", "d"))
"""Two letters that are read as one. The table of Unicode has `m` look like `rn`; here both become `m`."""
_SPOKEN = str.maketrans(
    {"3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i", "9": "g", "|": "l"}
)
_IGNORED = frozenset(("Mn", "Me", "Cf", "Cc"))
_UNSEEN = frozenset("\u115f\u1160\u0640")
"""Letters to Unicode that show nothing, or only draw out the one before: fillers of Hangul, the Arabic kashida."""
_BOXES = (0x1F150, 0x1F170)
"""Where the letters A to Z begin that are white on a disc or a square; all others are decomposed by Unicode."""
_KANA = {"工": "エ", "力": "カ", "口": "ロ", "二": "ニ", "八": "ハ", "夕": "タ", "卜": "ト", "才": "オ", "千": "チ", "一": "ー",
           "三": "ミ", "へ": "ヘ", "り": "リ"}  # fmt: skip
"""Han characters and Hiragana that look like Katakana."""
_SHAPES = {
    "к": "k", "м": "m", "т": "t", "в": "b", "н": "h", "и": "u", "п": "n", "\u0433": "r", "я": "r", "з": "3", "ч": "4",
    "\u0431": "6", "η": "n", "κ": "k", "τ": "t", "μ": "u", "π": "n", "ω": "w", "χ": "x", "ε": "e",
}  # fmt: skip
"""Small letters of Cyrillic and Greek by the Latin ones that stand for them, or for their capitals, among Latin letters."""
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


def mixed_looks(name: str, *, always: bool = False) -> frozenset[str]:
    """What a name reads as that mixes letters of Latin with Cyrillic or Greek in a word; empty: it does not.

    `always`: also if not, for the name that it is compared with.
    """
    plain = _plain(name)
    if not always and not any(len(_scripts(word)) > 1 for word in plain.split()):
        return frozenset()
    shaped = "".join(_SHAPES.get(char, char) for char in plain.casefold())
    return frozenset(one for one in (_core(_alike(shaped)),) if one)


def _scripts(word: str) -> set[str]:
    return {script for char in word if (script := unicodedata.name(char, "").partition(" ")[0]) in _MIXED}


_MIXED = frozenset(("LATIN", "CYRILLIC", "GREEK"))


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
    folded = unicodedata.normalize("NFKD", name[:_LONGEST].translate(_drawn()))
    return "".join(char for char in folded if char not in _UNSEEN and unicodedata.category(char) not in _IGNORED)


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
def _drawn() -> dict[int, str]:
    """Letters that are drawn as pictures, or as small capitals, which Unicode does not take apart."""
    table = {start + n: chr(ord("A") + n) for start in _BOXES for n in range(26)}
    small = "LATIN LETTER SMALL CAPITAL "
    for at in (*range(0x0250, 0x02B0), *range(0x1D00, 0x1D80), *range(0xA720, 0xA800)):
        called = unicodedata.name(chr(at), "")
        if called.startswith(small) and len(called) == len(small) + 1:
            table[at] = called[-1].lower()
    return table


@functools.cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    text = resources.files(__package__).joinpath("confusables.txt").read_text("utf-8")
    for line in text.splitlines():
        to, tab, ones = line.partition("\t")
        if tab:
            table |= {ord(one): to for one in ones}
    return table | {ord(one): to for one, to in _KANA.items()}
