"""Search of posts: what is found by whom, the index following the posts, and both engines agreeing with plain words."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from dunnock import accounts, discovery, posts
from dunnock.discovery import index
from dunnock.discovery.find import Asked, find
from dunnock.discovery.query import read
from dunnock.discovery.words import words_of
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Sql
from dunnock.previews import PreviewChanged
from dunnock.previews.tables import post_previews, previews


@pytest.fixture
def publish(house, settings):
    async def one(author, text="hello", **draft):
        return await house.do(
            posts.publish, posts.Draft(text=text, **draft), author_id=author.id, app_id=None, settings=settings
        )

    return one


@pytest.fixture(autouse=True)
async def listening(house):
    await house.reactions.prepare()


async def test_authors_who_agreed_and_one_s_own_library(house, make, publish):
    open_, shy, me, eve = (
        await make.member("open", indexable=True), await make.member("shy"), await make.member("me"), await make.member("eve"),
    )  # fmt: skip
    found = await publish(open_, "A gentle badger")
    unlisted = await publish(open_, "An unlisted badger", visibility="unlisted")
    followers = await publish(open_, "A badger for friends", visibility="followers")
    liked, marked = await publish(shy, "A liked badger"), await publish(shy, "A marked badger")
    mention = await publish(shy, "@me have you seen the badger?", visibility="direct")
    own = await publish(me, "My badger", visibility="followers")
    assert await house.search(me, "badger") == [own.id, mention.id, found.id]
    assert await house.search(eve, "badger") == [found.id]
    assert await house.search(open_, "badger") == [followers.id, unlisted.id, found.id]
    await house.do(posts.favourite, liked.id, by=me.id)
    await house.do(posts.bookmark, marked.id, by=me.id)
    assert await house.search(me, "badger") == [own.id, mention.id, marked.id, liked.id, found.id]
    assert await house.search(me, "badger in:library") == [own.id, mention.id, marked.id, liked.id]
    assert await house.search(me, "badger in:public") == [found.id]
    assert await house.search(me, "in:library") == [own.id, mention.id, marked.id, liked.id]
    assert await house.search(me, "in:library -liked") == [own.id, mention.id, marked.id]
    assert await house.search(me, "-from:open -seen") == [own.id, marked.id, liked.id]
    assert await house.search(eve, "liked badger") == []
    await house.do(posts.unfavourite, liked.id, by=me.id)
    assert await house.search(me, "liked badger") == []


async def test_blocks_mutes_and_standing_hold(house, make, publish):
    author, me = await make.member("author", indexable=True), await make.member("me")
    post = await publish(author, "an otter")
    await house.do(posts.favourite, post.id, by=me.id)
    assert await house.search(me, "otter") == [post.id]
    await house.do(accounts.mute, me.id, target=author.id)
    assert await house.search(me, "otter") == []
    await house.do(accounts.unmute, me.id, target=author.id)
    await house.do(accounts.block, author.id, target=me.id)
    assert await house.search(me, "otter") == []


async def test_the_index_follows_edits_deletions_and_descriptions(house, make, publish, settings):
    author = await make.member("author", indexable=True)
    picture = await make.media(author, description="a picture of a heron")
    post = await publish(author, "one two", media_ids=(picture.id,), language="de")
    for words in ("one", "heron", "has:media", "has:image", "language:de", "from:author", "from:@author@here.example"):
        assert await house.search(author, words) == [post.id], words
    await house.do(posts.edit, post.id, posts.Changes(text="three #Four"), by=author.id, settings=settings)
    for words in ("one", "heron", "has:media"):
        assert await house.search(author, words) == [], words
    for words in ("three", "#four", "four", '"three four"'):
        assert await house.search(author, words) == [post.id], words
    await house.do(posts.delete, post.id, by=author.id)
    assert await house.search(author, "three") == []
    assert await house.db.all(index.store.HELD, ids=[post.id]) == []
    assert await find(house.db, Asked('"three"', "'three'", timed=False), above=0, below=1 << 62, most=9) == []


async def test_polls_links_replies_and_warnings(house, make, publish):
    me = await make.member("me")
    first = await publish(me, "See https://www.far.example/page?x=1", warning="spoiler ahead")
    reply = await publish(
        me, "Which one?", reply_to_id=first.id,
        poll=posts.PollDraft(options=("Aardvark", "Wombat"), expires_in=3600),
    )  # fmt: skip
    for words, there in (
        ("has:link", first), ("domain:far.example", first), ("domain:www.far.example", first), ("spoiler", first),
        ("is:sensitive", first), ("has:poll", reply), ("wombat", reply), ("is:reply", reply), ("-is:reply", first),
        ("page", first), ("far.example", first),
    ):  # fmt: skip
        assert await house.search(me, words) == [there.id], words
    assert await house.search(me, "domain:example") == []
    assert await house.search(me, '"ahead see"') == []  # the warning and the text are two


async def test_switching_on_and_off_and_what_was_there_before(house, make):
    author, reader = await make.member("author"), await make.member("reader")
    old = [await make.post(author, f"lynx number {n}") for n in range(3)]
    assert await house.search(author, "lynx") == []
    await discovery.index_backlog(house.db, discovery.IndexBacklog())
    assert await house.search(author, "lynx") == [one.id for one in reversed(old)]
    assert await house.search(reader, "lynx") == []
    await house.do(accounts.change_settings, author.id, indexable=True)
    assert await house.search(reader, "lynx") == [one.id for one in reversed(old)]
    await make.block(reader, author)  # a row without an event: nothing in memory knows of it yet
    house.viewers.kept.clear()
    assert await house.search(reader, "lynx") == []
    other = await make.member("other")
    async with house.db.begin() as tx:
        await accounts.change_settings(tx, author.id, indexable=False)
    assert await house.search(other, "lynx") == [], "at once, also before the index has followed"
    await house.settle()
    words = [row[1] for row in await house.db.all(index.store.HELD, ids=[one.id for one in old])]
    assert not any(index._has(one, ":p") for one in words)


async def test_an_author_s_chunks_resume(house, make, monkeypatch):
    monkeypatch.setattr(index, "CHUNK", 2)
    author = await make.account("imported", indexable=True)
    old = [await make.post(author, "stoat", at=1_600_000_000_000 + n * DAY) for n in range(5)]
    reader = await make.member("reader")
    await index.index_span(house.db, index.IndexSpan(old[0].id, old[-1].id + 1))
    assert await house.search(reader, "stoat") == [old[4].id, old[3].id]
    await house.settle()
    assert await house.search(reader, "stoat") == [one.id for one in reversed(old)]
    assert await house.search(reader, "stoat after:2020-09-14 before:2020-09-17") == [old[3].id, old[2].id]
    assert await house.search(reader, "stoat during:2020-09-14") == [old[1].id]
    assert await house.search(reader, "stoat -during:2020-09-14") == [old[n].id for n in (4, 3, 2, 0)]


async def test_a_rebuild_goes_on_where_it_was_killed(house, make, monkeypatch):
    monkeypatch.setattr(index, "CHUNK", 3)
    author = await make.member("author", indexable=True)
    old = [await make.post(author, f"heron {n}", at=1_600_000_000_000 + n * DAY) for n in range(11)]
    done, killed_at = [], 3
    whole = index.index_posts

    async def until_killed(tx, ids):
        await whole(tx, ids)
        done.append(list(ids))
        if len(done) == killed_at:
            raise KeyboardInterrupt  # before the commit, so of this chunk nothing is left

    monkeypatch.setattr(index, "index_posts", until_killed)
    with pytest.raises(KeyboardInterrupt):
        await discovery.index_backlog(house.db, discovery.IndexBacklog())
    assert await house.search(author, "heron", limit=40) == [one.id for one in reversed(old[-6:])]
    new = await make.post(author, "heron of today")
    async with house.db.begin() as tx:
        await whole(tx, [new.id])
    await discovery.index_backlog(house.db, discovery.IndexBacklog())
    assert await house.search(author, "heron", limit=40) == [new.id, *[one.id for one in reversed(old)]]
    assert done[3] == done[2], "the chunk that was lost is done again, those before it are not"
    await discovery.index_backlog(house.db, discovery.IndexBacklog())
    assert len(done) == 6, "at the end it does nothing"


async def test_pages(house, make):
    author, reader = await make.member("author", indexable=True), await make.member("reader")
    other = await make.member("other", indexable=True)
    old = [await make.post(author if n % 2 else other, f"crane {n}") for n in range(9)]
    await house.index(*old)
    ids = [one.id for one in reversed(old)]
    assert await house.search(reader, "crane", limit=3) == ids[:3]
    assert await house.search(reader, "crane", limit=3, skip=3) == ids[3:6]
    assert await house.search(reader, "crane", limit=3, max_id=ids[4]) == ids[5:8]
    assert await house.search(reader, "crane", limit=3, min_id=ids[5]) == ids[2:5]
    assert await house.search(reader, "crane", by=author) == [one.id for one in reversed(old[1::2])]
    assert await house.search(reader, "crane from:author OR from:other", limit=4) == ids[:4]
    assert await house.search(reader, "crane from:nobody") == []
    assert await house.search(author, "crane from:me") == [one.id for one in reversed(old[1::2])]


async def test_a_large_library_is_found_whole(house, make):
    shy, me = await make.account("shy"), await make.member("me")
    kept = [await make.post(shy, "common words" if n % 7 else "common rare") for n in range(350)]
    for one in kept[::2]:
        await make.row(_interactions(), account_id=me.id, post_id=one.id, bookmark_id=one.id)
    await house.index(*kept[::2])
    mine = [one.id for one in reversed(kept[::2])]
    walked, last = [], None
    while page := await house.search(me, "common", limit=40, **({"max_id": last} if last else {})):
        walked += page
        last = page[-1]
    assert walked == mine
    assert await house.search(me, "rare", limit=40) == [one.id for one in reversed(kept[::14])][:40]


def _interactions():
    from dunnock.posts.tables import interactions

    return interactions


VOCABULARY = [
    "red", "green", "blue", "東京都", "京都", "都", "犬", "子犬", "Crème", "creme", "x-ray", "한국어", "국어", "naïve", "#Tag",
    "100",
]  # fmt: skip
QUERIES = [
    *VOCABULARY, '"red green"', '"green blue red"', '"東京都 red"', "red OR blue", "red -blue", "-red", "red green blue", "京",
    "東", "國", "국어", "red OR 犬 -green", '-"red green" blue', "tag", "ray", '"犬 red"', '"x-ray"', "#tag -red",
    "-京都", "-국어 red", "京都 OR 国語", '"red green blue x ray"', '"100 naïve red"', '"red green" OR "blue red"',
    '"green 東京"',
]  # fmt: skip


async def test_both_engines_find_what_the_words_say(house, make, monkeypatch):
    """A plain reading of the rules, over random texts: the index must give exactly the same.

    Also while posts from before stand where all posts stood, and not in the half of those that few may find.
    """
    chance = random.Random("dunnock")
    open_, shy = await make.member("author", indexable=True), await make.member("shy")
    texts, mine = {}, set()
    for n in range(200):
        words = chance.choices(VOCABULARY, k=chance.randint(1, 6))
        text = " ".join(words)
        tags = ("Tag",) if "#Tag" in words else ()
        post = await make.post(shy if n % 3 else open_, text, hashtags=tags)
        texts[post.id] = text
        if n % 3:
            mine.add(post.id)
    halved = index.in_its_half
    as_before = lambda words, *, public: halved(words, public=True) if public else [*words]  # noqa: E731
    for at, way in ((0, halved), (1, as_before)):
        monkeypatch.setattr(index, "in_its_half", way)
        async with house.db.begin() as tx:
            await discovery.index_posts(tx, list(texts)[at::2])
    monkeypatch.setattr(index, "in_its_half", halved)
    for pairs, walked in ((False, 5_000), (False, 2), (True, 5_000), (True, 2)):
        if pairs:
            await discovery.index_backlog(house.db, discovery.IndexBacklog())
        # Of 200 posts PostgreSQL goes through two, and asks the index for the others.
        monkeypatch.setattr("dunnock.discovery.find.WALKED", walked)
        monkeypatch.setattr("dunnock.discovery.find.FAR", walked)
        assert await index.marked(house.db) == index.Marked(pairs=pairs, timed=pairs, halves=pairs)
        for typed in QUERIES:
            expected = [one for one in sorted(texts, reverse=True) if plainly(texts[one], typed)]
            assert await house.search(shy, typed, limit=200) == expected, typed
            public = [one for one in expected if one not in mine]
            assert await house.search(shy, f"{typed} in:public", limit=200) == public, typed
            assert await house.search(open_, typed, limit=200) == public, typed
            own = [one for one in expected if one in mine]
            assert await house.search(shy, f"{typed} in:library", limit=200) == own, typed


@pytest.mark.parametrize("timed", [False, True])
@pytest.mark.parametrize("many", [0, 50])
async def test_far_back_and_up_again_nothing_is_left_out_or_found_twice(house, make, monkeypatch, timed, many):
    """Over years with gaps, with few posts gone through at first: PostgreSQL must look further, span by span."""
    for name, number in (("WALKED", 4), ("FAR", 30), ("MANY", many)):
        monkeypatch.setattr(f"dunnock.discovery.find.{name}", number)
    chance = random.Random(5)
    author = await make.member("author", indexable=True)
    at, held = 1_500_000_000_000, []
    for n in range(160):
        at += int(10 ** chance.uniform(3, 9.8))
        words = ["common" if n % 3 else "other"] + ["rare"] * (n in {0, 3, 90, 158}) + ["some"] * (n % 11 == 5)
        held.append((await make.post(author, " ".join(words), at=at)).id)
    await house.index(*[SimpleNamespace(id=one) for one in held])
    for word, fits in (
        ("common", lambda n: n % 3), ("rare", lambda n: n in {0, 3, 90, 158}),
        ("some", lambda n: n % 11 == 5), ("none", lambda n: False),
    ):  # fmt: skip
        there = [one for n, one in enumerate(held) if fits(n)]
        asked = Asked(f'"{word}"', f"'{word}'", timed=timed)
        for above, below in ((0, 1 << 62), (held[40], held[120]), (held[7] - 1, held[7] + 1), (held[158], 1 << 62)):
            within = [one for one in there if above < one < below]
            for most in (1, 7, 200):
                up = await find(house.db, asked, above=above, below=below, most=most, up=True)
                assert up == within[:most], (word, above, below, most)
                down = await find(house.db, asked, above=above, below=below, most=most)
                assert down == within[::-1][:most], (word, above, below, most)


async def test_a_long_query_is_cut_and_keeps_nobody_waiting(house, make, monkeypatch):
    author = await make.member("author", indexable=True)
    one, other = await make.post(author, "ba " * 40), await make.post(author, "ba " * 31)
    await house.index(one, other)
    apart = []
    slow = house.db.slow
    monkeypatch.setattr(house.db, "slow", lambda sql, **values: apart.append(sql) or slow(sql, **values))
    assert read(f'"{"ba " * 250}"').cut
    assert not read(f'"{"ba " * 32}"').cut
    assert await house.search(author, f'"{"ba " * 250}"') == [one.id]
    assert bool(apart) == (house.db.engine == "sqlite"), "read beside the loop that serves everybody"
    apart.clear()
    assert await house.search(author, "ba ba") == [other.id, one.id]
    assert not apart


async def test_a_rare_word_takes_postgresql_one_question(house, make, monkeypatch):
    monkeypatch.setattr("dunnock.discovery.find.WALKED", 4)
    author = await make.member("author", indexable=True)
    held = [await make.post(author, "rare" if n in {2, 9} else "common") for n in range(20)]
    await house.index(*held)
    asked = []
    whole = house.db.all
    monkeypatch.setattr(house.db, "all", lambda sql, **values: asked.append(sql) or whole(sql, **values))
    for up, there in ((False, [held[9].id, held[2].id]), (True, [held[2].id, held[9].id])):
        asked.clear()
        assert (
            await find(house.db, Asked('"rare"', "'rare'", timed=True), above=0, below=1 << 62, most=40, up=up) == there
        )
        assert len(asked) == 1


def plainly(text: str, typed: str) -> bool:
    """Does the text have what was typed? The 京都 of 東京都 is none, nor the 국어 of 한국어."""
    held = words_of(text)
    by_chance = {"京都": "東京都", "국어": "한국어"}
    tags = {word.lower() for word in text.split() if word.startswith("#")}

    def has(term) -> bool:
        words = term.words
        if words[0].startswith("#"):
            return words[0] in tags
        if words in {("京都",), ("국어",)}:
            return words[0] in text.replace(by_chance[words[0]], "")
        for at in range(len(held) - len(words) + 1):
            here = held[at : at + len(words)]
            if here[:-1] == list(words[:-1]) and (
                here[-1].startswith(words[-1]) if term.begins else here[-1] == words[-1]
            ):
                return True
        return False

    query = read(typed)
    return all(any(map(has, group)) for group in query.groups) and not any(map(has, query.without))


async def test_players_behind_links(house, make, publish):
    me = await make.member("me")
    post = await publish(me, "look https://video.example/watch")
    assert await house.search(me, "has:embed") == []
    preview_id = await house.db.value(Sql(select(post_previews.c.preview_id)))
    async with house.db.begin() as tx:
        await tx.run(Sql(update(previews).values(state="ready", card='{"type":"video","html":"<iframe></iframe>"}')))
        await tx.record(PreviewChanged(preview_id=preview_id))
    await house.settle()
    assert await house.search(me, "has:embed look") == [post.id]
