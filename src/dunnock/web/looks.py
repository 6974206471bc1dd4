"""How pages look to one reader: a few words, kept with the member or in a cookie, that the stylesheet finds on the root."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import msgspec
from markupsafe import Markup

from dunnock.web.words import N_

CHECKED = "checked"
"""The word of members who want no list of first steps any more; it says nothing about looks."""
_CHOSEN = "plain"
"""Stands for everything as it is by itself, so that this can be chosen too."""


class Trait(NamedTuple):
    """One thing that can be chosen: its name on the root (`data-…`), what it is, and its words, the usual one first."""

    name: str
    legend: str
    words: tuple[tuple[str, str], ...]


TRAITS = (
    Trait("theme", N_("Colours"), (("", N_("Like my device")), ("light", N_("Light")), ("dark", N_("Dark")))),
    Trait("contrast", N_("Contrast"), (("", N_("Like my device")), ("high", N_("High")))),
    Trait(
        "size",
        N_("Size of text"),
        (("small", N_("Small")), ("", N_("Usual")), ("large", N_("Large")), ("huge", N_("Very large"))),
    ),
    Trait("density", N_("Room"), (("", N_("Roomy")), ("tight", N_("Tight: more on one screen")))),
    Trait("motion", N_("Motion"), (("", N_("Like my device")), ("less", N_("Nothing moves by itself")))),
    Trait("links", N_("Links"), (("", N_("Underlined where needed")), ("underlined", N_("Always underlined")))),
)
_TRAIT_OF = {word: trait.name for trait in TRAITS for word, _ in trait.words if word}


class Look(msgspec.Struct, frozen=True):
    """How pages look. `attributes`: what the root element has; `theme`: `light`, `dark`, or empty for the device's."""

    chosen: dict[str, str]
    attributes: Markup = Markup("")
    checked: bool = False

    @property
    def theme(self) -> str:
        """The colours that were chosen."""
        return self.chosen.get("theme", "")


@lru_cache(maxsize=512)
def look_of(words: str) -> Look:
    """The look that is kept as these words; unknown ones say nothing."""
    given = words[:200].split("-")
    chosen = {_TRAIT_OF[word]: word for word in given if word in _TRAIT_OF}
    attributes = "".join(f' data-{name}="{word}"' for name, word in chosen.items())
    return Look(chosen, Markup(attributes), checked=CHECKED in given)  # noqa: S704 (only words of ours)


def words_of(chosen: dict[str, str], *, checked: bool) -> str:
    """How the choices (trait -> word) are kept; words that a trait does not have are left out."""
    words = [word for trait in TRAITS if _TRAIT_OF.get(word := chosen.get(trait.name, "")) == trait.name]
    return "-".join([*words, CHECKED] if checked else words or [_CHOSEN])


PLAIN = look_of("")
