"""What somebody may have meant who made one slip of the finger."""

from __future__ import annotations

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
SHORTEST, LONGEST = 4, 24
"""Of shorter words nearly all are near each other; longer ones are pasted, not typed."""


def near(word: str) -> list[str]:
    """Words that are one slip away: a letter left out, one too many, a wrong one, two that changed places.

    Of a word of n letters about 75 n; empty for those too short or too long to guess. So what was meant is found by looking each
    up, with an index that serves exact names and nothing else. Source: Damerau, A technique for computer detection and
    correction of spelling errors (1964).
    """
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    letters = dict.fromkeys(_LETTERS + word)
    found: dict[str, None] = {}
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        found.update(dict.fromkeys([before + letter + after for letter in letters]))
        if after:
            found[before + after[1:]] = None
            found.update(dict.fromkeys([before + letter + after[1:] for letter in letters]))
        if len(after) > 1:
            found[before + after[1] + after[0] + after[2:]] = None
    found.pop(word, None)
    return list(found)
