"""Lists of servers to block that others publish: following them, and deciding about what they say.

What a list names waits for staff, or is blocked at once where the list is trusted with that; but a server whose blocking
members would feel always waits. Source: GoToSocial, domain permission subscriptions, drafts and excludes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, get_args

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, server_rules
from dunnock.accounts.server_rules import ServerBlock, ServerBlocked, Severity, covering, server_name
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import Invalid, Missing
from dunnock.moderation import log
from dunnock.moderation.block_list_file import Listed
from dunnock.moderation.source import check_source
from dunnock.moderation.store import block_lists as store

State = Literal["waiting", "in_force", "covered", "dismissed", "spared"]
"""Staff decide; a rule was made of it; a rule that is as strict was there; staff said no; no list makes rules about it."""
STATES: tuple[State, ...] = get_args(State)
MOST_LISTS = 50
LONGEST_WHY = 500
_NEEDS = Power.MANAGE_FEDERATION


class ListMissing(Missing):
    """There is no such list."""

    code = "block_list_missing"


class BlockList(msgspec.Struct, frozen=True, kw_only=True):
    """A list that is followed. `severity`: of lines that do not say how strict; times in Unix milliseconds.

    `applies`: what it names is blocked without asking, where no member would feel it. `retracts`: what it no longer names is
    no longer blocked. `by_account_id`: whose acts the rules are. `trouble`: why the last time changed nothing.
    """

    id: int
    title: str
    url: str
    severity: Severity
    applies: bool = False
    retracts: bool = True
    by_account_id: int = 0
    next_at: int = 0
    read_at: int | None = None
    trouble: str = ""
    servers: int = 0
    unusable: int = 0
    etag: str = ""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says of a server, and what came of it. Follows are those that were there when the list was read."""

    domain: str
    severity: Severity
    comment: str = ""
    reject_media: bool = False
    reject_reports: bool = False
    state: State = "waiting"
    block_id: int | None = None
    since: int = 0
    following: int = 0
    followers: int = 0

    @property
    def listed(self) -> Listed:
        """What the list says, without what came of it."""
        return Listed(self.domain, self.severity, self.comment, self.reject_media, self.reject_reports)


class Spared(msgspec.Struct, frozen=True):
    """A server about which no list makes rules."""

    domain: str
    why: str
    at: int


class Spares:
    """The servers about which no list makes rules, to ask of many names."""

    def __init__(self, names: Collection[str]) -> None:
        """What is below the names is spared too."""
        self._names = frozenset(names)
        self._above = frozenset(name for one in names for name in covering(one))

    def touched_by(self, domain: str) -> bool:
        """Would a rule about `domain` hold for one of them?"""
        return domain in self._above or not self._names.isdisjoint(covering(domain))


async def lists(reader: Reader, *, by: int) -> list[tuple[BlockList, dict[str, int]]]:
    """All lists with how much of each is in which state. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    counts: dict[int, dict[str, int]] = {}
    for list_id, state, number in await reader.all(store.STATES):
        counts.setdefault(list_id, {})[state] = number
    return [(one, counts.get(one.id, {})) for one in map(_list, await reader.all(store.ALL))]


async def show(reader: Reader, list_id: int, *, by: int) -> BlockList:
    """One list. Raises: NotPermitted, ListMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return await find(reader, list_id)


async def find(reader: Reader, list_id: int) -> BlockList:
    """One list, for what reads it. Raises: ListMissing."""
    row = await reader.one(store.FIND, the=list_id)
    if row is None:
        raise ListMissing(list_id)
    return _list(row)


async def said(reader: Reader, list_id: int, state: State, *, after: str = "", most: int = 100, by: int) -> list[Said]:
    """What a list says and that is in this state, by name. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    rows = await reader.all(store.PAGE, list_id=list_id, state=state, after=after, most=most)
    return [said_of(row) for row in rows]


async def follow(tx: Tx, new: BlockList, *, by: int) -> BlockList:
    """Follow a list from now on; it is fetched within minutes.

    Raises:
        NotPermitted.
        Invalid: no title or address, the list is followed already, or there are MOST_LISTS.
    """
    staff = await log.acting(tx, by, _NEEDS)
    made = msgspec.structs.replace(_checked(new), id=tx.new_id(), by_account_id=by, next_at=tx.now)
    if len(await tx.all(store.ALL)) >= MOST_LISTS:
        raise Invalid(say=f"Validation failed: at most {MOST_LISTS} lists can be followed")
    values = {name: getattr(made, name) for name in ("id", "title", "url", "severity", "applies", "retracts")}
    if not await tx.run(store.ADD, **values, by_account_id=by, next_at=tx.now):
        raise Invalid(made.url, say="Validation failed: this list is followed already")
    await log.note(tx, staff, "block_list.follow", made.id, called=made.title, url=made.url, applies=made.applies)
    return made


async def change(tx: Tx, changed: BlockList, *, by: int) -> None:
    """Change title, severity and what the list is trusted with; it is read anew. Raises: NotPermitted, ListMissing, Invalid."""
    staff = await log.acting(tx, by, _NEEDS)
    held = await find(tx, changed.id)
    new = _checked(msgspec.structs.replace(changed, url=held.url))
    await tx.run(
        store.CHANGE, the=held.id, new_title=new.title, new_severity=new.severity, new_applies=new.applies,
        new_retracts=new.retracts, new_by_account_id=by, new_etag="", new_next_at=tx.now,
    )  # fmt: skip
    await log.note(tx, staff, "block_list.change", held.id, called=new.title, applies=new.applies)


async def unfollow(tx: Tx, list_id: int, *, keep: bool, by: int) -> None:
    """Follow a list no longer. `keep`: the rules that were made of it stay, as the staff's own.

    Raises: NotPermitted, ListMissing.
    """
    staff = await log.acting(tx, by, _NEEDS)
    held = await find(tx, list_id)
    if not keep:
        for one in map(said_of, await tx.all(store.SAID, list_id=list_id)):
            await retract(tx, held, one)
    await tx.run(store.FORGET_ALL, list_id=list_id)
    await tx.run(store.DROP, the=list_id)
    await log.note(tx, staff, "block_list.unfollow", list_id, called=held.title, kept=keep)


async def decide(tx: Tx, list_id: int, domains: Collection[str], *, adopt: bool, by: int) -> int:
    """Make rules of what a list says of these servers, or let it be; how many that changed. Raises: NotPermitted, ListMissing."""
    await log.acting(tx, by, _NEEDS)
    held, changed = await find(tx, list_id), 0
    spared = await spares(tx)
    for one in map(said_of, await tx.all(store.SAID_OF, list_id=list_id, domains=sorted(domains))):
        if one.state == "in_force":
            continue
        new = (
            await put_in_force(tx, held, one, spared, by=by)
            if adopt
            else msgspec.structs.replace(one, state="dismissed")
        )
        await keep_said(tx, list_id, new)
        changed += new.state != one.state
    return changed


async def put_in_force(tx: Tx, held: BlockList, one: Said, spared: Spares, *, by: int) -> Said:
    """Make the rule, or change the one that was made before; what is known of it then."""
    if spared.touched_by(one.domain):
        return msgspec.structs.replace(one, state="spared")
    rule = ServerBlock(
        id=one.block_id or 0,
        domain=one.domain,
        severity=one.severity,
        reject_media=one.reject_media,
        reject_reports=one.reject_reports,
        public_comment=one.comment or None,
        private_comment=f"{held.title}: {held.url}"[: server_rules.LONGEST_COMMENT],
    )
    try:
        act, made = "server.change", await _changed(tx, rule)
        if made is None:
            act, made = "server.block", await server_rules.block_server(tx, rule)
    except ServerBlocked:
        return msgspec.structs.replace(one, state="covered", block_id=None)
    await log.note_by(tx, by, act, made.id, called=made.domain, severity=made.severity, block_list=held.title)
    return msgspec.structs.replace(one, state="in_force", block_id=made.id)


async def _changed(tx: Tx, rule: ServerBlock) -> ServerBlock | None:
    """The rule of before, as it is to be now; None: there was none, or staff ended it."""
    try:
        return await server_rules.change_server_block(tx, rule) if rule.id else None
    except accounts.LimitMissing:
        return None


async def retract(tx: Tx, held: BlockList, one: Said) -> None:
    """End the rule that was made of what the list said, unless staff changed it since, or another list says so too."""
    if one.block_id is None or await tx.one(store.OTHERS, the=one.block_id, list_id=held.id) is not None:
        return
    try:
        rule = await server_rules.find_server_block(tx, one.block_id)
        if (rule.severity, rule.reject_media, rule.reject_reports) != (
            one.severity,
            one.reject_media,
            one.reject_reports,
        ):
            return
        await server_rules.unblock_server(tx, one.block_id)
    except accounts.LimitMissing:
        return
    await log.note_by(tx, held.by_account_id, "server.unblock", rule.id, called=rule.domain, block_list=held.title)


async def keep_said(tx: Tx, list_id: int, one: Said) -> None:
    """Write down what a list says of a server, and what came of it."""
    await tx.run(store.PUT, list_id=list_id, **msgspec.structs.asdict(one))


async def spares(reader: Reader, *more: str) -> Spares:
    """The servers about which no list makes rules: those that staff named, those that are allowed, and `more`."""
    named = [row[0] for row in await reader.all(store.SPARED)]
    return Spares([*named, *await server_rules.allowed_names(reader), *more])


async def list_spared(reader: Reader, *, by: int) -> list[Spared]:
    """Those that staff named. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [Spared(*row) for row in await reader.all(store.SPARED)]


async def spare(tx: Tx, domain: str, why: str, *, by: int) -> None:
    """Let no list make rules about a server and what is below it; rules that there are stay.

    Raises: NotPermitted, LimitInvalid.
    """
    staff = await log.acting(tx, by, _NEEDS)
    name = server_name(domain)
    if await tx.run(store.SPARE, domain=name, why=why.strip()[:LONGEST_WHY], at=tx.now):
        await log.note(tx, staff, "server.spare", None, called=name)


async def spare_no_longer(tx: Tx, domain: str, *, by: int) -> None:
    """Let lists make rules about it again. Raises: NotPermitted."""
    staff = await log.acting(tx, by, _NEEDS)
    if await tx.run(store.SPARE_NO_LONGER, key=domain):
        await log.note(tx, staff, "server.spare_no_longer", None, called=domain)


async def behind(reader: Reader, blocks: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """Rule -> the lists (id, title) that it was made of."""
    found: dict[int, list[tuple[int, str]]] = {}
    for block_id, list_id, title in await reader.all(store.BEHIND, ids=sorted(blocks)):
        found.setdefault(block_id, []).append((list_id, title))
    return found


def said_of(row: Sequence[object]) -> Said:
    """The struct of a row."""
    held = dict(zip(Said.__struct_fields__, row, strict=True))
    flags = {name: bool(held[name]) for name in ("reject_media", "reject_reports")}
    return msgspec.convert(held | flags, Said)


def _list(row: Sequence[object]) -> BlockList:
    held = dict(zip(BlockList.__struct_fields__, row, strict=True))
    return msgspec.convert(held | {name: bool(held[name]) for name in ("applies", "retracts")}, BlockList)


def _checked(one: BlockList) -> BlockList:
    title, url = check_source(one.title, one.url, example="https://lists.example/blocks.csv")
    return msgspec.structs.replace(one, title=title, url=url)
