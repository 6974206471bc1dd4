"""What governments asked for, as staff write it down, for everybody to read: who, by which law, about how many, what was done."""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import DomainError, Kind
from dunnock.moderation import log
from dunnock.transparency import store

Asked = Literal["remove", "data", "block", "other"]
ASKED: tuple[Asked, ...] = get_args(Asked)
"""To take something down, to hand out data, to hide something in a country, anything else."""
Done = Literal["refused", "partly", "complied", "open"]
DONE: tuple[Done, ...] = get_args(Done)
_NEEDS = Power.MANAGE_SETTINGS
_DAY = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LONGEST = 300
_MOST = 200
_MOST_ACCOUNTS = 100_000_000


class GovernmentInvalid(DomainError):
    """Something of it is missing, too long, or not as it must be."""

    code, kind = "government_invalid", Kind.INVALID
    safe = (
        "Validation failed: Say which authority of which country (two letters), when, by which law, and what was done"
    )


class GovernmentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `country`: ISO 3166, two letters; `received_on`: 2026-11-27; `number`: of accounts that it was about."""

    authority: str
    country: str
    received_on: str
    law: str
    asked: Asked
    number: int
    done: Done
    id: int = 0


async def record_request(tx: Tx, new: GovernmentRequest, *, by: int) -> int:
    """Write down a request of a government; its id. It is public at once, and in the report of the month.

    Raises: NotPermitted, GovernmentInvalid.
    """
    staff = await log.acting(tx, by, _NEEDS)
    words = new.authority.strip(), new.law.strip()
    if (
        not all(0 < len(one) <= _LONGEST for one in words)
        or not _COUNTRY.fullmatch(new.country)
        or not _DAY.fullmatch(new.received_on)
        or new.asked not in ASKED
        or new.done not in DONE
        or not 0 <= new.number <= _MOST_ACCOUNTS
    ):
        raise GovernmentInvalid(new.country[:10])
    an_id = tx.new_id()
    await tx.run(
        store.ADD_GOVERNMENT, id=an_id, authority=words[0], country=new.country, received_on=new.received_on, law=words[1],
        asked=new.asked, number=new.number, done=new.done,
    )  # fmt: skip
    await log.note(
        tx, staff, "government.record", an_id, called=words[0], country=new.country, law=words[1], asked=new.asked,
        number=new.number, done=new.done,
    )  # fmt: skip
    return an_id


async def answer_request(tx: Tx, request_id: int, done: str, *, by: int) -> None:
    """Say what was done about a request that was open. Raises: NotPermitted, GovernmentInvalid: it is not open."""
    staff = await log.acting(tx, by, _NEEDS)
    how = next((one for one in DONE if one == done and one != "open"), None)
    if how is None or not await tx.run(store.ANSWER_GOVERNMENT, the=request_id, new_done=how):
        raise GovernmentInvalid(done[:20], say="Validation failed: This request is not open")
    await log.note(tx, staff, "government.answer", request_id, done=how)


async def government_requests(reader: Reader) -> list[GovernmentRequest]:
    """The newest 200, for everybody."""
    return [
        GovernmentRequest(**dict(zip(_FIELDS, row, strict=True)))
        for row in await reader.all(store.GOVERNMENT, most=_MOST)
    ]


async def may_record(reader: Reader, *, by: int) -> None:
    """Whether somebody may write them down. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)


_FIELDS = ("id", "authority", "country", "received_on", "law", "asked", "number", "done")
