"""Rows of polls and votes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, or_, select

from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_into, insert_once
from dunnock.posts.poll import Poll
from dunnock.posts.store.others import counts_for_others
from dunnock.posts.tables import poll_votes, polls, posts

_names = msgspec.json.Decoder(tuple[str, ...]).decode
_numbers = msgspec.json.Decoder(tuple[int, ...]).decode
_encode = msgspec.json.encode

_COLUMNS = (
    polls.c.id,
    polls.c.post_id,
    polls.c.options,
    polls.c.multiple,
    polls.c.hide_totals,
    polls.c.expires_at,
    polls.c.tallies,
    polls.c.voters,
    polls.c.ended,
)
_the = polls.c.id == bindparam("the")
_FIND = Sql(select(*_COLUMNS).where(_the))
_HOLD = Sql(select(*_COLUMNS).where(_the).with_for_update())
_OF_POSTS = Sql(select(*_COLUMNS).where(among(polls.c.post_id, "ids")))
_HOLD_OF_POST = Sql(select(*_COLUMNS).where(polls.c.post_id == bindparam("post")).with_for_update())
_ADD = insert_into(polls)
_CHANGE = Sql(
    polls.update()
    .where(_the)
    .values(
        **{
            name: bindparam(f"new_{name}", type_=polls.c[name].type)
            for name in ("options", "multiple", "hide_totals", "expires_at", "tallies", "voters", "ended")
        }
    )
)
_DROP = Sql(polls.delete().where(_the))
_DROP_VOTES = Sql(poll_votes.delete().where(poll_votes.c.poll_id == bindparam("the")))
_COUNTS = Sql(
    select(or_(~posts.c.local, counts_for_others(bindparam("by", type_=BigId), polls.c.id)))
    .join_from(polls, posts, posts.c.id == polls.c.post_id)
    .where(_the)
)
_ADD_VOTE = insert_once(poll_votes, keys=["account_id", "poll_id", "choice"])
_VOTES_BY = Sql(
    select(poll_votes.c.poll_id, poll_votes.c.choice)
    .where(poll_votes.c.account_id == bindparam("by"), among(poll_votes.c.poll_id, "ids"))
    .order_by(poll_votes.c.poll_id, poll_votes.c.choice)
)


def _poll(row: Row) -> Poll:
    return Poll(
        id=row[0],
        post_id=row[1],
        options=_names(row[2]),
        multiple=bool(row[3]),
        hide_totals=bool(row[4]),
        expires_at=row[5],
        tallies=_numbers(row[6]),
        voters=row[7],
        ended=bool(row[8]),
    )


async def find(reader: Reader, poll_id: int) -> Poll | None:
    """One poll, whoever asks."""
    row = await reader.one(_FIND, the=poll_id)
    return None if row is None else _poll(row)


async def hold(tx: Tx, poll_id: int) -> Poll | None:
    """One poll; nobody else changes it or votes until this transaction ends."""
    row = await tx.one(_HOLD, the=poll_id)
    return None if row is None else _poll(row)


async def hold_of_post(tx: Tx, post_id: int) -> Poll | None:
    """The post's poll; nobody else changes it or votes until this transaction ends."""
    row = await tx.one(_HOLD_OF_POST, post=post_id)
    return None if row is None else _poll(row)


async def of_posts(reader: Reader, post_ids: Sequence[int]) -> list[Poll]:
    """The polls of those posts that have one."""
    return [_poll(row) for row in await reader.all(_OF_POSTS, ids=list(post_ids))]


async def add(tx: Tx, poll: Poll) -> None:
    """A new poll."""
    await tx.run(_ADD, id=poll.id, post_id=poll.post_id, **_values(poll))


async def change(tx: Tx, poll: Poll) -> None:
    """Write all of it anew."""
    await tx.run(_CHANGE, the=poll.id, **{f"new_{name}": value for name, value in _values(poll).items()})


def _values(poll: Poll) -> dict[str, object]:
    return {
        "options": _encode(poll.options).decode(),
        "multiple": poll.multiple,
        "hide_totals": poll.hide_totals,
        "expires_at": poll.expires_at,
        "tallies": _encode(poll.tallies).decode(),
        "voters": poll.voters,
        "ended": poll.ended,
    }


async def drop(tx: Tx, poll_id: int) -> None:
    """Remove a poll with its votes."""
    await drop_votes(tx, poll_id)
    await tx.run(_DROP, the=poll_id)


async def drop_votes(tx: Tx, poll_id: int) -> None:
    """Forget who voted for what."""
    await tx.run(_DROP_VOTES, the=poll_id)


async def counts(tx: Tx, poll_id: int, *, by: int) -> bool:
    """Does the vote of this account count? Not while it is suspended; of another server's poll that is for that server to say.

    Ask it before the poll is held: it holds the account, as whoever counts anew does first.
    """
    return bool(await tx.value(_COUNTS, the=poll_id, by=by))


async def add_votes(tx: Tx, poll_id: int, choices: Sequence[int], *, by: int) -> None:
    """One vote for each option; the caller holds the poll and made sure that there are none yet."""
    await tx.many(_ADD_VOTE, [{"account_id": by, "poll_id": poll_id, "choice": one} for one in choices])


async def votes_by(reader: Reader, by: int, poll_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """What the account chose in each of the polls; polls that it did not vote on are left out."""
    found: dict[int, tuple[int, ...]] = {}
    for poll_id, choice in await reader.all(_VOTES_BY, by=by, ids=list(poll_ids)):
        found[poll_id] = (*found.get(poll_id, ()), choice)
    return found
