"""What people read and write: front page, profiles, posts, hashtags, settings, and what is not there."""

from __future__ import annotations

import gzip
import io
import re
from importlib import resources

import pytest
from PIL import Image

from dunnock import accounts, posts
from dunnock.feeds import Feeds
from dunnock.foundation.clock import DAY, HOUR, now_ms

TOKEN_FREE = (
    "/",
    "/about",
    "/about/rules",
    "/about/federation",
    "/transparency",
    "/privacy-policy",
    "/appearance",
    "/explore",
    "/explore/tags",
    "/explore/links",
    "/explore/people",
    "/search",
    "/search?q=hedge",
    "/auth/sign_in",
    "/auth/sign_up",
    "/@wren",
    "/@wren/with_replies",
    "/@wren/media",
    "/@wren/about",
    "/@wren/collections",
    "/status",
    "/@wren/history",
    "/@wren/followers",
    "/@wren/following",
    "/@wren/tagged/hedge",
    "/tags/hedge",
)
EVIL = "<script>alert(\"1\")</script> & 'x'"


@pytest.mark.both_engines
async def test_every_page_is_well_formed(site, join, publish, signed_in):
    wren = await join("wren")
    first = await publish(wren, "A #hedge https://example.org/" + "x" * 60, language="en")
    await publish(wren, "More", warning="W", reply_to_id=first.id)
    stranger = site.browser()
    of_it = [f"/@wren/{first.id}{part}" for part in ("", "/history", "/boosts", "/favourites", "/embed")]
    for path in (*TOKEN_FREE, *of_it):
        assert (await stranger.get(path)).status == 200, path
    staff = await signed_in("ada", "owner")
    parts = (
        "profile",
        "preferences",
        "appearance",
        "old-posts",
        "notifications",
        "filters",
        "account",
        "mail",
        "security",
        "sessions",
        "apps",
        "invitations",
        "blocks",
        "blocks/muted",
        "blocks/servers",
        "safety",
        "decisions",
        "move",
    )
    for path in (
        "/",
        "/about",
        "/catch-up",
        "/for-you",
        "/for-you/weights",
        "/welcome/profile",
        "/welcome/people",
        "/@wren",
        f"/@wren/{first.id}",
        f"/people/{wren.account_id}/lists",
        "/feeds",
        "/searches",
        "/admin/sign-ups",
        "/admin/reports",
        "/admin/accounts",
        "/admin/relays",
        "/admin/cases",
        "/admin/requests",
        "/admin/appeals",
        "/admin/emergency",
        "/admin/identity",
        "/admin/integrity",
        "/admin/money",
        "/admin/ranking-audits",
        "/admin/releases",
        "/admin/government",
        f"/admin/accounts/{wren.account_id}",
        *(f"/settings/{one}" for one in parts),
    ):
        page = await staff.follow(path)
        assert page.status == 200, path
        assert page.headers["cache-control"] == "private, no-store"


async def test_text_is_text(site, join, publish, db):
    wren = await join("wren")
    async with db.begin() as tx:
        await accounts.change_profile(
            tx, wren.account_id, public_url="http://127.0.0.1:8000", display_name=EVIL[:30], bio=EVIL,
            fields=[(EVIL, EVIL)], by_member_id=None,
        )  # fmt: skip
    made = await publish(wren, EVIL, warning=EVIL)
    for path in ("/", "/@wren", f"/@wren/{made.id}"):
        page = await site.browser().get(path)  # Page refuses <script>
        assert EVIL in page.text


async def test_hidden_posts_are_missing(site, join, publish, signed_in):
    wren = await join("wren")
    made = [await publish(wren, "secret", visibility=one) for one in ("followers", "direct")]
    other = await signed_in("robin")
    for post in made:
        for browser in (site.browser(), other):
            page = await browser.get(f"/@wren/{post.id}")
            assert page.status == 404
            assert "There is nothing here" in page.text
    assert "secret" not in (await site.browser().get("/@wren")).text


async def test_addresses_that_lead_to_pages(site, join, publish):
    wren = await join("wren")
    made = await publish(wren, "hello")
    browser = site.browser()
    assert (await browser.get("/users/wren")).location == "/@wren"
    assert (await browser.get(f"/users/wren/statuses/{made.id}")).location == f"/@wren/{made.id}"
    assert (await browser.get("/@WREN")).location == "/@wren"
    assert (await browser.get(f"/@WREN/{made.id}")).location == f"/@wren/{made.id}"
    assert (await browser.get("/@wren@127.0.0.1:8000")).location == "/@wren"


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/@nobody", "/@", "/@wren/1", "/@wren/99999999999999999999", "/settings/nothing", "/tags/", "/a/b/c",
     "/@wren%00", "/tags/%00", "/assets/../x", "/assets/nothing.css"],
)  # fmt: skip
async def test_what_is_not_there(site, join, path):
    await join("wren")
    assert (await site.browser().get(path)).status == 404


async def test_programs_get_json_for_what_is_not_there(site):
    page = await site.browser().get("/api/v1/nothing")
    assert page.status == 404
    assert page.body == '{"error":"Not Found"}'


@pytest.mark.both_engines
async def test_writes_a_post_with_a_picture(signed_in):
    browser = await signed_in("wren")
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(file, "PNG")
    await browser.get("/")
    page = await browser.submit(
        "/compose", text="Two lines\r\nof text", **{"files[]": ("x.png", file.getvalue())}, description="A teal <field>",
        warning="Teal", visibility="unlisted",
    )  # fmt: skip
    assert "Your post is published" in page.text
    assert any(image["alt"] == "A teal <field>" and image["width"] == "64" for image in page.images)
    assert "Two lines<br />of text" in page.body
    page = await browser.submit("/compose", text="A reply")
    assert "Reply to" in page.text
    await browser.get("/")
    assert "A reply" in browser.page.text


async def test_a_refused_post_keeps_its_words(signed_in):
    browser = await signed_in("wren")
    await browser.get("/")
    page = await browser.submit("/compose", text="x" * 501, warning="careful")
    assert page.status == 422
    assert ("text", "x" * 501) in page.forms[-1].fields
    assert ("warning", "careful") in page.forms[-1].fields
    page = await browser.submit("/compose", text="shorter", **{"files[]": ("x.png", b"no picture")})
    assert page.status == 422
    assert ("text", "shorter") in page.forms[-1].fields


async def test_sending_a_form_twice_posts_once(signed_in):
    browser = await signed_in("wren")
    await browser.get("/")
    first = await browser.submit("/compose", text="once", follow=False)
    second = await browser.submit("/compose", text="once", follow=False)
    assert first.location == second.location


async def test_changes_a_profile(signed_in, db):
    browser = await signed_in("wren")
    file = io.BytesIO()
    Image.new("RGB", (500, 500), "red").save(file, "PNG")
    await browser.get("/settings/profile")
    page = await browser.submit(
        "/settings/profile", display_name="Wren", note="Small\r\n#bird", avatar=("a.png", file.getvalue()), bot="1",
        indexable="1", locked="1", **{"line_names[2]": "Web", "line_values[2]": "https://example.org"},
    )  # fmt: skip
    assert "Your changes are saved" in page.text
    page = await browser.get("/@wren")
    for text in ("Wren", "Bot", "Asks before follows", "Web", "#bird"):
        assert text in page.text
    assert "noindex" not in page.body
    assert any((image["src"] or "").startswith("/media/") for image in page.images)
    await browser.get("/settings/profile")
    fields = dict(browser.page.forms[-1].fields)
    assert (fields["line_names[0]"], fields["note"], fields["locked"]) == ("Web", "Small\n#bird", "1")
    assert "discoverable" in fields
    page = await browser.submit("/settings/profile", display_name="x" * 31, avatar_away="1")
    assert page.status == 422
    assert 'href="#f-display_name"' in page.body
    await browser.submit("/settings/profile", display_name="Jenny", avatar_away="1", locked=None, indexable=None)
    page = await browser.get("/@wren")
    assert "noindex" in page.body
    assert "Asks" not in page.text
    assert not any((image["src"] or "").startswith("/media/") for image in page.images)


async def test_changes_how_one_posts(signed_in):
    browser = await signed_in("wren")
    await browser.get("/settings/preferences")
    await browser.submit(
        "/settings/preferences",
        visibility="followers",
        quotes="nobody",
        replies="following",
        language="cy",
        sensitive="1",
    )
    assert dict(browser.page.forms[-1].fields) | {"token": ""} == {
        "token": "", "visibility": "followers", "quotes": "nobody", "replies": "following", "language": "cy",
        "sensitive": "1",
    }  # fmt: skip
    await browser.get("/")
    assert ("visibility", "followers") in next(one for one in browser.page.forms if one.action == "/compose").fields


async def test_undoes_blocks(signed_in, join, db):
    browser = await signed_in("wren")
    other, third = await join("crow"), await join("jay")
    me = (await accounts.member_named(db, "wren")).account_id
    async with db.begin() as tx:
        await accounts.block(tx, me, target=other.account_id)
        await accounts.mute(tx, me, target=third.account_id)
        await accounts.block_domain(tx, me, domain="noise.example")
    for at, shown, none in (
        ("", "@crow", "You block nobody"),
        ("/muted", "@jay", "You mute nobody"),
        ("/servers", "noise.example", "You hide no server"),
    ):
        page = await browser.get(f"/settings/blocks{at}")
        assert shown in page.text, at
        page = await browser.submit("/settings/blocks")
        assert none in page.text, "it leads back to the same part"


async def test_mutes_have_an_end(signed_in, join, db):
    browser, other = await signed_in("wren"), await join("jay")
    me = (await accounts.member_named(db, "wren")).account_id
    async with db.begin() as tx:
        await accounts.mute(tx, me, target=other.account_id)
    page = await browser.get("/settings/blocks/muted")
    assert "Muted until you undo it. You get no notifications from them either." in page.text
    page = await browser.submit("/settings/blocks/muted", duration="86400", notifications=None)
    assert "You still get notifications from them." in page.text
    assert "Muted until you undo it" not in page.text
    ends = (await accounts.mute_ends(db, me, [other.account_id]))[other.account_id]
    assert abs(ends - now_ms() - DAY) < HOUR


async def test_a_server_is_hidden_after_saying_what_it_costs(signed_in, make, db):
    browser = await signed_in("wren")
    me = (await accounts.member_named(db, "wren")).account_id
    far = await make.account("far", domain="noise.example")
    await make.follow(await accounts.find(db, me), far)
    page = await browser.get("/settings/blocks/servers?domain=Noise.example")
    assert "You stop following 1 person there" in page.text
    assert await accounts.blocked_domains(db, me, accounts.Cursor()) == []
    page = await browser.submit("/settings/blocks/servers")
    assert "You see nobody from that server any more" in page.text
    assert [name for _, name in await accounts.blocked_domains(db, me, accounts.Cursor())] == ["noise.example"]
    page = await browser.get("/settings/blocks/servers?domain=not+a+name")
    assert page.status == 422
    assert "not a name" in page.body, "what was written is still there"


async def test_long_lists_of_blocks_have_pages(signed_in, make, db):
    browser = await signed_in("wren")
    me = (await accounts.member_named(db, "wren")).account_id
    people = [await make.account(f"crow{number:02d}") for number in range(41)]
    async with db.begin() as tx:
        for number, one in enumerate(people):
            await accounts.block(tx, me, target=one.id)
            await accounts.block_domain(tx, me, domain=f"noise{number:02d}.example")
    for at, name in (("/settings/blocks", "crow"), ("/settings/blocks/servers", "noise")):
        page = await browser.get(at)
        assert f"{name}01" in page.text
        assert f"{name}00" not in page.text
        page = await browser.get(next(part for part in page.body.split('"') if "max_id=" in part))
        assert f"{name}00" in page.text
        assert f"{name}01" not in page.text


async def test_pages_of_posts(site, join, publish):
    wren = await join("wren")
    for number in range(45):
        await publish(wren, f"number{number:02d}.")
    browser = site.browser()
    seen, path = [], "/@wren"
    while path:
        page = await browser.get(path)
        seen += [word for word in page.text.split() if word.startswith("number")]
        older = [part for part in page.body.split('"') if part.startswith("/@wren?max_id=")]
        path = older[0] if older else ""
    assert seen == [f"number{number:02d}." for number in range(44, -1, -1)]
    assert "min_id" in page.body


async def test_language_and_direction(site, join, publish):
    wren = await join("wren")
    made = await publish(wren, "שלום", language="he")
    page = await site.browser().get(f"/@wren/{made.id}")
    assert 'lang="he" dir="rtl"' in page.body


async def test_assets_never_change_and_are_small(site):
    browser = site.browser()
    page = await browser.get("/")
    sheet = page.body.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    page = await browser.get(sheet)
    assert page.status == 200
    assert "immutable" in page.headers["cache-control"]
    css = resources.files("dunnock.web").joinpath("assets/dunnock.css").read_bytes()
    assert len(gzip.compress(css)) < 25 * 1024
    assert (await browser.get("/favicon.ico")).headers["content-type"] == "image/svg+xml"
    assert "/settings/" in (await browser.get("/robots.txt")).body


async def test_a_full_page_is_light(site, join, publish):
    wren = await join("wren")
    for number in range(20):
        await publish(wren, f"{number} " + "Some words about birds. " * 12)
    page = await site.browser().get("/@wren")
    assert len(gzip.compress(page.body.encode())) < 30 * 1024


async def test_bugs_have_a_page_too(site, monkeypatch):
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Feeds, "public", broken)
    page = await site.browser().get("/")
    assert page.status == 500
    assert "our side" in page.text
    assert "broken" not in page.text


async def test_what_is_too_large_is_said(signed_in):
    browser = await signed_in("wren")
    await browser.get("/")
    page = await browser.post("/compose", {"text": "x" * 2_000_000})
    assert page.status == 413
    assert "too large" in page.text.lower()


def _parts(colour: str) -> list[float]:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    return [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def _moved(colour: str, pole: str, part: float) -> list[float]:
    """`color-mix(in srgb, …)`: so much of the way to the pole. Source: CSS Color 5 section 3."""
    return [at + (to - at) * part for at, to in zip(_parts(colour), _parts(pole), strict=True)]


def _light(parts: list[float]) -> float:
    """Relative luminance. Source: WCAG 2.2."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("contrast", ["as usual", "high"])
@pytest.mark.parametrize(
    ("front", "grounds", "least"),
    [
        ("ink", "ground card sunk", 4.5), ("soft", "ground card sunk", 4.5), ("link", "ground card sunk", 4.5),
        ("on-strong", "strong", 4.5), ("good", "good-ground card", 4.5), ("bad", "bad-ground card", 4.5),
        ("ink", "bad-ground", 4.5), ("edge", "ground card", 3), ("link", "ground card", 3),
    ],
)  # fmt: skip
def test_colours_can_be_told_apart(scheme, contrast, front, grounds, least):
    css = resources.files("dunnock.web").joinpath("assets/dunnock.css").read_text()
    usual, more = (float(found) / 100 for found in re.findall(r"--more: (\d+)%", css)[:2])
    part = more if contrast == "high" else usual
    colours = {}
    for name, way, *pair in re.findall(r"--([a-z-]+): (color-mix.in srgb, )?light-dark.(#\w+), (#\w+)", css):
        colours[name] = _moved(pair[scheme], ("#000", "#fff")[scheme], part if way else 0)
    for ground in grounds.split():
        dark, light = sorted((_light(colours[front]), _light(colours[ground])))
        assert (light + 0.05) / (dark + 0.05) >= (least if part == usual else {3: 4.5, 4.5: 7}[least]), (front, ground)


def test_high_contrast_is_the_same_for_the_device_and_the_choice():
    css = resources.files("dunnock.web").joinpath("assets/dunnock.css").read_text()
    usual, *more = re.findall(r"--more: (\d+)%", css)
    assert usual == "0"
    assert len(more) == 2
    assert more[0] == more[1]


async def test_pages_show_polls(site, join, publish, db):
    wren, robin = await join("wren"), await join("robin")
    asked = posts.PollDraft(options=(EVIL[:40], "No"), expires_in=3600, hide_totals=True)
    made = await publish(wren, "Well?", poll=asked)
    page = await site.browser().get(f"/@wren/{made.id}")
    assert EVIL[:40] in page.text
    assert "%" not in page.text
    async with db.begin() as tx:
        await posts.vote(tx, made.poll_id, [1], by=robin.account_id)
        again = posts.PollDraft(options=asked.options, expires_in=3600)
        changes = posts.Changes(text="Well?", poll=again)
        await posts.edit(tx, made.id, changes, by=wren.account_id, settings=site.settings)
    page = await site.browser().get(f"/@wren/{made.id}")
    assert "100 % (1 vote)" in page.text
    assert "1 person voted" in page.text


async def test_old_posts_are_set_by_a_plain_form(site, signed_in, db):
    wren = await signed_in("wren")
    page = await wren.get("/settings/old-posts")
    assert "Delete my old posts" in page.text
    page = await wren.submit(
        "/settings/old-posts", enabled="1", min_age="604800", keep_media="1", min_favourites="7", keep_direct=None
    )
    assert page.status == 200
    member = await accounts.member_named(db, "wren")
    assert await posts.auto_delete_of(db, member.account_id) == posts.AutoDelete(
        enabled=True, min_age=604_800, keep_media=True, min_favourites=7, keep_direct=False
    )
    page = await wren.submit("/settings/old-posts", min_favourites="0")
    assert page.status == 422
    assert "must be 1 or more" in page.text


@pytest.mark.both_engines
async def test_a_featured_hashtag_leads_to_the_posts_under_it(site, join, publish):
    wren, robin = await join("wren"), await join("robin")
    await publish(wren, "tagged #Hedge")
    await publish(wren, "a bare post")
    await publish(robin, "another's #hedge")
    led = await site.browser().get("/@Wren/tagged/HEDGE")
    assert (led.status, led.location) == (303, "/@wren/tagged/hedge")  # the one spelling
    page = await site.browser().get(led.location)
    assert page.status == 200
    assert "tagged" in page.text
    assert "a bare post" not in page.text
    assert "another's" not in page.text
    assert (await site.browser().get("/@wren/tagged/!!")).status == 404
    assert (await site.browser().get("/@nobody/tagged/hedge")).status == 404
