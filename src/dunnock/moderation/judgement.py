"""What staff want to decide, and whether it can be: actions, words, grounds."""

from __future__ import annotations

import msgspec

from dunnock.foundation.db import Tx
from dunnock.moderation.errors import DecisionInvalid, PresetMissing
from dunnock.moderation.model import ACCOUNT_ACTIONS, LONGEST_TEXT, Action
from dunnock.moderation.statement_words import CATEGORIES, GROUNDS, LONGEST_FACTS
from dunnock.moderation.store import decisions as store


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided about which accounts. `report_id`: what it answers; `mail`: write to the members too.

    `text` is for the members, below that of the preset; `also`: what else is done. `account_ids` names them, or `case_id` has
    them: all accounts of the case that have one of `parts` in it (empty: all), but for those of `but`. `expires_in`: seconds
    until it ends by itself. `ground`, `category` and `facts` are for the statement of reasons (DSA, article 17).
    """

    action: str
    account_ids: tuple[int, ...] = ()
    also: tuple[str, ...] = ()
    text: str = ""
    report_id: int | None = None
    preset_id: int | None = None
    mail: bool = True
    case_id: int | None = None
    parts: tuple[str, ...] = ()
    but: tuple[int, ...] = ()
    expires_in: int | None = None
    ground: str = "terms"
    category: str = "other"
    facts: str = ""


def actions_of(judgement: Judgement) -> tuple[Action, ...]:
    """The action, and what else is done, the strictest first. Raises: DecisionInvalid."""
    known = []
    for name in (judgement.action, *judgement.also):
        action = next((one for one in ACCOUNT_ACTIONS if one == name), None)
        if action is None or action in known:
            raise DecisionInvalid(name[:80])
        known.append(action)
    if len(known) > 1 and "none" in known:
        raise DecisionInvalid("none")
    return tuple(known)


async def text_of(tx: Tx, judgement: Judgement) -> str:
    """What the members are told: the preset, and below it the words. Raises: PresetMissing, DecisionInvalid."""
    preset = ""
    if judgement.preset_id is not None:
        preset = await tx.value(store.PRESET, the=judgement.preset_id) or ""
        if not preset:
            raise PresetMissing(judgement.preset_id)
    whole = "\n\n".join(part for part in (preset, judgement.text.strip()) if part)
    if len(whole) > LONGEST_TEXT:
        raise DecisionInvalid(
            len(whole), say=f"Validation failed: Text is too long (maximum is {LONGEST_TEXT} characters)"
        )
    return whole


def check_grounds(judgement: Judgement) -> None:
    """Is what the statement of reasons needs as it may be? Raises: DecisionInvalid."""
    if judgement.ground not in GROUNDS or judgement.category not in CATEGORIES:
        raise DecisionInvalid(
            judgement.category[:80], say="Validation failed: Ground or category is not included in the list"
        )
    if len(judgement.facts) > LONGEST_FACTS:
        raise DecisionInvalid(
            len(judgement.facts), say=f"Validation failed: Facts are too long (maximum is {LONGEST_FACTS} characters)"
        )
    if judgement.expires_in is not None and judgement.expires_in <= 0:
        raise DecisionInvalid(judgement.expires_in, say="Validation failed: Expiry is in the past")
