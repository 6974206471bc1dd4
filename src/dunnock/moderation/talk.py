"""Staff here and staff of another server write to each other about a report that went there or came from there.

Text only. Between servers: a Flag that answers a Flag (`inReplyTo`), which others take for another report; and Resolve, by who is
done with a report. Source: Lemmy, `Resolve` of a `Flag`; w3c/activitystreams issue 609.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from dunnock import accounts, text
from dunnock.accounts import Power
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Invalid
from dunnock.foundation.ids import ms_of
from dunnock.moderation import log
from dunnock.moderation.errors import ReportMissing
from dunnock.moderation.events import ReportMessageWritten
from dunnock.moderation.store import talk as store

Way = Literal["", "out", "in"]
"""It is nobody's business elsewhere; it went to the server of whom it is about; it came from another server."""
LONGEST_MESSAGE = 2_000
_MOST_WRITTEN, _MOST_TAKEN = 100, 100
"""Messages about one report, from here and from there."""
_NEEDS = Power.MANAGE_REPORTS


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message. `by_account_id` None: it came from the other server; `closes`: whoever wrote it is done with the report.

    `passed_on`: the member who complained may read it.
    """

    id: int
    text: str
    by_account_id: int | None
    closes: bool
    passed_on: bool = False

    @property
    def at(self) -> int:
        """When it was written, or came."""
        return ms_of(self.id)


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """What was written about a report. `server`: the other one; `uri`: of the Flag that the report came with.

    `answered_at` (Unix milliseconds): when the other server said that it is done with it.
    """

    report_id: int
    way: Way
    server: str
    uri: str
    reporter_id: int | None
    target_id: int
    answered_at: int | None
    messages: tuple[Message, ...] = ()


async def show_talk(reader: Reader, report_id: int, *, by: int) -> Talk:
    """What was written about a report. Raises: NotPermitted, ReportMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return await find_talk(reader, report_id)


async def find_talk(reader: Reader, report_id: int) -> Talk:
    """As `show_talk`, for the server itself. Raises: ReportMissing."""
    row = await reader.one(store.FIND, the=report_id)
    if row is None:
        raise ReportMissing(report_id)
    people = await accounts.find_many(reader, [one for one in (row[1], row[2]) if one is not None])
    reporter, target = people.get(row[1]), people.get(row[2])
    way: Way = ""
    server = ""
    if row[4] and reporter is not None and reporter.domain:
        way, server = "in", reporter.domain
    elif row[3] and target is not None and target.domain:
        way, server = "out", target.domain
    return Talk(
        report_id=row[0],
        way=way,
        server=server,
        uri=row[4] or "",
        reporter_id=row[1],
        target_id=row[2],
        answered_at=row[5],
        messages=tuple(message_of(one) for one in await reader.all(store.MESSAGES, report=report_id)),
    )


async def write_message(tx: Tx, report_id: int, written: str, *, by: int, closes: bool = False) -> int:
    """Write to those who run the other server; the message's id. `closes`: this server is done with a report from there.

    Raises:
        NotPermitted, ReportMissing: as they say.
        Invalid: the report is no business of another server, there is no text, or too much.
    """
    staff = await log.acting(tx, by, _NEEDS)
    talk, words = await find_talk(tx, report_id), text.clean(written).strip()
    if not talk.way:
        raise Invalid(report_id, say="Validation failed: this report did not go to another server, nor come from one")
    if not 0 < len(words) <= LONGEST_MESSAGE:
        raise Invalid(len(words), say=f"Validation failed: write 1 to {LONGEST_MESSAGE} characters")
    if sum(one.by_account_id is not None for one in talk.messages) >= _MOST_WRITTEN:
        raise Invalid(report_id, say=f"Validation failed: at most {_MOST_WRITTEN} messages fit below one report")
    message_id = tx.new_id()
    await tx.run(
        store.ADD, id=message_id, report_id=report_id, text=words, by_account_id=by, closes=closes and talk.way == "in",
        uri=None, passed_on=False,
    )  # fmt: skip
    await log.note(tx, staff, "report.write", report_id, called=talk.server, closes=closes)
    await tx.record(ReportMessageWritten(message_id=message_id))
    return message_id


async def pass_on(tx: Tx, report_id: int, message_id: int, *, by: int) -> None:
    """Let the member who complained read what the other server answered. Once is enough.

    Raises:
        NotPermitted, ReportMissing: as they say.
        Invalid: it is no answer of another server to a member's report, or says nothing.
    """
    staff = await log.acting(tx, by, _NEEDS)
    talk = await find_talk(tx, report_id)
    message = next((one for one in talk.messages if one.id == message_id), None)
    reporter = None if talk.reporter_id is None else await accounts.find(tx, talk.reporter_id)
    from_there = message is not None and message.by_account_id is None and bool(message.text)
    if talk.way != "out" or not from_there or reporter is None or not reporter.local:
        raise Invalid(message_id, say="Validation failed: only what another server answered a member can be passed on")
    if await tx.run(store.PASS_ON, report=report_id, the=message_id):
        await log.note(tx, staff, "report.pass_on", report_id, called=talk.server)


async def find_message(reader: Reader, message_id: int) -> tuple[Talk, Message]:
    """A message, and what it belongs to, for who sends it. Raises: ReportMissing."""
    row = await reader.one(store.MESSAGE, the=message_id)
    if row is None:
        raise ReportMissing(message_id)
    return await find_talk(reader, row[4]), message_of(row)


async def take_message(tx: Tx, report_id: int, written: str, *, server: str, uri: str, closes: bool) -> bool:
    """What the other `server` of a report writes, once by `uri`; False: it is not its business, says nothing, or too much."""
    try:
        talk = await find_talk(tx, report_id)
    except ReportMissing:
        return False
    words = text.clean(written).strip()[:LONGEST_MESSAGE]
    taken = sum(one.by_account_id is None for one in talk.messages)
    if not talk.way or talk.server != server or not uri or not (words or closes) or taken >= _MOST_TAKEN:
        return False
    added = await tx.run(
        store.ADD, id=tx.new_id(), report_id=report_id, text=words, by_account_id=None, closes=closes, uri=uri,
        passed_on=False,
    )  # fmt: skip
    if added and closes and talk.way == "out":
        await tx.run(store.ANSWERED, report=report_id, now=tx.now)
    return bool(added)


async def report_of_flag(reader: Reader, uri: str) -> int | None:
    """The report that came with a Flag of another server; the oldest of several."""
    held = await reader.value(store.OF_FLAG, the_uri=uri)
    return None if held is None else int(held)


async def name_flag(tx: Tx, report_id: int, uri: str) -> None:
    """Remember which Flag of another server a report came with."""
    await tx.run(store.NAME, report=report_id, the_uri=uri)


def message_of(row: tuple[int, str, int | None, bool, int, bool]) -> Message:
    """A row of `store.MESSAGES`."""
    return Message(id=row[0], text=row[1], by_account_id=row[2], closes=bool(row[3]), passed_on=bool(row[5]))
