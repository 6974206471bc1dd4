"""Languages to choose from, called as their speakers call them."""

from __future__ import annotations

from dunnock.text import LANGUAGE_NAMES
from dunnock.web.words import N_


def language_choices(chosen: str | None) -> list[tuple[str, str]]:
    """(code, name), nothing said first; a chosen language without a name here is called by its code."""
    known = sorted(LANGUAGE_NAMES.items(), key=lambda one: one[1].casefold())
    extra = [(chosen, chosen)] if chosen and chosen not in LANGUAGE_NAMES else []
    return [("", N_("Not said")), *extra, *known]
