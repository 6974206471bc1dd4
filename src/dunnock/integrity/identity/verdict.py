"""Whether an account is taken for a protected name: pure, with the reasons that a person can check.

A name that is alike is a reason by itself where it was chosen here. On other servers the same short name is often somebody
else's own, so there two reasons are asked for. Whoever only comes near is watched, and told of once it answers in that name.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Literal

import msgspec

from dunnock.integrity.identity.lookalike import Likeness, likeness
from dunnock.integrity.identity.protected import Protected
from dunnock.integrity.identity.skeleton import looks
from dunnock.media.nearness import ALIKE, apart_or_mirrored

State = Literal["watched", "marked"]
_SHORT = 5
"""Letters: shorter display names are too common to be a reason alone."""


class Evidence(msgspec.Struct, frozen=True):
    """What was compared, and what it showed: enough to find the same again. `answers`: ids of posts that added a reason.

    `handle_is`, `name_is`: `lookalike.How`; empty: not alike. `picture`: how far pictures are apart, of 256; -1: not compared.
    """

    handle: str
    name: str
    protected: str
    handle_is: str = ""
    name_is: str = ""
    remote: bool = False
    picture: int = -1
    answers: tuple[int, ...] = ()


class Seen(msgspec.Struct, frozen=True):
    """An account as it shows itself. `proven`: hosts of links that link back to it; `picture`: its avatar's print."""

    account_id: int
    handle: str
    name: str
    remote: bool
    proven: frozenset[str] = frozenset()
    picture: str = ""


def judge(seen: Seen, protected: Protected, *, picture: str = "") -> tuple[State, Evidence] | None:
    """What an account is to the name at first sight; None: nothing, or it is the name's own.

    `picture`: the print of the name's own avatar. Who comes near the name and shows a copy of it, also one that is
    mirrored or cut by a little, is marked.
    """
    if seen.account_id == protected.account_id or (protected.site and protected.site in seen.proven):
        return None
    handle = _best(seen.handle, protected)
    name = _best(seen.name, protected)
    if handle is None and name is None:
        return None
    told = Evidence(
        seen.handle, seen.name, protected.name, handle.how if handle else "", name.how if name else "", seen.remote,
        apart_or_mirrored(seen.picture, picture) if seen.picture and picture else -1,
    )  # fmt: skip
    if 0 <= told.picture <= ALIKE:
        return "marked", told
    by_handle = handle is not None and handle.enough
    by_name = name is not None and name.enough and (_weight(name.part) >= _SHORT or by_handle)
    if seen.remote:
        marked = by_handle and by_name
    elif protected.source == "account":
        # Members may be called alike: the name alone only counts with the handle.
        marked = by_handle and ((handle is not None and len(handle.part) >= _SHORT) or by_name)
    else:
        marked = by_handle or by_name
    return ("marked" if marked else "watched"), told


def answers(text: str, mentioned: Mapping[int, str], protected: Protected) -> bool:
    """Whether somebody complained to the name in a post: it mentions its account, or the name stands in the text."""
    if protected.account_id and protected.account_id in mentioned:
        return True
    wanted = {look for called in protected.called for look in looks(called)}
    if any(wanted & looks(handle) for handle in mentioned.values()):
        return True
    words = text.split()
    pairs = [" ".join(two) for two in itertools.pairwise(words)]
    return any(wanted & looks(part.strip(".,:;!?()#@\"'")) for part in [*words, *pairs][:400])


def _weight(part: str) -> float:
    """How much a name says, in Latin letters: a Han character says as much as two, a Kana as one and a half."""
    return sum(2 if char >= "\u3400" else 1.5 if char >= "\u3041" else 1 for char in part)


def _best(name: str, protected: Protected) -> Likeness | None:
    found = [one for called in protected.called if name and (one := likeness(name, called))]
    return min(found, key=lambda one: not one.enough, default=None)
