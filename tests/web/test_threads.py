"""The page of a post: replies as a tree with bounds, in the order one wants, without those one hides."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dunnock import accounts, posts
from dunnock.federation.tables import claimed_counts
from dunnock.web import replies
from dunnock.web.replies import grow


def card(an_id, author=1, answers=0):
    return SimpleNamespace(id=an_id, author_id=author, counts=(answers, 0, 0, 0))


def drawn(branches):
    return [(one.id, drawn(one.below)) if one.below else one.id for one in branches]


ROOT = card(1, author=1)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("oldest", [5, (2, [4]), 3]),
        ("newest", [5, 3, (2, [4])]),
        ("answered", [5, 3, (2, [4])]),
    ],
)
def test_authors_go_on_first_then_the_order_counts(order, expected):
    some = [card(2, author=2), card(4, author=3), card(3, author=3, answers=9), card(5, author=1)]
    tree = grow(ROOT, some, {2: 1, 4: 2, 3: 1, 5: 1}, order=order)
    assert drawn(tree.branches) == expected
    assert tree.total == 4
    assert tree.after is None


def test_what_answers_something_hidden_hangs_on_what_that_answers():
    tree = grow(ROOT, [card(2), card(5)], {2: 1, 3: 2, 4: 3, 5: 4}, order="oldest")
    assert drawn(tree.branches) == [(2, [5])]
    assert drawn(grow(ROOT, [card(9)], {9: 8}, order="oldest").branches) == [9], "its parent is unknown"
    assert drawn(grow(ROOT, [card(3)], {3: 4, 4: 3}, order="oldest").branches) == [3], "a circle"


def test_a_branch_is_bounded_in_depth_and_length():
    line = [card(an_id) for an_id in range(2, 40)]
    tree = grow(ROOT, line, {one.id: one.id - 1 for one in line}, order="oldest")
    assert len(tree.shown) == replies.DEEPEST
    last = tree.branches[0]
    assert last.size == 37
    while last.below:
        last = last.below[0]
    assert last.cut == 38 - replies.DEEPEST
    wide = [card(2), *[card(an_id) for an_id in range(3, 103)]]
    tree = grow(ROOT, wide, {one.id: 2 for one in wide} | {2: 1}, order="oldest")
    assert len(tree.shown) == replies.LONGEST_BRANCH + 1
    assert tree.branches[0].cut == 100 - replies.LONGEST_BRANCH


def test_a_page_is_bounded_and_another_follows():
    many = [card(an_id) for an_id in range(2, 252)]
    parents = {one.id: 1 for one in many}
    seen, after = [], 0
    while after is not None:
        tree = grow(ROOT, many, parents, order="oldest", after=after)
        assert len(tree.shown) <= replies.MOST_SHOWN
        seen += tree.shown
        after = tree.after
    assert seen == [one.id for one in many]
    assert grow(ROOT, many, parents, order="oldest", after=10_000).branches == []


@pytest.fixture
def write(db, publish):
    async def written(name, words, **draft):
        return await publish(await accounts.member_named(db, name), words, **draft)

    return written


async def test_replies_are_a_tree_that_folds(site, join, write):
    await join("wren")
    await join("robin")
    first = await write("wren", "the first")
    answer = await write("robin", "an answer", reply_to_id=first.id)
    await write("wren", "answer to the answer", reply_to_id=answer.id)
    await write("robin", "more to the answer", reply_to_id=answer.id)
    await write("wren", "going on", reply_to_id=first.id)
    browser = site.browser()
    page = await browser.get(f"/@wren/{first.id}")
    body = page.body
    assert body.index("going on") < body.index("an answer") < body.index("answer to the answer")
    assert body.count('<details open class="branch">') == 1
    assert "Show this thread from here" in page.text
    assert "4 replies" in page.text
    page = await browser.get(f"/@wren/{first.id}?order=newest")
    assert 'order=newest#replies" aria-current="page"' in page.body
    assert (await browser.get(f"/@wren/{first.id}?order=nonsense&after=-5")).status == 200
    middle = (await browser.get(f"/@robin/{answer.id}")).body.partition("<main")[2]
    assert middle.index("the first") < middle.index("an answer") < middle.index("answer to the answer")


async def test_a_long_thread_has_pages(site, join, write, monkeypatch):
    monkeypatch.setattr(replies, "MOST_SHOWN", 3)
    await join("wren")
    first = await write("wren", "the first")
    for number in range(5):
        await write("wren", f"reply {number}", reply_to_id=first.id)
    browser = site.browser()
    page = await browser.get(f"/@wren/{first.id}")
    assert "3 of 5 replies are on this page." in page.text
    assert "reply 4" not in page.text
    page = await browser.get(f"/@wren/{first.id}?order=oldest&after=3")
    assert "reply 4" in page.text
    assert "More replies" not in page.text


async def test_those_one_muted_are_left_out(join, write, signed_in, db):
    robin, _ = await join("robin"), await join("wren")
    first = await write("wren", "the first")
    muted = await write("robin", "from somebody muted", reply_to_id=first.id)
    await write("wren", "answer to them", reply_to_id=muted.id)
    reader = await signed_in("tit")
    me = (await accounts.member_named(db, "tit")).account_id
    async with db.begin() as tx:
        await accounts.mute(tx, me, target=robin.account_id)
    page = await reader.get(f"/@wren/{first.id}")
    assert "from somebody muted" not in page.text
    assert "answer to them" in page.text
    assert (await reader.get(f"/@robin/{muted.id}")).status == 200, "who opens it wants it"


async def test_a_muted_conversation_can_be_unmuted(join, write, signed_in, db):
    await join("wren")
    first = await write("wren", "the first")
    reader = await signed_in("tit")
    assert "Unmute conversation" not in (await reader.get(f"/@wren/{first.id}")).text
    await reader.submit(f"/posts/{first.id}", act="mute")
    assert "Unmute conversation" in (await reader.get(f"/@wren/{first.id}")).text
    await reader.submit(f"/posts/{first.id}", act="unmute")
    assert "Unmute conversation" not in (await reader.get(f"/@wren/{first.id}")).text


async def test_the_page_says_who_may_answer(site, join, write, signed_in, db):
    wren = await join("wren")
    closed = await write(
        "wren", "for my friends to answer", reply_policy="following", language="de", quote_policy="nobody"
    )
    page = await site.browser().get(f"/@wren/{closed.id}")
    for words in ("Only people whom the author follows can answer.", "Only the author can quote", "Deutsch"):
        assert words in page.text
    reader = await signed_in("tit")
    page = await reader.get(f"/@wren/{closed.id}")
    assert "does not let you answer" in page.text
    assert all(form.action != "/compose" for form in page.forms)
    me = (await accounts.member_named(db, "tit")).account_id
    async with db.begin() as tx:
        await accounts.follow(tx, follower=wren.account_id, followed=me)
    page = await reader.get(f"/@wren/{closed.id}")
    assert any(form.action == "/compose" for form in page.forms)


async def test_a_deleted_reply_leaves_what_answers_it(site, join, write, db):
    wren = await join("wren")
    first = await write("wren", "the first")
    gone = await write("wren", "to be deleted", reply_to_id=first.id)
    await write("wren", "still here", reply_to_id=gone.id)
    async with db.begin() as tx:
        await posts.delete(tx, gone.id, by=wren.account_id)
    page = await site.browser().get(f"/@wren/{first.id}")
    assert "still here" in page.text
    assert "to be deleted" not in page.text


@pytest.mark.both_engines
async def test_what_the_origin_counts_is_told_as_its_word(site, make):
    far = await make.account("lark", domain="far.example")
    post = await make.post(
        far, "from far away", local=False, uri="https://far.example/1", url="https://far.example/@lark/1"
    )
    browser = site.browser()
    assert "far.example counts" not in (await browser.get(f"/@lark@far.example/{post.id}")).text
    await make.row(claimed_counts, post_id=post.id, likes=1200, shares=None, replies=1, at=0)
    page = await browser.get(f"/@lark@far.example/{post.id}")
    assert "far.example counts 1 reply" in page.text
    assert "favourites there" in page.text
    assert "boosts there" not in page.text
