"""Fills an empty server with people, posts of the last thirty days, and one planted campaign. Every text is made up."""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec

from dunnock import accounts, media, moderation, posts
from dunnock.accounts import bulk
from dunnock.accounts.census import anybody
from dunnock.accounts.passwords import make_hash
from dunnock.app import demo_pictures
from dunnock.app.demo_words import (
    ANSWERS,
    CAMPAIGN_BIOS,
    CAMPAIGN_FIRST,
    CAMPAIGN_LAST,
    CAMPAIGN_TAG,
    CAMPAIGN_TEXTS,
    CAMPAIGN_WORDS,
    NEWS,
    PEOPLE,
    PICTURES,
    REPLIES,
    REPORTS,
    TOPICS,
    WORDS,
    Person,
)
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY, HOUR, MINUTE, SECOND, now_ms
from dunnock.foundation.db import Db, Row, Sql, Tx
from dunnock.foundation.events import Event
from dunnock.foundation.job import Job
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import reactions as watching

DAYS = 30
OWNER = "owner"
_ROOTS = 880  # posts that begin a conversation
_PICTURES = 36
_CAMPAIGN = 60
_WAVES = (6 * DAY + 3 * HOUR, 20 * HOUR, 15 * HOUR, 11 * HOUR)  # before now; the watch looks at one day
_CALL = 10 * HOUR
_NEWS_SINCE = 100 * MINUTE
_TOGETHER = 80  # acts in one transaction
# How much is written in each hour of the day, from midnight.
_HOURS = (2, 1, 1, 1, 2, 5, 9, 13, 12, 9, 8, 9, 12, 10, 8, 8, 9, 11, 13, 15, 16, 13, 8, 4)


class NotEmpty(Exception):
    """The server has members already."""


class Made(msgspec.Struct, frozen=True):
    """What the demo made. `password` is the owner's."""

    email: str
    password: str
    accounts: int
    posts: int
    pictures: int
    campaign: tuple[str, ...]


class _Then:
    """A transaction whose facts are of another moment: `now` and new ids are of then. Events are told now. See `Tx`."""

    def __init__(self, tx: Tx, at: int, count: Callable[[], int]) -> None:
        self._tx, self.now, self._count = tx, at, count

    def new_id(self) -> int:
        return ids.id_at(self.now, self._count())

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        return await self._tx.all(sql, **params)

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        return await self._tx.one(sql, **params)

    async def value(self, sql: Sql, **params: Any) -> Any:
        return await self._tx.value(sql, **params)

    async def run(self, sql: Sql, **params: Any) -> int:
        return await self._tx.run(sql, **params)

    async def many(self, sql: Sql, rows: Iterable[Mapping[str, Any]]) -> None:
        await self._tx.many(sql, rows)

    async def record(self, event: Event) -> None:
        await self._tx.record(event)

    async def enqueue(self, job: Job, *, run_at: int | None = None) -> None:
        await self._tx.enqueue(job, run_at=self._tx.now if run_at is None else run_at)

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        return self._tx.savepoint()


class _Written(msgspec.Struct):
    """A post of the plan; `post_id` is known once it is published."""

    at: int
    by: str
    words: str
    language: str
    topic: str = ""
    reply_to: _Written | None = None
    picture: bool = False
    post_id: int = 0


_T = TypeVar("_T")
Act = tuple[int, Callable[[_Then], Awaitable[object]]]


async def fill(
    db: Db, media_store: media.MediaStore, settings: Settings, *, seed: int = 1, now: int | None = None
) -> Made:
    """Make it all. The same `seed` and `now` (Unix milliseconds; None: the present) give the same people and words.

    Raises:
        NotEmpty: there are members already; nothing was done.
    """
    if await anybody(db):
        raise NotEmpty
    # Integrity hears of all of it when the server starts; whoever is new to a server hears only what happens from then on.
    await Reactions(db, watching.HEARS).prepare()
    return await _Demo(db, media_store, settings, Random(seed), now or now_ms()).fill()  # noqa: S311 (texts, no secrets)


class _Demo:
    def __init__(self, db: Db, media_store: media.MediaStore, settings: Settings, chance: Random, now: int) -> None:
        self._db, self._store, self._settings, self._chance, self._now = db, media_store, settings, chance, now
        self._start = now - DAYS * DAY
        self._people = {person.username: person for person in PEOPLE}
        self._ids: dict[str, int] = {}
        self._said: set[str] = set()
        self._count = 0
        self._acts: list[Act] = []

    def _next(self) -> int:
        self._count += 1
        return self._count

    async def fill(self) -> Made:
        password = ids.secret(12)
        campaign = await self._settle(await make_hash(password))
        await self._describe(campaign)
        self._plan_follows()
        planned = self._plan_posts()
        self._welcome(planned)
        pictures, faces = await asyncio.gather(self._draw([one for one in planned if one.picture]), self._avatars())
        for one in planned:
            self._publish(one, pictures.get(id(one)))
        self._plan_answers(planned)
        self._plan_campaign(campaign)
        self._plan_news()
        await self._perform()
        total = len(planned) + len(NEWS) + len(_WAVES) * _CAMPAIGN + 1
        return Made(f"{OWNER}@demo.example", password, len(self._ids), total, len(pictures) + faces, tuple(campaign))

    # People ---------------------------------------------------------------------------------------------------------

    async def _settle(self, owner_hash: str) -> list[str]:
        """Make all accounts; the names of the campaign's, of which the first leads."""
        chance = self._chance
        settlers = [
            bulk.Settler(OWNER, f"{OWNER}@demo.example", self._start - 2 * DAY, "The owner", owner_hash, "owner", "en")
        ]
        for place, person in enumerate(PEOPLE):
            at = self._start - DAY + place * 30 * MINUTE + chance.randrange(20 * MINUTE)
            settlers.append(
                bulk.Settler(
                    person.username, f"{person.username}@demo.example", at, person.name, language=person.language,
                    bot=person.bot,
                )
            )  # fmt: skip
        names: list[str] = []
        born = self._now - 12 * DAY
        while len(names) < _CAMPAIGN:
            first, last = chance.choice(CAMPAIGN_FIRST), chance.choice(CAMPAIGN_LAST)
            name = f"{first}_{last}{chance.randint(10, 999)}"
            if name not in names:
                names.append(name)
                at = born + chance.randrange(2 * DAY)
                settlers.append(bulk.Settler(name, f"{name}@demo.example", at, f"{first.title()} {last.title()}"))
        for one in settlers:  # each in its own moment, so that ids tell who came when
            async with self._db.begin() as tx:
                self._ids |= await bulk.settle(_Then(tx, one.at, self._next), [one])
        return names

    async def _describe(self, campaign: list[str]) -> None:
        async with self._db.begin() as tx:
            for person in PEOPLE:
                then = _Then(tx, self._start, self._next)
                fields = [("Topics", " ".join(f"#{topic}" for topic in person.topics))]
                await accounts.change_profile(
                    then, self._ids[person.username], public_url=self._settings.public_url, bio=person.bio, fields=fields,
                    by_member_id=None,
                )  # fmt: skip
                # The people of the demo agreed to be searched; those of the campaign would rather not.
                await accounts.change_settings(then, self._ids[person.username], indexable=True)
            for name in campaign:
                bio = self._chance.choice(CAMPAIGN_BIOS)
                then = _Then(tx, self._now - 10 * DAY, self._next)
                await accounts.change_profile(
                    then, self._ids[name], public_url=self._settings.public_url, bio=bio, by_member_id=None
                )

    async def _avatars(self) -> int:
        """Draw a picture for everybody but the campaign; how many."""

        async def one(name: str, seed: int) -> tuple[str, str]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "avatar.png"
                demo_pictures.avatar(Random(seed)).save(path, compress_level=1)  # noqa: S311
                return name, await media.take_picture(self._store, path, "avatar")

        names = [OWNER, *self._people]
        seeds = [self._chance.randrange(1 << 30) for _ in names]
        found = await _few_at_once(functools.partial(one, n, s) for n, s in zip(names, seeds, strict=True))
        async with self._db.begin() as tx:
            for name, picture in found:
                await accounts.change_profile(
                    _Then(tx, self._start + HOUR, self._next), self._ids[name], public_url=self._settings.public_url,
                    avatar=picture, by_member_id=None,
                )  # fmt: skip
        return len(found)

    def _plan_follows(self) -> None:
        chance = self._chance
        everybody = list(self._people.values())
        for person in everybody:
            near = [one for one in everybody if one is not person and _near(person, one)]
            far = [one for one in everybody if one is not person and not _near(person, one)]
            chosen = chance.sample(near, min(len(near), chance.randint(5, 14))) + chance.sample(
                far, chance.randint(1, 5)
            )
            for other in chosen:
                self._follow(person.username, other.username, self._start + chance.randrange(6 * DAY))
        for person in chance.sample(everybody, 18):
            self._follow(OWNER, person.username, self._start + chance.randrange(3 * HOUR))
        for person in chance.sample(everybody, 30):
            self._follow(person.username, OWNER, self._start + chance.randrange(3 * DAY))

    def _follow(self, who: str, whom: str, at: int) -> None:
        follower, followed = self._ids[who], self._ids[whom]
        self._acts.append((at, lambda then: accounts.follow(then, follower=follower, followed=followed)))

    # Posts ----------------------------------------------------------------------------------------------------------

    def _moment(self) -> int:
        """A moment of the last thirty days, more likely in the evening."""
        chance = self._chance
        day = chance.randrange(DAYS)
        hour = chance.choices(range(24), _HOURS)[0]
        at = self._start + day * DAY + hour * HOUR + chance.randrange(HOUR)
        return min(at, self._now - 5 * MINUTE - chance.randrange(HOUR))

    def _plan_posts(self) -> list[_Written]:
        chance = self._chance
        people = list(self._people.values())
        planned: list[_Written] = []
        weights = [person.pace for person in people]
        for person in chance.choices(people, weights, k=_ROOTS):
            topic = chance.choice(person.topics)
            words = self._sentence(topic, person.language)
            if words is not None:
                planned.append(_Written(self._moment(), person.username, words, person.language, topic))
        drawable = [one for one in planned if one.topic in PICTURES]
        for one in chance.sample(drawable, _PICTURES):
            one.picture = True
        for root in chance.sample(planned, len(planned) * 2 // 5):
            planned += self._conversation(root)
        planned.sort(key=lambda one: one.at)
        return planned

    def _sentence(self, topic: str, language: str) -> str | None:
        """Something that nobody said yet; None when chance finds nothing."""
        languages = TOPICS[topic]
        language = language if language in languages else "en"
        for _ in range(20):
            words = {key: self._chance.choice(many) for key, many in WORDS[language].items()}
            words |= {key.capitalize(): value[:1].upper() + value[1:] for key, value in words.items()}
            said = self._chance.choice(languages[language]).format(**words)
            said = said[:1].upper() + said[1:]
            if said not in self._said:
                self._said.add(said)
                return said
        return None

    def _conversation(self, root: _Written) -> list[_Written]:
        chance = self._chance
        author = self._people[root.by]
        speakers = [one for one in self._people.values() if one.username != root.by and not one.bot]
        same = [one for one in speakers if one.language == author.language]
        if len(same) < 2:
            same = [one for one in speakers if one.language == "en"]
        said: list[_Written] = []
        at, last = root.at, root
        for turn in range(chance.choices((1, 2, 3, 5), (40, 30, 20, 10))[0]):
            at += chance.randint(2, 240) * MINUTE
            if at > self._now - MINUTE:
                break
            if turn and last.by != root.by and author.language == "en" and chance.random() < 0.6:
                by, words = root.by, chance.choice(ANSWERS)
            else:
                speaker = chance.choice(same)
                by, words = speaker.username, chance.choice(REPLIES[speaker.language])
            to = last if by == root.by or chance.random() < 0.7 else root
            if to.by != by:
                words = f"@{to.by} {words}"
            last = _Written(at, by, words, self._people[by].language, reply_to=to)
            said.append(last)
        return said

    def _welcome(self, planned: list[_Written]) -> None:
        words = (
            "Welcome! This is a demo server: the people here are made up, and so is what they say. "
            "Look around, follow somebody, post something. #Welcome"
        )
        first = _Written(self._start + HOUR, OWNER, words, "en")
        planned.append(first)
        self._acts.append((first.at + MINUTE, lambda then: posts.pin(then, first.post_id, by=self._ids[OWNER])))

    def _publish(self, one: _Written, media_id: int | None) -> None:
        async def act(then: _Then) -> None:
            draft = posts.Draft(
                text=one.words, language=one.language, visibility="public",
                reply_to_id=one.reply_to.post_id if one.reply_to else None,
                media_ids=(media_id,) if media_id else (),
            )  # fmt: skip
            made = await posts.publish(then, draft, author_id=self._ids[one.by], app_id=None, settings=self._settings)
            one.post_id = made.id

        self._acts.append((one.at, act))

    async def _draw(self, planned: list[_Written]) -> dict[int, int]:
        """Pictures for posts: identity of the plan -> media id."""

        async def one(post: _Written, seed: int) -> tuple[int, int]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "picture.png"
                demo_pictures.scene(post.topic, Random(seed)).save(path, compress_level=1)  # noqa: S311
                made = await media.accept(
                    self._db, self._store, account_id=self._ids[post.by], path=path,
                    description=f"A drawing of {PICTURES[post.topic]}",
                )  # fmt: skip
                return id(post), made.id

        seeds = [self._chance.randrange(1 << 30) for _ in planned]
        return dict(await _few_at_once(functools.partial(one, p, s) for p, s in zip(planned, seeds, strict=True)))

    def _plan_answers(self, planned: list[_Written]) -> None:
        """Boosts, favourites and bookmarks by people near to the author."""
        chance = self._chance
        for one in planned:
            author = self._people.get(one.by)
            others = [person for person in self._people.values() if person.username != one.by and not person.bot]
            near = [person for person in others if author is None or _near(author, person)]
            liked = 0.6 if one.reply_to else 3.0
            for reader in chance.sample(near, min(len(near), int(chance.expovariate(1 / liked)))):
                at = one.at + chance.randint(1, 600) * MINUTE
                if at > self._now:
                    continue
                self._answer(at, posts.favourite, one, reader.username)
                if one.reply_to is None and chance.random() < 0.14:
                    self._answer(min(at + chance.randrange(HOUR), self._now), posts.boost, one, reader.username)
                if chance.random() < 0.04:
                    self._answer(at, posts.bookmark, one, reader.username)

    def _answer(self, at: int, use_case: Callable[..., Awaitable[object]], one: _Written, by: str) -> None:
        self._acts.append((at, lambda then: use_case(then, one.post_id, by=self._ids[by])))

    def _plan_news(self) -> None:
        """One after the other, people who act on their own take up what happens today: a trend."""
        for number, (name, language, words) in enumerate(NEWS):
            at = self._now - _NEWS_SINCE + number * _NEWS_SINCE // len(NEWS)
            self._publish(_Written(at, name, words, language), None)

    # The campaign ---------------------------------------------------------------------------------------------------

    def _plan_campaign(self, names: list[str]) -> None:
        """Sixty accounts of two days; again and again they say nearly the same within minutes, and all boost one post at once."""
        chance = self._chance
        leader = names[0]
        for name in names[1:]:
            self._follow(name, leader, self._now - 10 * DAY + chance.randrange(HOUR))
            for other in chance.sample(names[1:], 3):
                if other != name:
                    self._follow(name, other, self._now - 9 * DAY + chance.randrange(HOUR))
        told: list[_Written] = []
        for wave in (self._now - before for before in _WAVES):
            for name in names:
                language = chance.choices(tuple(CAMPAIGN_TEXTS), (6, 2, 1, 1))[0]
                first, second = CAMPAIGN_WORDS[language]
                words = chance.choice(CAMPAIGN_TEXTS[language]).format(a=chance.choice(first), b=chance.choice(second))
                told.append(_Written(wave + chance.randrange(9 * MINUTE), name, words, language))
                self._publish(told[-1], None)
        call = _Written(
            self._now - _CALL, leader,
            f"Let us show everybody what the harbour looks like at night! #{CAMPAIGN_TAG}", "en",
        )  # fmt: skip
        self._publish(call, None)
        for name in names[1:]:
            at = call.at + 20 * SECOND + chance.randrange(4 * MINUTE)
            self._answer(at, posts.boost, call, name)
            if chance.random() < 0.8:
                self._answer(at + SECOND, posts.favourite, call, name)
        self._plan_reports(told)

    def _plan_reports(self, told: list[_Written]) -> None:
        """Some people wonder, and tell those who run the server."""
        readers = [name for name in self._people if name != OWNER]
        for number, comment in enumerate(REPORTS):
            one, by = told[-1 - 7 * number], readers[5 * number % len(readers)]
            self._acts.append((one.at + (number + 2) * HOUR, self._complaint(one, by, comment)))

    def _complaint(self, one: _Written, by: str, comment: str) -> Callable[[_Then], Awaitable[object]]:
        def act(then: _Then) -> Awaitable[object]:
            complaint = moderation.Complaint(
                target_id=self._ids[one.by], category="spam", comment=comment, post_ids=(one.post_id,)
            )
            return moderation.file_report(then, complaint, by=self._ids[by])

        return act

    async def _perform(self) -> None:
        """Everything in the order of its moments."""
        self._acts.sort(key=lambda act: act[0])
        for first in range(0, len(self._acts), _TOGETHER):
            async with self._db.begin() as tx:
                for at, act in self._acts[first : first + _TOGETHER]:
                    await act(_Then(tx, at, self._next))


def _near(one: Person, other: Person) -> bool:
    return one.language == other.language or bool(set(one.topics) & set(other.topics))


async def _few_at_once(makers: Iterable[Callable[[], Awaitable[_T]]]) -> list[_T]:
    """Run them all, a few at a time; the results in the order of `makers`."""
    turn = asyncio.Semaphore(6)

    async def one(make: Callable[[], Awaitable[_T]]) -> _T:
        async with turn:
            return await make()

    return list(await asyncio.gather(*[one(make) for make in makers]))
