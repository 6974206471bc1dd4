"""What a member wants to be told: the policy for strangers, and settings per kind. Mastodon: NotificationPolicy."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dunnock.foundation.db import Reader, Tx
from dunnock.notifications.errors import ChoiceUnknown
from dunnock.notifications.model import ANSWERS, FROM_WHOM, KINDS, SETTABLE, FromWhom, Policy
from dunnock.notifications.store import requests as store


class Summary(msgspec.Struct, frozen=True):
    """How many requests wait, and how many messages they hold; both counted up to a hundred (each)."""

    requests: int
    messages: int


async def read_policy(reader: Reader, account_id: int) -> Policy:
    """The account's policy."""
    row = await store.policy(reader, account_id)
    return Policy() if row is None else Policy(*row)


async def summary(reader: Reader, account_id: int) -> Summary:
    """What the policy keeps back."""
    return Summary(*await store.summary(reader, account_id))


async def change_policy(tx: Tx, account_id: int, answers: Mapping[str, str]) -> Policy:
    """Change some answers, by the names of `Policy`'s fields. It holds for what comes; what there is stays as it is.

    Raises:
        ChoiceUnknown: that is no answer.
    """
    for name, chosen in answers.items():
        if chosen not in ANSWERS:
            raise ChoiceUnknown(name, chosen, ANSWERS)
    changed: Policy = msgspec.structs.replace(await read_policy(tx, account_id), **answers)
    await store.set_policy(tx, account_id, msgspec.structs.asdict(changed))
    return changed


async def read_settings(reader: Reader, account_id: int) -> dict[str, FromWhom]:
    """Of whom the account hears each kind, in the order of `KINDS`."""
    chosen: dict[str, FromWhom] = await store.settings(reader, account_id)
    return {kind: chosen.get(kind, "everyone") for kind in KINDS if kind in SETTABLE}


async def change_settings(tx: Tx, account_id: int, chosen: Mapping[str, str]) -> dict[str, FromWhom]:
    """Change of whom the account hears some kinds. It holds for what comes.

    Raises:
        ChoiceUnknown: there is no such kind, or nobody like that.
    """
    for kind, whom in chosen.items():
        if kind not in SETTABLE:
            raise ChoiceUnknown(kind, whom, ())
        if whom not in FROM_WHOM:
            raise ChoiceUnknown(kind, whom, FROM_WHOM)
    await store.set_settings(tx, account_id, chosen)
    return await read_settings(tx, account_id)
