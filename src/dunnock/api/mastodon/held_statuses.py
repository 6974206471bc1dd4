"""What rules of staff keep of one's posts, and the way to object. Ours: /api/v1/dunnock/held_statuses."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Called, Form, require, told_id
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.integrity import rules

PATH: Final = "/api/v1/dunnock/held_statuses"


class HeldStatus(msgspec.Struct, kw_only=True):
    """A post that a rule keeps: not published (`held`), or shown to fewer people (`limited`).

    It was found by a program. `state`: it waits for a person, or one refused it, which is a decision with its reasons. `until`:
    when it is let go if nobody looks before. `objection`: what its author said to it, null: nothing.
    """

    id: str
    status_id: str
    effect: Literal["held", "limited"]
    state: Literal["waiting", "refused"]
    rule: str
    until: str
    reason: str
    objection: str | None
    decision_id: str | None


class ObjectionForm(msgspec.Struct):
    """Why the rule is wrong."""

    text: str = ""


@get(PATH, guards=[require("read:statuses")])
async def list_held_statuses(caller: Called, db: NamedDependency[Db]) -> list[HeldStatus]:
    """What rules of staff keep of the caller's posts, the newest first; at most 100."""
    return [_kept(one) for one in await rules.kept_of(db, me(caller))]


@post(f"{PATH}/{{hit_id:int}}/object", guards=[require("write:statuses")], status_code=200)
async def object_to_rule(
    hit_id: FromPath[int], form: Form[ObjectionForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, bool]:
    """Say why a rule is wrong about an own post, once; staff read it where they judge."""
    async with db.begin() as tx:
        await rules.object_to_hit(tx, hit_id, form.text, account_id=me(caller))
    return {"objected": True}


def _kept(one: rules.Kept) -> HeldStatus:
    hit = one.hit
    return HeldStatus(
        id=str(hit.id), status_id=str(hit.subject_id), effect="held" if hit.held else "limited",
        state="refused" if hit.state == "refused" else "waiting", rule=one.rule, until=iso(one.until), reason=hit.reason,
        objection=hit.objection or None, decision_id=told_id(hit.decision_id),
    )  # fmt: skip


HANDLERS: list[Any] = [list_held_statuses, object_to_rule]
