"""Every feed equals what plain SQL and plain rules say, after each step of random histories."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from dunnock import accounts, posts
from dunnock.accounts import tables as a
from dunnock.feeds import Cursor
from dunnock.feeds import tables as f
from dunnock.feeds.tags import follow_tag, unfollow_tag
from dunnock.foundation.db import Sql
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.posts import tables as p
from dunnock.posts.hashtags import find_or_make
from dunnock.previews import find_link

SETTINGS = Settings(data=Path(), public_url="http://home.example")
PEOPLE = 5
STEPS = 60
LIMIT = 4
LINK, OTHER_LINK = "https://a.example/1", "https://b.example/"


class Oracle:
    """The whole database in dictionaries, and the rules said again in the plainest words."""

    @classmethod
    async def read(cls, db):
        self = cls()
        table = {}
        for one in (
            p.posts,
            p.mentions,
            p.hashtag_posts,
            p.hashtags,
            p.interactions,
            a.accounts,
            a.follows,
            a.blocks,
            a.mutes,
            f.lists,
            f.list_members,
            f.followed_tags,
        ):
            names = [column.name for column in one.columns]
            table[one.name] = [dict(zip(names, row, strict=True)) for row in await db.all(Sql(select(one)))]
        self.posts = {row["id"]: row for row in table["posts"] if row["deleted_at"] is None}
        self.mentioned = {(row["post_id"], row["account_id"]) for row in table["mentions"]}
        names = {row["id"]: row["key"] for row in table["hashtags"]}
        self.followed_tags = {(row["account_id"], names[row["hashtag_id"]]) for row in table["followed_tags"]}
        self.limited = {row["id"] for row in table["accounts"] if row["standing"] == "limited"}
        self.tagged = {(row["post_id"], names[row["hashtag_id"]]) for row in table["hashtag_posts"]}
        self.follows = {(r["follower_id"], r["followed_id"]): r for r in table["follows"] if not r["requested"]}
        self.follows_or_asks = {(row["follower_id"], row["followed_id"]) for row in table["follows"]}
        self.blocks = {(row["account_id"], row["target_id"]) for row in table["blocks"]}
        self.mutes = {(row["account_id"], row["target_id"]) for row in table["mutes"]}
        self.kept = table["interactions"]
        self.lists, self.members = table["lists"], table["list_members"]
        return self

    def apart(self, one, other):
        return (one, other) in self.blocks or (other, one) in self.blocks

    def sees_row(self, viewer, row):
        author, open_to_all = row["author_id"], row["visibility"] in ("public", "unlisted")
        if viewer is None or viewer == author:
            return open_to_all or viewer == author
        if self.apart(viewer, author):
            return False
        addressed = (row["id"], viewer) in self.mentioned
        follows = (viewer, author) in self.follows
        return open_to_all or addressed or (follows and row["visibility"] == "followers")

    def shown(self, viewer, row):
        """The post that an entry shows the viewer; None when any of it is hidden."""
        if not self.sees_row(viewer, row):
            return None
        if row["boost_of_id"] is None:
            return row
        original = self.posts.get(row["boost_of_id"])
        return original if original and self.sees_row(viewer, original) else None

    def newest_first(self):
        return [self.posts[one] for one in sorted(self.posts, reverse=True)]

    def home(self, viewer):
        out = {
            row["account_id"]
            for row in self.members
            for li in self.lists
            if row["list_id"] == li["id"] and li["account_id"] == viewer and li["exclusive"]
        }
        for row in self.newest_first():
            post = self.shown(viewer, row)
            if post is None:
                continue
            by_author = row["author_id"] not in out and self.in_home_by_author(viewer, row, post)
            if by_author or self.in_home_by_tag(viewer, row):
                yield row["id"], row["id"], post["id"]

    def in_home_by_author(self, viewer, row, post):
        author = row["author_id"]
        follow = self.follows.get((viewer, author))
        if not (author == viewer or follow):
            return False
        boost = row["boost_of_id"] is not None
        if author != viewer and boost and not follow["boosts"]:
            return False
        if any(one != viewer and (viewer, one) in self.mutes for one in (author, post["author_id"])):
            return False
        others = {account for (an_id, account) in self.mentioned if an_id == post["id"]}
        others.add(post["reply_to_author_id"])
        if author != viewer and any((viewer, one) in self.mutes or (viewer, one) in self.blocks for one in others):
            return False
        to = post["reply_to_author_id"]
        return (
            boost
            or not post["reply_to_id"]
            or author == viewer
            or to in (None, author, viewer)
            or (viewer, to) in self.follows
        )

    def in_home_by_tag(self, viewer, row):
        if row["author_id"] in {viewer, *self.limited} or row["visibility"] != "public" or row["boost_of_id"]:
            return False
        tags = {key for (an_id, key) in self.tagged if an_id == row["id"]}
        if not any((viewer, key) in self.followed_tags for key in tags):
            return False
        people = {account for (an_id, account) in self.mentioned if an_id == row["id"]} | {row["author_id"]}
        return not any((viewer, one) in self.mutes or (viewer, one) in self.blocks for one in people)

    def public(self, viewer):
        for row in self.newest_first():
            if row["visibility"] != "public" or row["boost_of_id"] or self.shown(viewer, row) is None:
                continue
            if row["reply_to_id"] and row["reply_to_author_id"] != row["author_id"]:
                continue
            if (viewer, row["author_id"]) not in self.mutes and not self.kept_quiet(viewer, row["author_id"]):
                yield row["id"], row["id"], None

    def kept_quiet(self, viewer, author):
        return author in self.limited and viewer != author and (viewer, author) not in self.follows

    def list(self, viewer, wanted):
        members = {
            row["account_id"]
            for row in self.members
            if row["list_id"] == wanted["id"]
            and (row["account_id"] == viewer or (viewer, row["account_id"]) in self.follows_or_asks)
        }
        for row in self.newest_first():
            author = row["author_id"]
            post = self.shown(viewer, row) if author in members else None
            if post is None or any((viewer, one) in self.mutes for one in (author, post["author_id"])):
                continue
            boost = row["boost_of_id"] is not None
            follow = self.follows.get((viewer, author))
            if boost and follow and not follow["boosts"]:
                continue
            to = post["reply_to_author_id"]
            if not boost and post["reply_to_id"] and to != author:
                mine = {"none": False, "list": to in members, "followed": (viewer, to) in self.follows}
                if wanted["replies"] == "none" or not (to in (None, viewer) or mine[wanted["replies"]]):
                    continue
            yield row["id"], row["id"], post["id"]

    def hashtag(self, viewer, key):
        return self.open(viewer, lambda row: (row["id"], key) in self.tagged)

    def link(self, viewer, url):
        return self.open(viewer, lambda row: re.findall(r"https://\S+", row["text"])[:1] == [url])

    def open(self, viewer, has):
        for row in self.newest_first():
            if (
                has(row)
                and row["visibility"] == "public"
                and self.shown(viewer, row)
                and (viewer, row["author_id"]) not in self.mutes
                and not self.kept_quiet(viewer, row["author_id"])
            ):
                yield row["id"], row["id"], None

    def account(self, viewer, author):
        for row in self.newest_first():
            if row["author_id"] == author and self.shown(viewer, row) is not None:
                yield row["id"], row["id"], None

    def kept_by(self, viewer, column):
        acts = sorted((r for r in self.kept if r["account_id"] == viewer and r[column]), key=lambda r: -r[column])
        for act in acts:
            row = self.posts.get(act["post_id"])
            if row is not None and self.shown(viewer, row) is not None:
                yield act[column], row["id"], None

    @staticmethod
    def pages(rows):
        """Pages of LIMIT; a post that shows twice within one page (third value) is shown once."""
        page, seen, pages = [], set(), []
        for _, entry, shown in rows:
            if shown is not None and shown in seen:
                continue
            seen.add(shown)
            page.append(entry)
            if len(page) == LIMIT:
                pages.append(page)
                page, seen = [], set()
        return [*pages, page] if page else pages


async def pages_of(read):
    found, cursor = [], Cursor(limit=LIMIT)
    while (page := await read(cursor)).entries:
        found.append([entry.id for entry in page.entries])
        cursor = Cursor(limit=LIMIT, max_id=page.oldest)
    return found


class History:
    """Random acts through the real use cases; what the rules refuse is no act."""

    def __init__(self, db, people, seed):
        self.db, self.people, self.random, self.post_ids = db, people, random.Random(seed), []

    async def step(self):
        act = self.random.choice(self.ACTS)
        try:
            async with self.db.begin() as tx:
                await act(self, tx, self.random.choice(self.people), self.random.choice(self.people))
        except DomainError:
            return

    def post(self):
        return self.random.choice(self.post_ids[-12:]) if self.post_ids else 1

    async def publish(self, tx, me, other):
        words = self.random.choice(["hello", "so #One", "and #two #one", f"see {LINK}", f"#one {OTHER_LINK} {LINK}"])
        if self.random.random() < 0.4:
            words += f" @{other.username}"
        draft = posts.Draft(
            text=words,
            visibility=self.random.choice(["public", "public", "public", "unlisted", "followers", "direct"]),
            reply_to_id=self.post() if self.random.random() < 0.4 else None,
        )
        self.post_ids.append((await posts.publish(tx, draft, author_id=me.id, app_id=None, settings=SETTINGS)).id)

    async def boost(self, tx, me, _):
        self.post_ids.append((await posts.boost(tx, self.post(), by=me.id)).id)

    async def unboost(self, tx, me, _):
        await posts.unboost(tx, self.post(), by=me.id)

    async def edit(self, tx, me, other):
        text = f"now {self.random.choice(['#two', '#one', 'none', LINK])} @{other.username}"
        await posts.edit(tx, self.post(), posts.Changes(text=text), by=me.id, settings=SETTINGS)

    async def delete(self, tx, me, _):
        await posts.delete(tx, self.post(), by=me.id)

    async def favourite(self, tx, me, _):
        await posts.favourite(tx, self.post(), by=me.id)

    async def unfavourite(self, tx, me, _):
        await posts.unfavourite(tx, self.post(), by=me.id)

    async def bookmark(self, tx, me, _):
        await posts.bookmark(tx, self.post(), by=me.id)

    async def follow(self, tx, me, other):
        await accounts.follow(tx, follower=me.id, followed=other.id, boosts=self.random.random() < 0.7)

    async def unfollow(self, tx, me, other):
        await accounts.unfollow(tx, follower=me.id, followed=other.id)

    async def follow_tag(self, tx, me, _):
        await follow_tag(tx, me.id, self.random.choice(["one", "Two"]))

    async def unfollow_tag(self, tx, me, _):
        tag = await find_or_make(tx, self.random.choice(["one", "two"]))
        await unfollow_tag(tx, me.id, tag.id)

    async def block(self, tx, me, other):
        await accounts.block(tx, me.id, target=other.id)

    async def unblock(self, tx, me, other):
        await accounts.unblock(tx, me.id, target=other.id)

    async def mute(self, tx, me, other):
        await accounts.mute(tx, me.id, target=other.id)

    async def unmute(self, tx, me, other):
        await accounts.unmute(tx, me.id, target=other.id)

    ACTS = (
        [publish] * 10 + [boost] * 4 + [follow] * 6 + [favourite] * 3 + [follow_tag] * 2
        + [unfollow_tag, bookmark, unboost, edit, edit, delete, delete,
        unfavourite, unfollow, block, unblock, unblock, mute, unmute, unmute]
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
async def test_feeds_equal_the_oracle_throughout_a_random_history(db, house, make, seed):
    people = [await make.member(f"p{number}") for number in range(PEOPLE)]
    limited = await make.member("limited", standing="limited")
    people.append(limited)
    await make.list(people[0], of=(people[1],), exclusive=True)
    for replies in ("list", "followed", "none"):
        await make.list(people[2], replies, of=(people[0], people[2], people[4]), replies=replies)
    history = History(db, people, seed)
    compared, feeds = 0, house.feeds
    for step in range(STEPS):
        await history.step()
        if step % 6:
            continue
        db.sync()
        oracle = await Oracle.read(db)
        link = await find_link(db, LINK) or 0
        for viewer in people:
            me = viewer.id
            pairs = [
                ("home", oracle.home(me), lambda c, me=me: feeds.home(me, c)),
                ("public", oracle.public(me), lambda c, me=me: feeds.public(me, c)),
                ("hashtag", oracle.hashtag(me, "one"), lambda c, me=me: feeds.hashtag(me, "one", c)),
                ("link", oracle.link(me, LINK), lambda c, me=me, link=link: feeds.link(me, link, c)),
                ("favourites", oracle.kept_by(me, "favourite_id"), lambda c, me=me: feeds.kept(me, "favourites", c)),
                ("bookmarks", oracle.kept_by(me, "bookmark_id"), lambda c, me=me: feeds.kept(me, "bookmarks", c)),
            ]
            pairs.append(("local", oracle.public(me), lambda c, me=me: feeds.public(me, c, where="local")))
            pairs += [
                (one["title"], oracle.list(me, one), lambda c, me=me, one=one: feeds.list(me, one["id"], c))
                for one in oracle.lists
                if one["account_id"] == me
            ]
            for name, expected, read in pairs:
                wanted = oracle.pages(expected)
                assert await pages_of(read) == wanted, (name, viewer.username, step)
                compared += sum(map(len, wanted))
            for author in people:
                read = lambda c, me=me, author=author: feeds.account(me, author.id, c)  # noqa: E731
                if (author.id, me) in oracle.blocks:
                    assert await pages_of(read) == []
                    continue
                wanted = oracle.pages(oracle.account(me, author.id))
                assert await pages_of(read) == wanted, ("account", viewer.username, author.username, step)
        assert await pages_of(lambda c: feeds.public(None, c)) == oracle.pages(oracle.public(None))
        assert await pages_of(lambda c, link=link: feeds.link(None, link, c)) == oracle.pages(oracle.link(None, LINK))
    assert compared > 100  # the histories are not so sad that nobody sees anything
