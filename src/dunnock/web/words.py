"""Marks words that Python holds for people, so that the catalogues have them; templates translate them with `_`."""

from __future__ import annotations


def N_(words: str) -> str:  # noqa: N802  (the name that gettext's tools look for)
    """The words themselves, marked to be translated where they are shown."""
    return words


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802  (as above)
    """Words that depend on a number, marked likewise: for one, and for many."""
    return one, many
