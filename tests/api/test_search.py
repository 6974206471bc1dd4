"""Search through whole requests."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from api.people import URL
from api.readers import Readers
from dunnock import discovery

SEARCH = "/api/v2/search"


@pytest.fixture
async def people(db):
    return Readers(db)


async def found(people, words, who=None, **more):
    query = "".join([f"&{name}={value}" for name, value in more.items()])
    got = await people.get(f"{SEARCH}?q={quote(words, safe='')}{query}", who)
    return (
        [one["acct"] for one in got["accounts"]],
        [one["id"] for one in got["statuses"]],
        [one["name"] for one in got["hashtags"]],
    )


async def test_accounts_and_hashtags_by_their_beginning(people, make):
    anna, _, far = (
        await make.member("anna"),
        await make.member("annabel"),
        await make.account("anna", domain="far.example"),
    )
    await make.post(anna, hashtags=("Annals", "annual", "cats"))
    people_found, posts_found, tags = await found(people, "ann")
    assert sorted(people_found) == ["anna", "anna@far.example", "annabel"]
    assert (posts_found, tags) == ([], ["Annals", "annual"])
    assert await found(people, "#ANN") == ([], [], ["Annals", "annual"])
    assert await found(people, "ann", type="hashtags", limit=1) == ([], [], ["Annals"])
    assert await found(people, "ann", anna, type="hashtags", limit=1, offset=1) == ([], [], ["annual"])
    assert (await found(people, "ann", type="statuses")) == ([], [], [])
    await make.follow(anna, far)
    assert await found(people, "ann", anna, following="true", type="accounts") == (["anna@far.example"], [], [])
    assert await found(people, "100%_\\") == ([], [], [])


async def test_whole_handles_and_addresses_of_profiles(people, make):
    me, anna = await make.member("me"), await make.member("Anna")
    await make.account("anna", domain="far.example")
    await make.account("gone", standing="suspended")
    for words in ("@anna@home.example", "anna@HOME.example", f"{URL}/@anna", f"{URL}/users/Anna", f"{URL}/@anna/"):
        assert await found(people, words) == (["Anna"], [], []), words
    assert await found(people, "@anna@far.example") == (["anna@far.example"], [], [])
    for words in ("@nobody@home.example", "https://elsewhere.example/@anna", f"{URL}/@gone", "@gone@home.example",
                  f"{URL}/about", "https://[broken"):  # fmt: skip
        assert await found(people, words) == ([], [], []), words
    await make.block(anna, me)
    assert await found(people, "@anna@home.example", me) == ([], [], [])
    assert await found(people, "@me@home.example", anna) == (["me"], [], [])  # or how would she end it?


async def test_a_post_by_its_address_when_one_may_see_it(people, make):
    anna, bob, eve = await make.member("anna"), await make.member("bob"), await make.member("eve")
    public = await make.post(anna)
    direct = await make.post(anna, visibility="direct", mentions=(bob,))
    for post, ok in ((public, (None, bob, eve)), (direct, (bob, anna))):
        for words in (f"{URL}/@anna/{post.id}", f"{URL}/users/anna/statuses/{post.id}"):
            for who in (None, anna, bob, eve):
                expected = [str(post.id)] if who in ok or (who is anna) else []
                assert await found(people, words, who) == ([], expected, []), (words, who)
    assert await found(people, f"{URL}/@anna/{public.id}", type="accounts") == ([], [], [])
    assert await found(people, f"{URL}/@anna/99") == ([], [], [])
    assert await found(people, f"{URL}/@anna/9999999999999999999") == ([], [], [])


async def test_a_hashtag_by_its_address(people, make):
    await make.post(await make.member(), hashtags=("cats", "catsanddogs"))
    assert await found(people, f"{URL}/tags/Cats") == ([], [], ["cats"])
    assert await found(people, f"{URL}/tags/cat") == ([], [], [])


async def test_refusals(people, make):
    me = await make.member()
    assert (await people.ask("GET", SEARCH)).status == 400
    assert (await people.ask("GET", f"{SEARCH}?q=%20", me)).status == 400
    answer = await people.ask("GET", f"{SEARCH}?q=a&offset=3")
    assert (answer.status, answer.json["error"]) == (
        401, "Search queries pagination is not supported without authentication",
    )  # fmt: skip
    assert (await people.ask("GET", f"{SEARCH}?q=a&resolve=true")).status == 401
    assert (await people.ask("GET", f"{SEARCH}?q=a&resolve=true&offset=2", me)).status == 200
    assert (await people.ask("GET", f"{SEARCH}?q=a", me, "read:statuses")).status == 403
    assert (await people.ask("GET", f"{SEARCH}?q=a%00b", me)).status in {200, 422}
    assert (await people.ask("GET", f"{SEARCH}?q={'x' * 5000}&limit=0&type=nonsense&offset=-4", me)).status == 200


async def test_posts_by_words(people, make):
    author, me = await make.member("author", indexable=True), await make.member("me")
    posts_made = [await make.post(author, f"a hedgehog {n}") for n in range(3)]
    await index(people.db, *posts_made)
    ids = [str(one.id) for one in reversed(posts_made)]
    assert await found(people, "hedgehog", me) == ([], ids, [])
    assert await found(people, "hedgehog", me, type="statuses", limit=2) == ([], ids[:2], [])
    assert await found(people, "hedgehog", me, type="statuses", limit=2, offset=2) == ([], ids[2:], [])
    assert await found(people, "hedgehog", me, type="statuses", max_id=ids[0]) == ([], ids[1:], [])
    assert await found(people, "hedgehog", me, type="statuses", min_id=ids[2], limit=1) == ([], ids[1:2], [])
    assert await found(people, "hedgehog", me, account_id=me.id) == ([], [], [])
    assert await found(people, "hedgehog", me, account_id=author.id) == ([], ids, [])
    assert await found(people, "from:author -1", me, type="statuses") == ([], [ids[0], ids[2]], [])
    assert await found(people, "hedgehog", me, type="accounts") == ([], [], [])
    assert await found(people, "hedgehog") == ([], [], []), "strangers do not read through everybody's posts"
    status = (await people.get(f"{SEARCH}?q=hedgehog&limit=1", me))["statuses"][0]
    assert (status["content"], status["account"]["acct"]) == ("<p>a hedgehog 2</p>", "author")
    assert status["favourited"] is False


async def test_old_search_gives_names(people, make):
    me = await make.member("me", indexable=True)
    await index(people.db, await make.post(me, "a hedgehog", hashtags=("Hedgehogs",)))
    got = await people.get("/api/v1/search?q=hedgehog", me)
    assert got["hashtags"] == ["Hedgehogs"]
    assert [one["content"] for one in got["statuses"]] == ["<p>a hedgehog</p>"]
    assert (await people.ask("GET", "/api/v1/search?q=a")).status == 401
    assert (await people.ask("GET", "/api/v1/search?q=a", me, "read:lists")).status == 403


async def test_profiles_elsewhere_that_are_known(people, make):
    me = await make.member("me")
    await make.account("anna", domain="far.example")
    for words in ("https://far.example/@anna", "https://far.example/users/anna"):
        assert await found(people, words, me, resolve="true") == (["anna@far.example"], [], []), words
    assert await found(people, "https://far.example/@nobody", me, resolve="true") == ([], [], [])


@pytest.mark.parametrize("words", ["' OR 1=1 --", '"', "NEAR(a b)", "a* : ^b", "{x} + y", "\\", "'a' & !b", "q" * 400])
async def test_what_is_typed_is_data(people, make, words):
    """SC-128: no words of a query language reach the engine."""
    me = await make.member("me")
    await index(people.db, await make.post(me, "harmless"))
    assert (await found(people, words, me))[1] == []


async def index(db, *made):
    async with db.begin() as tx:
        await discovery.index_posts(tx, [one.id for one in made])
