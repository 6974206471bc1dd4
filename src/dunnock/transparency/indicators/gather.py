"""What is to be said: only what people decided, and nobody's name but that of who is well known.

Accounts of published releases that are suspended; servers under a rule; destinations, texts and pictures that staff stopped;
links and domains that the cases of these releases are about.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import msgspec

from dunnock import accounts, media, moderation, posts
from dunnock.accounts import Power, server_rules
from dunnock.accounts.server_rules import EVERYBODY
from dunnock.foundation.db import Db, Reader
from dunnock.integrity import money
from dunnock.media.stops import NEWEST
from dunnock.moderation import block_lists
from dunnock.transparency.archive.crowd import K
from dunnock.transparency.archive.pseudonyms import KNOWN_FROM, Pseudonyms
from dunnock.transparency.indicators.model import Indicator, hashed, name_of
from dunnock.transparency.indicators.stix import LONGEST_REASON
from dunnock.transparency.releases import Release, published_releases

_CHUNK = 500
_SHOWN, _COUNTED = 10, 5_000

Wanted = tuple[str, Indicator]
"""What it is about, for this server alone, and what is said."""


class Names:
    """How names are written in this server's feed. `words`: takes names of people out of what staff wrote."""

    def __init__(self, address_key: str, here: str) -> None:
        """`address_key`: of the feed, hexadecimal; `here`: this server's domain."""
        self.address_key, self.here = address_key, here
        self._pseudonyms = Pseudonyms(bytes.fromhex(address_key), hosts=[here])

    def words(self, said: str) -> str:
        """What staff wrote, with nobody's name in it."""
        return self._pseudonyms.text(said, ())[:LONGEST_REASON]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the feed would say now: how many of each kind, and some of them. `whole`: nothing was left uncounted."""

    counts: Mapping[str, int]
    some: Sequence[Indicator]
    whole: bool = True


async def gather(db: Db, names: Names) -> AsyncIterator[list[Wanted]]:
    """All that is to be said now, in chunks of at most 500; the same thing may come twice."""
    for part in (_accounts(db, names), _from_cases(db), _others(db, names), _media(db, names)):
        async for chunk in part:
            if chunk:
                yield chunk


class Still:
    """What is to be said now, to ask of what was said."""

    def __init__(self, db: Db, decisions: list[int], others: set[str]) -> None:
        """`decisions`: whose accounts are said; `others`: all else."""
        self._db, self._decisions, self._others = db, decisions, others

    @classmethod
    async def read(cls, db: Db, names: Names) -> Still:
        """As it is at this moment, but for accounts, which are asked for."""
        others: set[str] = set()
        for part in (_from_cases(db), _others(db, names), _media(db, names)):
            async for chunk in part:
                others |= {key for key, _ in chunk}
        decisions = [one for release in await published_releases(db) for one in await _suspending(db, release)]
        return cls(db, decisions, others)

    async def of(self, keys: Collection[str]) -> set[str]:
        """Those of at most 500 that are still to be said."""
        ids = [int(key.partition(":")[2]) for key in keys if key.startswith("account:")]
        over = await moderation.decisions_over(self._db, self._decisions, ids) if ids and self._decisions else {}
        return (self._others | {f"account:{an_id}" for an_id, some in over.items() if some}) & set(keys)


async def preview(db: Db, names: Names, *, by: int) -> Preview:
    """What the feed would say now; counts up to 5,000. Raises: NotPermitted."""
    await accounts.permit(db, by, Power.MANAGE_SETTINGS)
    counts: dict[str, int] = {}
    some: list[Indicator] = []
    seen: set[str] = set()
    async for chunk in gather(db, names):
        for key, one in chunk:
            if key in seen:
                continue
            seen.add(key)
            counts[one.kind] = counts.get(one.kind, 0) + 1
            if sum(shown.kind == one.kind for shown in some) < _SHOWN:
                some.append(one)
        if len(seen) >= _COUNTED:
            return Preview(counts=counts, some=some, whole=False)
    return Preview(counts=counts, some=some)


async def _suspending(reader: Reader, release: Release) -> list[int]:
    """The decisions of a release that are in force and suspend."""
    found = [await moderation.find_decision(reader, one) for one in release.decisions]
    return [one.id for one in found if one.state == "applied" and "suspend" in one.actions]


async def _accounts(db: Db, names: Names) -> AsyncIterator[list[Wanted]]:
    for release in await published_releases(db):
        crowd = release.counts.get("hashed_accounts", 0) >= K
        for decision_id in await _suspending(db, release):
            decision = await moderation.find_decision(db, decision_id)
            techniques = await _techniques(db, decision.case_id)
            after = 0
            while ids := await moderation.actioned(db, [decision_id], after=after, most=_CHUNK):
                after = ids[-1]
                counts = await accounts.counts_of(db, ids)
                chunk: list[Wanted] = []
                for an_id, one in (await accounts.find_many(db, ids)).items():
                    known = an_id in counts and counts[an_id].followers >= KNOWN_FROM
                    if not known and not crowd:
                        continue  # fewer than five: whoever knows the release would know who it is
                    name = name_of(one, names.here)
                    told = Indicator(
                        kind="account",
                        value=name if known else hashed(names.address_key, "account", name),
                        hashed=not known,
                        reason=names.words(decision.facts or release.title),
                        techniques=techniques,
                        release_id=release.id,
                        expires_at=decision.expires_at,
                    )
                    chunk.append((f"account:{an_id}", told))
                yield chunk


async def _from_cases(db: Db) -> AsyncIterator[list[Wanted]]:
    """Links and domains that the cases of published releases are about, but for those that were aimed at."""
    for release in await published_releases(db):
        for decision_id in release.decisions:
            decision = await moderation.find_decision(db, decision_id)
            if decision.state != "applied" or decision.case_id is None:
                continue
            techniques = await _techniques(db, decision.case_id)
            chunk: list[Wanted] = []
            for one in await moderation.named_subjects(db, decision.case_id):
                address = money.canonical(one.name)
                if address is not None and one.role in {"core", "amplifier"}:
                    told = Indicator(
                        kind="link", value=address, reason=release.title[:LONGEST_REASON], techniques=techniques,
                        release_id=release.id, expires_at=decision.expires_at,
                    )  # fmt: skip
                    chunk.append((f"link:{address}", told))
            yield chunk


async def _others(db: Db, names: Names) -> AsyncIterator[list[Wanted]]:
    rules = [
        one
        for one in await server_rules.public_server_blocks(db)
        if not one.obfuscate and one.domain != EVERYBODY and one.severity in {"limit", "suspend"}
    ]
    listed = await block_lists.behind(db, [one.id for one in rules])
    yield [
        (
            f"server:{one.domain}:{one.severity}",
            Indicator(
                kind="server", value=one.domain, severity=one.severity, reason=names.words(one.public_comment or ""),
                expires_at=one.expires_at,
            ),
        )
        for one in rules
        if one.id not in listed  # what others say is theirs to publish
    ]  # fmt: skip
    stopped = [one for one in await money.all_stopped(db) if one.state == "blocked"]
    yield [(f"destination:{one.id}", _destination(one, names)) for one in stopped]
    yield [
        (
            f"text:{one.id}",
            Indicator(
                kind="text", value=hashed(names.address_key, "text", words), hashed=True, letters=len(words),
                reason=names.words(one.why), expires_at=one.until,
            ),
        )
        for one in await posts.text_stops(db)
        if one.by_account_id is not None and (words := posts.folded(one.fragment))
    ]  # fmt: skip


async def _media(db: Db, names: Names) -> AsyncIterator[list[Wanted]]:
    """Stopped pictures and films, but for those of posts that only some could see, and those that others told of."""
    below = NEWEST
    while stops := await media.media_stops(db, below=below, most=_CHUNK):
        below = stops[-1].id
        yield [
            (
                f"media:{one.id}",
                Indicator(kind="media", value=".".join(one.prints), reason=names.words(one.why), expires_at=one.until),
            )
            for one in stops
            if one.tells and one.effect == "limit"
        ]


def _destination(one: money.Known, names: Names) -> Indicator:
    """A wallet is called by its address; what may have somebody's name in it by its hash."""
    open_one = one.kind == "wallet" and one.site != "iban"
    return Indicator(
        kind="destination",
        value=one.key if open_one else hashed(names.address_key, "destination", one.key),
        hashed=not open_one,
        reason=names.words(one.why),
    )


async def _techniques(reader: Reader, case_id: int | None) -> tuple[str, ...]:
    return () if case_id is None else tuple(sorted((await moderation.find_case(reader, case_id)).techniques))
