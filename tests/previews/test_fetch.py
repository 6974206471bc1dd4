"""From a link in a post to the card below it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from dunnock import posts, previews
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.previews.fetch import PAUSES_MS
from dunnock.previews.sweep import sweep_previews
from dunnock.previews.tables import post_previews
from dunnock.previews.tables import previews as table
from previews.conftest import encode, png

JOBS = Sql(select(jobs.c.run_at).where(jobs.c.kind == "FetchPreview"))
ROWS = Sql(select(table.c.url, table.c.state).order_by(table.c.id))
EMPTY = {
    "title": "", "description": "", "language": None, "type": "link", "author_name": "", "author_url": "", "provider_name": "",
    "provider_url": "", "html": "", "width": 0, "height": 0, "image": None, "image_description": "", "embed_url": "",
    "blurhash": None, "published_at": None, "authors": [], "missing_attribution": None,
}  # fmt: skip


async def run(house, sql):
    async with house.db.begin() as tx:
        await tx.run(Sql(text(sql)))


async def test_a_plain_page(world, ada):
    url = world.page("/story", "<title>A story</title>")
    said = await world.say(ada, f"look: {url}#part and more")
    assert await world.shown(said) is None
    assert await world.card(said) == EMPTY | {"url": url, "title": "A story"}
    assert world.asked() == ["/story"]
    headers = world.outside.asked[0][1]
    assert headers["user-agent"].startswith("Dunnock/")
    assert "bot" in headers["user-agent"]
    assert headers["accept"].startswith("text/html")


async def test_everything_that_a_page_says(world, ada):
    """The first attributes of the entity, and a picture of our own making."""
    url = world.page(
        "/full",
        '<meta property="og:title" content="Wrens"><meta property="og:description" content="Small &amp; loud">'
        '<meta property="og:image" content="/pic.png"><meta property="og:image:alt" content="A wren">'
        '<meta property="og:site_name" content="Birds"><meta property="og:locale" content="en_GB">'
        '<meta property="article:published_time" content="2026-11-23T08:00:00Z"><meta name="author" content="Bea">',
    )
    world.outside.page("/pic.png", png(), head="content-type: image/png")
    card = await world.card(await world.say(ada, url))
    image = card.pop("image")
    assert len(card.pop("blurhash")) > 20
    assert card == {
        key: value
        for key, value in EMPTY.items()
        if key not in {"image", "blurhash"}
    } | {
        "url": url, "title": "Wrens", "description": "Small & loud", "language": "en-GB", "provider_name": "Birds",
        "published_at": "2026-11-23T08:00:00.000Z", "author_name": "Bea", "width": 300, "height": 200,
        "image_description": "A wren", "authors": [{"name": "Bea", "url": "", "account": None}],
    }  # fmt: skip
    assert image.startswith("http://127.0.0.1:8000/media/")
    picture = await world.ask(image.removeprefix("http://127.0.0.1:8000"))
    assert (picture.status, picture.headers["content-type"]) == (200, "image/webp")
    assert picture.body != png()


async def test_one_fetch_for_all_posts(world, ada, make):
    url = world.page("/story", "<title>A story</title>")
    first, second = await world.say(ada, url), await world.say(await make.member("bea"), f"{url} {url}?other")
    await world.house.jobs.settle()
    third = await world.say(ada, url.replace("news.example", "NEWS.example"))
    assert await world.card(third) == await world.card(second) == await world.card(first)
    assert world.asked() == ["/story"]


async def test_every_visibility_has_one_as_in_mastodon(world, ada):
    url = world.page("/story", "<title>A story</title>")
    token = await world.token(ada)
    for visibility in ("unlisted", "followers", "direct"):
        said = await world.say(ada, url, visibility=visibility, warning="careful")
        await world.house.jobs.settle()
        shown = (await world.ask(f"/api/v1/statuses/{said.id}", token)).json
        assert shown["card"]["title"] == "A story"
    hidden = await world.ask(f"/api/v1/statuses/{said.id}/card")
    assert hidden.status == 404


async def test_known_for_two_weeks(world, ada):
    url = world.page("/story", "<title>Old</title>")
    first = await world.say(ada, url)
    await world.house.jobs.settle()
    world.page("/story", "<title>New</title>")
    await run(world.house, f"UPDATE previews SET asked_at = asked_at - {13 * DAY}")
    assert (await world.card(await world.say(ada, url)))["title"] == "Old"
    await run(world.house, f"UPDATE previews SET asked_at = asked_at - {2 * DAY}")
    assert (await world.card(await world.say(ada, url)))["title"] == "New"
    assert (await world.shown(first))["title"] == "New"
    assert len(world.asked()) == 2


async def test_what_was_known_stays_when_nobody_answers_any_more(world, ada):
    url = world.page("/story", "<title>Old</title>")
    await world.say(ada, url)
    await world.house.jobs.settle()
    world.outside.page("/story", status=404)
    await run(world.house, "UPDATE previews SET asked_at = 0")
    assert (await world.card(await world.say(ada, url)))["title"] == "Old"


async def test_redirects_and_the_pages_own_address(world, ada):
    """The card shows the address that was posted; all addresses of a page are one link."""
    short = world.url("/s", host="short.example")
    world.outside.redirect("/s", world.url("/story?utm_source=x"))
    world.page("/story?utm_source=x", '<title>T</title><link rel="canonical" href="/story">')
    world.page("/story", "<title>T</title>")
    first, second = await world.say(ada, short), await world.say(ada, world.url("/story"))
    assert (await world.card(first))["url"] == short
    assert (await world.shown(second))["url"] == world.url("/story")
    for url in (short, world.url("/story")):
        feed = await world.ask(f"/api/v1/timelines/link?url={url}")
        assert [one["id"] for one in feed.json] == [str(second.id), str(first.id)]


async def test_oembed(world, ada):
    url = world.page("/film", '<title>x</title><meta property="og:description" content="About a film">'
                     '<link rel="alternate" type="application/json+oembed" href="/oembed?x=1">')  # fmt: skip
    world.outside.page("/thumb.png", png(64, 32), head="content-type: image/png")
    answer = {
        "version": "1.0", "type": "video", "title": "A film", "author_name": "Ann", "author_url": "/ann", "provider_name": "Tube",
        "provider_url": "https://tube.example/", "thumbnail_url": "/thumb.png", "width": 640, "height": 360,
        "html": '<iframe src="https://tube.example/e/1" onload="x"></iframe><script>y</script>',
    }  # fmt: skip
    world.outside.page("/oembed?x=1", encode(answer), head="content-type: application/json; charset=utf-8")
    card = await world.card(await world.say(ada, url))
    assert (card["type"], card["title"], card["description"]) == ("video", "A film", "About a film")
    assert (card["width"], card["height"], card["provider_name"]) == (640, 360, "Tube")
    assert card["authors"] == [{"name": "Ann", "url": world.url("/ann"), "account": None}]
    assert card["html"].startswith('<iframe src="https://tube.example/e/1"')
    assert "script>" not in card["html"]
    assert "onload" not in card["html"]
    assert card["image"] is not None
    assert world.asked() == ["/film", "/oembed?x=1", "/thumb.png"]


async def test_oembed_that_does_not_answer_leaves_the_page(world, ada):
    url = world.page("/film", '<title>x</title><link type="application/json+oembed" href="/gone">')
    card = await world.card(await world.say(ada, url))
    assert (card["type"], card["title"]) == ("link", "x")


async def test_a_player_of_the_page(world, ada):
    url = world.page(
        "/film", '<title>x</title><meta name="twitter:player" content="https://tube.example/p?&quot;">'
        '<meta name="twitter:player" content="https://tube.example/p">'
    )  # fmt: skip
    card = await world.card(await world.say(ada, url))
    assert (card["type"], card["html"]) == ("link", "")  # its address has a quote in it
    url = world.page(
        "/film2", '<title>x</title><meta name="twitter:player" content="https://tube.example/p?a=1&amp;b=2">'
    )
    card = await world.card(await world.say(ada, url))
    assert card["type"] == "video"
    assert 'src="https://tube.example/p?a=1&amp;b=2"' in card["html"]
    assert "sandbox=" in card["html"]


@pytest.mark.parametrize(
    "picture",
    [b"", b"<svg onload=alert(1)>", b"GIF89a", png()[:100], b"<html>"],
)
async def test_a_picture_that_is_none(world, ada, picture):
    """SC-004, SC-008."""
    url = world.page("/story", '<title>t</title><meta property="og:image" content="/pic">')
    world.outside.page("/pic", picture, head="content-type: image/png")
    card = await world.card(await world.say(ada, url))
    assert (card["title"], card["image"], card["blurhash"]) == ("t", None, None)


@pytest.mark.parametrize(
    "image", ["http://inside.example:{port}/x", "http://127.9.9.9:{port}/", "file:///etc/passwd", "data:image/png,x"]
)
async def test_a_picture_from_inside(world, ada, image):
    """SC-077, SC-079, SC-080: pictures go through the door too."""
    url = world.page(
        "/story", f'<title>t</title><meta property="og:image" content="{image.format(port=world.outside.port)}">'
    )
    assert (await world.card(await world.say(ada, url)))["image"] is None
    assert world.asked() == ["/story"]


async def test_links_that_lead_inside(world, ada):
    """SC-069, SC-077: by name, by redirect, by oEmbed."""
    by_name = await world.say(ada, world.url("/x", host="inside.example"))
    world.outside.redirect("/away", world.url("/x", host="inside.example"))
    by_redirect = await world.say(ada, world.url("/away"))
    endpoint = world.url("/x", host="inside.example")
    by_oembed = await world.say(
        ada, world.page("/o", f'<title>t</title><link type="application/json+oembed" href="{endpoint}">')
    )
    assert await world.card(by_name) is None
    assert await world.shown(by_redirect) is None
    assert (await world.shown(by_oembed))["title"] == "t"
    assert sorted(world.asked()) == ["/away", "/o"]
    assert await world.house.db.all(JOBS) == []


async def test_nothing_is_fetched_from_this_server(world):
    """The first link that leads elsewhere has the card; when all lead here, none."""
    house, mine = world.house, "https://home.example/@ada/1"
    async with house.db.begin() as tx:
        await previews.attach(tx, 1, [mine, world.url("/story")], here="home.example")
    assert [row[0] for row in await house.db.all(ROWS)] == [world.url("/story")]
    async with house.db.begin() as tx:
        await previews.attach(tx, 1, [mine, "HTTPS://HOME.example:443/", "nonsense"], here="home.example")
    assert await house.db.all(Sql(select(post_previews.c.post_id))) == []


async def test_names_and_hashtags_are_no_links(world, ada):
    said = await world.say(ada, "@ada #wren nothing.example")
    assert await world.card(said) is None
    assert await world.house.db.all(ROWS) == []


async def test_an_edit_changes_the_card(world, ada):
    one, two = world.page("/one", "<title>One</title>"), world.page("/two", "<title>Two</title>")
    said = await world.say(ada, one)
    assert (await world.card(said))["title"] == "One"
    await world.edit(ada, said, f"rather {two}")
    assert (await world.card(said))["title"] == "Two"
    await world.edit(ada, said, "no link")
    assert await world.card(said) is None
    await world.edit(ada, said, one)
    assert (await world.card(said))["title"] == "One"
    assert world.asked() == ["/one", "/two"]


async def test_a_deleted_post_lets_go(world, ada):
    said = await world.say(ada, world.page("/one", "<title>One</title>"))
    await world.house.jobs.settle()
    async with world.house.db.begin() as tx:
        await posts.delete(tx, said.id, by=ada.id)
    assert await world.house.db.all(Sql(select(post_previews.c.post_id))) == []
    await sweep_previews(world.house.db)
    assert len(await world.house.db.all(ROWS)) == 1
    await run(world.house, f"UPDATE previews SET asked_at = asked_at - {15 * DAY}")
    await sweep_previews(world.house.db)
    assert await world.house.db.all(ROWS) == []


async def test_what_is_shown_is_not_swept(world, ada):
    world.outside.redirect("/s", "/story")
    world.page("/story", "<title>T</title>")
    said = await world.say(ada, world.url("/s"))
    await world.house.jobs.settle()
    await run(world.house, "UPDATE previews SET asked_at = 0")
    await sweep_previews(world.house.db)
    assert len(await world.house.db.all(ROWS)) == 2
    assert (await world.shown(said))["title"] == "T"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("application/pdf", 200), ("image/png", 200), ("text/html", 404), ("text/html", 403), ("text/html", 204)],
)
async def test_addresses_without_a_page(world, ada, kind, status):
    world.outside.page("/x", b"<title>t</title>" if status != 204 else b"", head=f"content-type: {kind}", status=status)
    said = await world.say(ada, world.url("/x"))
    assert await world.card(said) is None
    assert [row[1] for row in await world.house.db.all(ROWS)] == ["nothing"]
    assert await world.house.db.all(JOBS) == []


async def test_a_page_without_words(world, ada):
    assert await world.card(await world.say(ada, world.page("/x", '<meta property="og:image" content="/p">'))) is None


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_server_that_is_down_is_asked_again(world, ada, status):
    world.outside.page("/x", status=status)
    said = await world.say(ada, world.url("/x"))
    for _ in PAUSES_MS:
        await world.house.jobs.settle()
        assert len(await world.house.db.all(JOBS)) == 1
        await run(world.house, "UPDATE jobs SET run_at = 0 WHERE kind = 'FetchPreview'")
    assert await world.card(said) is None
    assert len(world.asked()) == len(PAUSES_MS) + 1
    world.page("/x", "<title>back</title>")
    await world.say(ada, world.url("/x"))
    assert await world.card(said) is None  # not at once again
    await run(world.house, f"UPDATE previews SET asked_at = asked_at - {2 * HOUR}")
    await world.say(ada, world.url("/x"))
    assert (await world.card(said))["title"] == "back"


async def test_a_long_page_is_read_at_its_beginning(world, ada):
    body = b"<title>Long</title>" + b"a" * 2_000_000 + b'<meta property="og:title" content="Too late">'
    world.outside.page("/long", body)
    assert (await world.card(await world.say(ada, world.url("/long"))))["title"] == "Long"


async def test_memory_hears_of_it_on_its_own(world, ada):
    """A page of posts that was shown before shows the card afterwards; others are not rendered again."""
    url = world.page("/story", "<title>A story</title>")
    said, other = await world.say(ada, url), await world.say(ada, "no link")
    before = (await world.ask("/api/v1/timelines/public")).json
    assert [one["card"] for one in before] == [None, None]
    await world.house.jobs.settle()
    after = (await world.ask("/api/v1/timelines/public")).json
    assert [one["id"] for one in after] == [str(other.id), str(said.id)]
    assert [one["card"] and one["card"]["title"] for one in after] == [None, "A story"]


async def test_the_page_of_files_keeps_its_pictures(world, ada):
    """The sweep of files knows what previews show."""
    from dunnock.foundation.clock import now_ms
    from dunnock.media import sweep_files

    url = world.page("/story", '<title>t</title><meta property="og:image" content="/pic">')
    world.outside.page("/pic", png(2000, 1000), head="content-type: image/png")
    card = await world.card(await world.say(ada, url))
    deleted = await sweep_files(world.house.db, world.house._media_store, now=now_ms() + 2 * DAY)
    assert deleted == 1  # the full size, which nobody shows
    assert (await world.ask(card["image"].removeprefix("http://127.0.0.1:8000"))).status == 200
    assert card["width"] <= 800
