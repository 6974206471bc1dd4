"""Who is meant by what an activity is addressed to. Source: federation.md, section 6."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dunnock.federation.parse import ids_of
from dunnock.federation.places import PUBLICS

MOST_ADDRESSED = 1_000


class Audience(msgspec.Struct, frozen=True):
    """`visibility` is ours; `people` are all addresses but everybody's and that of the author's followers."""

    visibility: str
    people: tuple[str, ...]


def audience_of(document: Mapping[str, Any], followers: str | None) -> Audience:
    """The audience of an object or an activity; `followers`: the address of its author's followers.

    What is for nobody is direct, addressed to nobody: access is never wider than what was written.
    """
    to, cc = ids_of(document.get("to")), ids_of(document.get("cc"))
    people = tuple([one for one in dict.fromkeys([*to, *cc]) if one not in PUBLICS and one != followers])[
        :MOST_ADDRESSED
    ]
    if not PUBLICS.isdisjoint(to):
        return Audience("public", people)
    if not PUBLICS.isdisjoint(cc):
        return Audience("unlisted", people)
    if followers is not None and (followers in to or followers in cc):
        return Audience("followers", people)
    return Audience("direct", people)
