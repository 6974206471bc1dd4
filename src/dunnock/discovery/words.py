"""The one tokeniser: what people wrote, and what they look for, as the same words. Both engines index what comes from here.

Words are folded: NFKC, case, digits, accents of Latin and Greek letters, ё, points of Hebrew, vowels of Arabic and the letters
that are written in several ways there. Scripts that write no spaces between words, and Korean, become pairs of characters,
so that any two that stand together are found.
"""

from __future__ import annotations

import unicodedata

import regex

LONGEST_WORD = 64
# The characters a word can have beside letters are these; the index's own marks start with one of `#@:`.
_RUN = regex.compile(r"[\p{L}\p{M}\p{N}_]+")
_PAIRED = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\u30fc\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\p{Bopomofo}\p{Yi}"
)
_PARTS = regex.compile(rf"[{_PAIRED}][{_PAIRED}\p{{M}}]*+|[^{_PAIRED}]++")
_IS_PAIRED = regex.compile(rf"[{_PAIRED}]")
# Signs that people leave out, or write now and then. In other scripts (Cyrillic й, Devanagari, Thai) marks make another letter.
_MARKS = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Hebrew}\p{Arabic}])\p{Mn}+|(?<=\u0435)\u0308")
# Soft hyphens, joiners, directions, which form of a letter is meant; not what stands between words (U+200B, U+200C).
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Variation_Selector}--[\u200b\u200c]]+", regex.VERSION1)
_DIGITS = regex.compile(r"[\p{Nd}--[0-9]]", regex.VERSION1)
_STRETCHED = "\u0640"  # makes an Arabic word longer, and says nothing
_PLAIN_LETTERS = {
    ord(letter): plain
    for letter, plain in zip(
        "đðħıĸłŋøŧ"  # Latin
        "\u0629\u0649\u06cc\u06a9\u06c1",  # Arabic: teh marbuta, alef maksura, the yeh, kaf and heh of Persian and Urdu
        "ddhiklnot\u0647\u064a\u064a\u0643\u0647",
        strict=True,
    )
}


def fold(text: str) -> str:
    """The text with what is written in several ways made one: compatibility forms, case, digits, optional and invisible signs.

    Source of the Arabic and Persian part: Lucene's ArabicNormalizer and PersianNormalizer.
    """
    if text.isascii():
        return text.lower()
    seen = _INVISIBLE.sub("", text)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    bare = _MARKS.sub("", unicodedata.normalize("NFD", folded).replace(_STRETCHED, ""))
    plain = _DIGITS.sub(_digit, bare.translate(_PLAIN_LETTERS))
    return unicodedata.normalize("NFC", plain)


def _digit(found: regex.Match[str]) -> str:
    return str(unicodedata.digit(found[0]))


def words_of(text: str) -> list[str]:
    """The words of a text in order, as they are indexed: of a run of paired characters each pair, and its last alone."""
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if run.isascii():
            found.append(run[:LONGEST_WORD])
            continue
        for part in _PARTS.findall(run):
            if _IS_PAIRED.match(part):
                found += [part[at : at + 2] for at in range(len(part))]
            else:
                found.append(part[:LONGEST_WORD])
    return found


def phrase_of(text: str) -> tuple[tuple[str, ...], bool]:
    """What to look for: words that must follow each other, and whether the last is only a beginning.

    A run of paired characters is looked for by its pairs, wherever it stands within a longer run; one such character alone by
    all pairs that begin with it.
    """
    found: list[str] = []
    begins = False
    runs = [part for run in _RUN.findall(fold(text)) for part in _PARTS.findall(run)]
    for number, part in enumerate(runs):
        last = number == len(runs) - 1
        if not _IS_PAIRED.match(part):
            found.append(part[:LONGEST_WORD])
        elif len(part) == 1:
            found.append(part)
            begins = last
        else:
            # In the middle of a phrase its run ends here, so the last character stands alone; at the end it may go on.
            found += [part[at : at + 2] for at in range(len(part) - (1 if last else 0))]
    return tuple(found), begins
