"""Writes a release: account by account and post by post, in a fixed order, so that it goes on where it was after a crash."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dunnock import accounts, media, moderation, posts
from dunnock.accounts.views import AccountViews
from dunnock.federation import Federation
from dunnock.foundation.clock import iso, iso_day, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.storage import Storage
from dunnock.posts.released import Released, released_posts
from dunnock.transparency import store
from dunnock.transparency.archive.columns import ALIKE, MEDIA, NETWORKS, TWEETS, USERS, bracketed
from dunnock.transparency.archive.crowd import Crowd, Facts, K
from dunnock.transparency.archive.files import Files, listed, write_whole
from dunnock.transparency.archive.pseudonyms import KNOWN_FROM, Pseudonyms
from dunnock.transparency.archive.stix import write_stix
from dunnock.transparency.statements import statement

FORMAT = "dunnock-release/1"
_AUTHORS, _POSTS = 500, 5_000
_PART_ROWS = 1_000_000
_SAVE_EVERY_S = 2.0
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]", re.IGNORECASE)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to release: which decisions, under which title, and how the network was found (`method`, for researchers)."""

    decision_ids: tuple[int, ...]
    title: str
    method: str = ""


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What was written: `counts` as the manifest has them, and the SHA-256 of the manifest."""

    release_id: int
    counts: dict[str, int]
    manifest: str


class _State(msgspec.Struct, kw_only=True):
    """How far it is; saved after each chunk, with the length that every file had then."""

    release_id: int
    order: Order
    key: str
    made_at: str
    phase: str = "look"
    at: int = 0
    """The last account whose row (phase users) or posts (phase posts) are all written."""
    post: tuple[int, int] = (0, 0)
    """Of those behind it: author and id of the last post that is written."""
    part: int = 0
    part_rows: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    networks: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    lengths: dict[str, int] = msgspec.field(default_factory=dict)
    rows: dict[str, int] = msgspec.field(default_factory=dict)

    def add(self, name: str, more: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + more

    def add_of(self, network: int, name: str) -> None:
        held = self.networks.setdefault(str(network), {})
        held[name] = held.get(name, 0) + 1


class _People(msgspec.Struct):
    """What was seen of all accounts before the first row: who keeps their name, and how many of the others are alike."""

    known: list[int]
    hosts: list[str]
    alike: list[tuple[Facts, int]]


async def export_release(
    db: Db, federation: Federation, storage: Storage, order: Order, folder: Path, *, say: Callable[[str], None] = print
) -> Exported:
    """Write the release into `folder`, which is made; what is there of the same order is gone on with.

    At most 500 accounts with 5,000 posts of theirs are in memory. Posts that were not for everybody are counted and left out.

    Raises:
        DecisionMissing: one of the decisions is not there.
        DecisionInvalid: one of them is not carried out (any more).
        FileExistsError: the folder has another release in it.
    """
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 (nobody waits for a command)
    for decision_id in order.decision_ids:
        if (await moderation.find_decision(db, decision_id)).state != "applied":
            raise moderation.DecisionInvalid(decision_id, say="Only decisions that are in force can be released")
    work = _Work(db, storage, folder, await _begin(db, folder, order), say, here=federation.places.domain)
    await work.write()
    return await work.close(federation)


async def _begin(db: Db, folder: Path, order: Order) -> _State:
    path = folder / "state.json"
    if path.exists():
        held = msgspec.json.decode(path.read_bytes(), type=_State)
        if held.order != order:
            raise FileExistsError(f"{folder} has another release in it")
        return held
    if any(folder.iterdir()):  # noqa: ASYNC240 (nobody waits for a command)
        raise FileExistsError(f"{folder} is not empty")
    key = os.urandom(32).hex()
    async with db.begin() as tx:
        release_id = tx.new_id()
        await tx.run(
            store.ADD_RELEASE, id=release_id, title=order.title, method=order.method,
            decisions=msgspec.json.encode(order.decision_ids).decode(), key=key,
        )  # fmt: skip
    state = _State(release_id=release_id, order=order, key=key, made_at=iso(now_ms()))
    write_whole(path, msgspec.json.encode(state))
    return state


class _Work:
    """One run of an export."""

    def __init__(
        self, db: Db, storage: Storage, folder: Path, state: _State, say: Callable[[str], None], *, here: str
    ) -> None:
        self._here = here
        self._db, self._storage, self._folder, self._state, self._say = db, storage, folder, state, say
        self._views = AccountViews(db)
        self._files = Files(folder, state.lengths, state.rows)
        self._prefix = f"release_{state.release_id}"
        self._saved_at = time.monotonic()

    async def write(self) -> None:
        """Go on from where the state is to the end."""
        state = self._state
        if state.phase == "look":
            await self._look()
            state.phase = "users"
            self._save()
        people = msgspec.json.decode((self._folder / "people.json").read_bytes(), type=_People)
        self._names = Pseudonyms(bytes.fromhex(state.key), people.known, people.hosts)
        self._crowd = Crowd(people.alike)
        self._crowd.settle()
        order = state.order.decision_ids
        self._decisions = {one: await moderation.find_decision(self._db, one) for one in order}
        if state.phase == "users":
            self._files.head(self._name("users"), USERS)
            self._files.head("media.csv", MEDIA)
            self._files.head("networks.csv", NETWORKS)
            async for ids in self._subjects(state.at):
                await self._users(ids)
                state.at = ids[-1]
                self._save_sometimes()
            state.phase, state.at = "posts", 0
            self._save()
        async for ids in self._subjects(state.at):
            await self._posts(ids)
            state.at, state.post = ids[-1], (0, 0)
            self._save_sometimes()
            self._say(f"{state.counts.get('posts', 0):,} posts of {state.counts['accounts']:,} accounts")

    async def close(self, federation: Federation) -> Exported:
        """Write the manifest over all files, and its signature."""
        state, order = self._state, self._state.order
        cases = {one.id: one.case_id for one in self._decisions.values() if one.case_id is not None}
        techniques = {one: (await moderation.find_case(self._db, case)).techniques for one, case in cases.items()}
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "release": str(state.release_id),
            "version": 1,
            "server": federation.places.domain,
            "title": order.title,
            "method": order.method,
            "made_at": state.made_at,
            "decisions": [str(one) for one in order.decision_ids],
            "disarm": sorted({name for some in techniques.values() for name in some}),
            "networks": [
                {
                    "decision": str(one),
                    "disarm": sorted(techniques.get(one, ())),
                    "counts": state.networks.get(str(one), {}),
                }
                for one in order.decision_ids
            ],
            "hashing": f"HMAC-SHA256 by a key of this release; accounts with {KNOWN_FROM} followers or more keep their names",
            "k_anonymity": {"k": K, "of": list(ALIKE)},
            "counts": state.counts,
        }
        self._files.close()
        await asyncio.to_thread(write_stix, self._folder, manifest)
        manifest["files"] = listed(self._folder, state.rows)
        digest = await seal_release(federation, self._folder, manifest)
        async with self._db.begin() as tx:
            await tx.run(
                store.SET_MADE,
                the=state.release_id,
                new_manifest=digest,
                new_counts=msgspec.json.encode(state.counts).decode(),
            )
        for name in ("state.json", "people.json"):
            (self._folder / name).unlink(missing_ok=True)
        return Exported(release_id=state.release_id, counts=state.counts, manifest=digest)

    async def _subjects(self, after: int) -> AsyncIterator[list[int]]:
        """Accounts for which the decisions are in force, by id behind `after`, 500 at a time."""
        while ids := await moderation.actioned(self._db, self._state.order.decision_ids, after=after, most=_AUTHORS):
            yield ids
            after = ids[-1]

    async def _look(self) -> None:
        """Who keeps their name, and how many of the others are alike."""
        known, hosts, crowd = list[int](), {self._here}, Crowd()
        async for ids in self._subjects(0):
            hosts.update(one.domain for one in (await accounts.find_many(self._db, ids)).values() if one.domain)
            for an_id, facts in (await self._facts(ids)).items():
                if (facts[2] or 0) >= KNOWN_FROM:
                    known.append(an_id)
                else:
                    crowd.add(facts)
        write_whole(self._folder / "people.json", msgspec.json.encode(_People(known, sorted(hosts), crowd.held)))

    async def _facts(self, ids: Collection[int]) -> dict[int, Facts]:
        counts, sheets = await accounts.counts_of(self._db, ids), await accounts.sheets(self._db, ids)
        return {
            an_id: (
                iso_day(one.created_at)[:10],
                (sheets[an_id].locale or "") if an_id in sheets else "",
                counts[an_id].followers if an_id in counts else 0,
                counts[an_id].following if an_id in counts else 0,
            )
            for an_id, one in (await accounts.find_many(self._db, ids)).items()
        }

    async def _users(self, ids: Sequence[int]) -> None:
        rows = await self._rows(ids)
        whose = await moderation.decisions_over(self._db, self._state.order.decision_ids, ids)
        parts = {
            one.id: await moderation.parts_of(self._db, one.case_id, ids)
            for one in self._decisions.values()
            if one.case_id is not None
        }
        state = self._state
        for an_id in ids:
            name = self._names.of(an_id)
            self._files.row(self._name("users"), rows[an_id])
            state.add("accounts")
            if not self._names.keeps(an_id):
                state.add("hashed_accounts")
            for decision_id in whose[an_id]:
                part = parts.get(decision_id, {}).get(an_id, "")
                self._files.row("networks.csv", (name, decision_id, part))
                state.add_of(decision_id, "accounts")
                if part:
                    state.add_of(decision_id, part)
                told = statement(self._decisions[decision_id], f"{decision_id}-{name[:32]}")
                if told is not None:
                    self._files.line("statements.jsonl", msgspec.json.encode(told) + b"\n")
                    state.add("statements")

    async def _rows(self, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        found, facts = await accounts.find_many(self._db, ids), await self._facts(ids)
        rows: dict[int, tuple[Any, ...]] = {}
        for an_id in ids:
            one, known, name = found[an_id], self._names.keeps(an_id), self._names.of(an_id)
            day, language, followers, following = facts[an_id] if known else self._crowd.shown(facts[an_id])
            rows[an_id] = (
                name,
                one.display_name if known else name,
                one.handle if known else name,
                "",
                self._names.text(one.bio, ()),
                (one.url or "") if known else "",
                followers,
                following,
                day,
                language,
            )
        return rows

    async def _posts(self, ids: Sequence[int]) -> None:
        rows, state = await self._rows(ids), self._state
        whose = await moderation.decisions_over(self._db, state.order.decision_ids, ids)
        while page := await released_posts(self._db, ids, after=state.post, most=_POSTS):
            open_ones = [one for one in page if one.open]
            state.add("posts_left_out", len(page) - len(open_ones))
            polls = await posts.polls_of(self._db, [one.id for one in open_ones if one.poll_id is not None])
            for one in open_ones:
                app = None if one.app_id is None else await self._views.app(one.app_id)
                choices = polls[one.id].options if one.id in polls else ()
                self._post(one, rows[one.author_id], app[0] if app else "", choices)
                for decision_id in whose[one.author_id]:
                    state.add_of(decision_id, "posts")
            await self._media([one for one in open_ones if one.media])
            state.post = (page[-1].author_id, page[-1].id)
            self._save_sometimes()
            if len(page) < _POSTS:
                return

    def _post(self, one: Released, user: tuple[Any, ...], app: str, choices: Sequence[str]) -> None:
        names, boosted = self._names, one.boosted
        words = boosted[1] if boosted else one.text
        day, _, clock = iso(one.created_at).partition("T")
        text = names.text(f"{one.warning}\n{words}" if one.warning else words, () if boosted else one.mentions)
        state = self._state
        if state.part_rows >= _PART_ROWS:
            state.part, state.part_rows = state.part + 1, 0
        name = self._name(f"tweets_{state.part:03d}")
        self._files.head(name, TWEETS)
        boost = (names.of(boosted[0]), boosted[2]) if boosted else ("", None)
        row = (
            one.id,
            *user,
            boost[1] or one.language or "",
            f"RT @{boost[0][:15]}: {text}" if boosted else text,
            f"{day} {clock[:5]}",
            app,
            "" if one.reply_to_author_id is None else names.of(one.reply_to_author_id),
            one.reply_to_id or "",
            one.quoted_id or "",
            "true" if boosted else "false",
            boost[0],
            one.boost_of_id or "",
            "",
            "",
            one.counts[3],
            one.counts[0],
            one.counts[2],
            one.counts[1],
            bracketed(one.hashtags),
            bracketed(_LINK.findall(names.link(words))),
            bracketed(names.of(an_id) for an_id in one.mentions),
            bracketed(choices),
        )
        self._files.row(name, row)
        state.part_rows += 1
        state.add("posts")

    async def _media(self, page: Sequence[Released]) -> None:
        """Each file once, under the SHA-256 of what is in it."""
        found = await media.find(self._db, [an_id for one in page for an_id in one.media])
        for one in page:
            for an_id in one.media:
                held = found.get(an_id)
                if held is None or held.picture is None:
                    continue
                digest, size = await self._files.copy(self._storage, held.picture.original.path)
                if digest:
                    about = self._names.text(held.description or "", ())
                    self._files.row("media.csv", (one.id, held.kind, digest, size, about))
                    self._state.add("media")

    def _name(self, part: str) -> str:
        return f"{self._prefix}_{part}_csv_hashed.csv"

    def _save_sometimes(self) -> None:
        """A disk takes some milliseconds to be sure; that much work may be lost."""
        if time.monotonic() - self._saved_at >= _SAVE_EVERY_S:
            self._save()

    def _save(self) -> None:
        """Everything written so far is on the disk, and the state says how much that is."""
        self._files.save()
        write_whole(self._folder / "state.json", msgspec.json.encode(self._state))
        self._saved_at = time.monotonic()


async def seal_release(federation: Federation, folder: Path, manifest: Mapping[str, Any]) -> str:
    """Write the manifest into the folder, with its signature in the server's name; the SHA-256 of it."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    write_whole(folder / "manifest.json", content)
    seal = await federation.keys.seal(content)
    signature = {"key": seal.key, "signature": base64.b64encode(seal.signature).decode()}
    write_whole(folder / "signature.json", msgspec.json.encode(signature))
    return hashlib.sha256(content).hexdigest()
