"""Rules, texts, announcements, emoji, servers, doors: from the form to what everybody sees, with a line in the log."""

from __future__ import annotations

import io
import re
from importlib import resources
from pathlib import Path

import pytest
from PIL import Image

from dunnock import accounts, media, moderation, posts, server
from dunnock.federation import Places, Relays
from dunnock.federation.store import relays as store
from dunnock.foundation.http import Door
from dunnock.moderation import block_lists, servers
from dunnock.moderation.block_list_fetch import FetchBlockList, fetch_block_list


async def _log(db, name="ada"):
    by = (await accounts.member_named(db, name)).account_id
    return [one.act for one in await moderation.entries(db, accounts.Cursor(), by=by)]


async def _send(browser, path, what, **values):
    await browser.get(path)
    token = dict(browser.page.forms[-1].fields)["token"]
    return await browser.led(
        await browser.post(path, {"token": token, "what": what} | values, multipart="file" in values)
    )


@pytest.mark.both_engines
async def test_rules(db, signed_in):
    ada = await signed_in("ada", "admin")
    for words in ("Be kind", "No <ads>", "No spam"):
        page = await _send(ada, "/admin/rules", "add", text=words, hint="h & h")
        assert words in page.text
    page = await _send(ada, "/admin/rules", "add", text=" ", hint="kept")
    assert page.status == 422
    assert "kept" in page.text, "what was written is still there"
    first, second, third = await server.rules(db)
    await _send(ada, "/admin/rules", "up", id=third.id)
    await _send(ada, "/admin/rules", "up", id=first.id)
    await _send(ada, "/admin/rules", "change", id=second.id, text="No adverts", hint="")
    await _send(ada, "/admin/rules", "remove", id=first.id)
    assert [one.text for one in await server.rules(db)] == ["No spam", "No adverts"]
    assert await _log(db) == ["rule.remove", "rule.change", "rule.move", "rule.add", "rule.add", "rule.add"]


async def test_texts(db, site, signed_in):
    ada = await signed_in("ada", "admin")
    await _send(ada, "/admin/texts", "about", text="We *like* birds.")
    await _send(ada, "/admin/texts", "terms", text="Be good.", changes="First", effective_on="")
    page = await _send(ada, "/admin/texts", "terms", text="Be better.", effective_on="2001-01-01")
    assert page.status == 422
    assert "Be better." in page.text
    assert "We like birds." in (await site.browser().get("/about")).text
    assert "Be good." in (await site.browser().follow("/terms-of-service")).text
    assert await _log(db) == ["terms.publish", "page.write"]


@pytest.mark.both_engines
async def test_announcements(db, signed_in):
    ada = await signed_in("ada", "admin")
    await _send(ada, "/admin/announcements", "add", text="We <move>", ends_at="2028-12-24T18:00")
    (made,) = await server.announcements(db)
    assert made.ends_at == 1861293600000
    page = await _send(ada, "/admin/announcements", "change", id=made.id, text="We stay", ends_at="")
    assert "We stay" in page.text
    assert (await _send(ada, "/admin/announcements", "add", text="x", ends_at="soon")).status == 422
    await _send(ada, "/admin/announcements", "remove", id=made.id)
    assert await server.announcements(db) == []
    assert await _log(db) == ["announcement.remove", "announcement.change", "announcement.add"]


@pytest.mark.both_engines
async def test_emoji(db, signed_in):
    ada = await signed_in("ada", "admin")
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    picture = ("bird.png", file.getvalue())
    page = await _send(ada, "/admin/emoji", "add", shortcode=":bird:", category="birds", listed="1", file=picture)
    assert ":bird:" in page.text, page.text[-500:]
    assert (await _send(ada, "/admin/emoji", "add", shortcode="x y", file=picture)).status == 422
    assert (await _send(ada, "/admin/emoji", "add", shortcode="no_bird", file=("a.png", b"no picture"))).status == 422
    await _send(ada, "/admin/emoji", "change", shortcode="bird", category="nests", disabled="1")
    ((one, disabled),) = await media.every_emoji(db)
    assert (one.category, one.listed, disabled) == ("nests", False, True)
    assert await media.all_emoji(db) == [], "a disabled one is shown nowhere"
    await _send(ada, "/admin/emoji", "remove", shortcode="bird")
    assert await media.every_emoji(db) == []
    assert (await _send(ada, "/admin/emoji", "remove", shortcode="bird")).status == 404
    assert await _log(db) == ["emoji.remove", "emoji.change", "emoji.add"]


async def test_servers_and_their_files(db, signed_in):
    ada = await signed_in("ada", "admin")
    page = await _send(
        ada, "/admin/servers", "block", domain="Bad.Example", severity="suspend", public_comment="Spam", obfuscate="1"
    )
    assert "bad.example" in page.text
    page = await ada.get("/admin/servers?about=Sub.BAD.example")
    assert "The rule of bad.example is in force." in page.text
    assert "Follows from here" in page.text
    assert (await ada.get("/admin/servers?about=no%20name")).status == 422
    assert (await _send(ada, "/admin/servers", "block", domain="sub.bad.example", severity="limit")).status == 422
    by = (await accounts.member_named(db, "ada")).account_id
    (held,) = await servers.list_blocks(db, accounts.Cursor(), by=by)
    await _send(ada, "/admin/servers", "change", id=held.id, severity="limit", private_comment="watch")
    page = await ada.get("/admin/servers/blocks.csv")
    assert page.body.splitlines() == [
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate",
        "bad.example,silence,False,False,,False",
    ]
    assert "watch" not in page.body
    await _send(ada, "/admin/servers", "unblock", id=held.id)
    file = b"#domain,#severity,#reject_media,#public_comment\nbad.example,suspend,True,Spam\nworse.example,silence,,\n"
    again = file + b"bad.example,suspend,,\n"
    page = await _send(ada, "/admin/servers", "import", file=("blocks.csv", again))
    assert "2 lines are in force now; 1 were covered already." in page.text
    found = {one.domain: one for one in await servers.list_blocks(db, accounts.Cursor(), by=by)}
    assert (found["bad.example"].severity, found["bad.example"].reject_media) == ("suspend", True)
    assert found["worse.example"].severity == "limit"
    page = await _send(ada, "/admin/servers", "import", file=("allowed.csv", b"#domain\ngood.example\n"))
    assert "good.example" in page.text
    assert (await ada.get("/admin/servers/allowed.csv")).body == "#domain\ngood.example\n"


@pytest.mark.parametrize(
    "content",
    [b"", b"domain\xff\n", b"a,b\n1,2\n", b"#domain,#severity\nnew.example,silence\nx.example,terrible\n",
     b"#domain,#severity\nnew.example,silence\nnot a name,silence\n", b'#domain\n"' + b"x" * 200_000 + b'"\n'],
)  # fmt: skip
async def test_a_wrong_file_changes_nothing(db, signed_in, content):
    ada = await signed_in("ada", "admin")
    page = await _send(ada, "/admin/servers", "import", file=("blocks.csv", content))
    assert page.status == 422
    by = (await accounts.member_named(db, "ada")).account_id
    assert await servers.list_blocks(db, accounts.Cursor(), by=by) == []
    assert await servers.list_allows(db, accounts.Cursor(), by=by) == []


async def test_doors(db, signed_in):
    ada = await signed_in("ada", "admin")
    page = await _send(ada, "/admin/doors", "block_domain", domain="throwaway.example", allow_with_approval="1")
    assert "throwaway.example" in page.text
    assert (await _send(ada, "/admin/doors", "block_domain", domain="throwaway.example")).status == 422
    page = await _send(ada, "/admin/doors", "block_network", network="203.0.113.0/24", severity="no_access", days="14")
    assert "203.0.113.0/24" in page.text
    own = await _send(ada, "/admin/doors", "block_network", network="127.0.0.0/8", severity="no_access", days="0")
    assert own.status == 422, "nobody shuts out the network they are in"
    await _send(ada, "/admin/doors", "block_mail", email="Bad.One+x@mail.example")
    assert "Nobody can join with" in (await _send(ada, "/admin/doors", "try_mail", email="badone@mail.example")).text
    assert "No block meets" in (await _send(ada, "/admin/doors", "try_mail", email="good@mail.example")).text
    assert await _log(db) == ["mail.block", "network.block", "mail_domain.block"]


@pytest.mark.both_engines
async def test_invitations_presets_and_the_overview(db, signed_in):
    mod, ada = await signed_in("mod", "moderator"), await signed_in("ada", "owner")
    await mod.get("/settings/invitations")
    await mod.submit("/settings/invitations")
    page = await ada.get("/admin/invitations")
    assert "@mod" in page.text
    invitation = (await accounts.all_invitations(db, accounts.Cursor()))[0]
    page = await _send(ada, "/admin/invitations", "end", id=invitation.id)
    assert "ended" in page.text
    page = await _send(ada, "/admin/warnings", "add", title="Ads", text="Please no <ads>.")
    assert "Please no <ads>." in page.text
    page = await ada.get("/admin")
    assert "open reports" in page.text
    assert "None was made" in page.text
    assert "There is no backup of the last two days" in page.text, "what is wrong is said first"
    assert "Nothing is late." in page.text
    page = await ada.get("/admin/log?kind=invitation&who=@ada")
    assert "invitation.end" in page.text
    assert "preset.add" not in page.text
    assert "Raw" not in (await ada.get("/admin/log")).text
    assert "Nothing is written there" in (await ada.get("/admin/log?who=nobody")).text
    page = await ada.get("/admin/jobs")
    assert "Nothing failed for good." in page.text


@pytest.mark.both_engines
async def test_block_lists(db, outside, signed_in):
    ada = await signed_in("ada", "admin")
    outside.page("/l.csv", b"a.example\nb.example\n")
    page = await _send(ada, "/admin/block-lists", "follow", title="Birds & co", url="nonsense", severity="limit")
    assert page.status == 422
    assert "Birds & co" in [value for form in page.forms for _, value in form.fields], "what was written is still there"
    page = await _send(
        ada, "/admin/block-lists", "follow", title="Birds & co", url=outside.url + "/l.csv", severity="limit"
    )
    assert "not read yet" in page.text
    by = (await accounts.member_named(db, "ada")).account_id
    ((held, _),) = await block_lists.lists(db, by=by)
    door = Door(agent="test", beyond=["127.0.0.1/32"], plain=True)
    await fetch_block_list(db, door, FetchBlockList(held.id), here="nest.example")
    await door.close()
    here = f"/admin/block-lists/{held.id}"
    page = await ada.get(here)
    assert "a.example" in page.text
    page = await _send(ada, here, "adopt", **{"domains[]": "a.example"})
    assert "a.example" not in page.text
    assert "From the list" in (await ada.get("/admin/servers")).text
    assert "a.example" in (await ada.get(here + "?state=in_force")).text
    assert (await _send(ada, here, "adopt")).status == 422
    page = await _send(ada, here, "change", title="Birds", severity="suspend")
    assert "Birds" in page.text
    page = await _send(ada, "/admin/block-lists", "spare", domain="c.example", why="<friends>")
    assert "<friends>" in page.text
    await _send(ada, here, "discard")
    assert (await ada.get(here)).status == 404
    assert await servers.list_blocks(db, accounts.Cursor(), by=by) == []
    mo = await signed_in("mo", "moderator")
    assert (await mo.get("/admin/block-lists")).status in {403, 404}


@pytest.mark.both_engines
async def test_relays(db, signed_in):
    ada = await signed_in("ada", "admin")
    page = await _send(ada, "/admin/relays", "add", inbox="relay.example")
    assert page.status == 422
    assert "relay.example" in [value for form in page.forms for _, value in form.fields], (
        "what was written is still there"
    )
    page = await _send(ada, "/admin/relays", "add", inbox="https://relay.example/inbox")
    for words in ("relay.example", "Asked, no answer yet", "never heard of"):
        assert words in page.text
    by = (await accounts.member_named(db, "ada")).account_id
    relays = Relays(Places("https://nest.example"))
    ((one, _),) = await relays.every(db, by=by)
    assert (await _send(ada, "/admin/relays", "add", inbox=one.inbox)).status == 422
    page = await _send(ada, "/admin/relays", "disable", id=one.id)
    assert "Turn on" in page.text
    assert "Turn off" in (await _send(ada, "/admin/relays", "enable", id=one.id)).text
    async with db.begin() as tx:
        await store.note_delivery(tx, one.inbox, "answered <404>")
        await store.heard(tx, one.id)
    await _send(ada, "/admin/servers", "block", domain="relay.example", severity="suspend")
    page = await ada.get("/admin/relays")
    for words in ("answered <404>", "last heard of", "it gets and gives nothing"):
        assert words in page.text
    assert (await _send(ada, "/admin/relays", "shout", id=one.id)).status == 422
    page = await _send(ada, "/admin/relays", "remove", id=one.id)
    assert "None yet." in page.text
    assert (await _send(ada, "/admin/relays", "remove", id=one.id)).status == 404
    log = (await ada.get("/admin/log")).text
    for words in ("Added a relay", "Turned a relay on", "Turned a relay off", "Removed a relay"):
        assert words in log
    mo = await signed_in("mo", "moderator")
    assert (await mo.get("/admin/relays")).status == 403


def test_the_log_has_words_for_every_act():
    package = Path(str(resources.files("dunnock")))
    parts = (package / "web/templates/admin/parts.html").read_text("utf-8")
    code = "".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    acts = set(re.findall(r'note(?:_by)?\(\s*tx,[^()"]*"([a-z_]+\.[a-z_]+)"', code))
    assert len(acts) > 110
    assert [one for one in sorted(acts) if f'"{one}":' not in parts] == []


async def test_a_text_is_stopped_and_let_again(db, signed_in):
    ada, wallet = await signed_in("ada", "admin"), "bc1qxy2kgdyg<jrsqtzq2n0>"
    page = await _send(ada, "/admin/emergency", "stop_text", fragment="x", who="everybody", hours=2, why="A scam")
    assert page.status == 422
    assert "6 letters" in page.text
    page = await _send(ada, "/admin/emergency", "stop_text", fragment=wallet, who="everybody", hours=2, why="A scam")
    assert wallet in page.text
    assert "A scam" in page.text
    (held,) = await posts.text_stops(db)
    page = await _send(ada, "/admin/emergency", "resume_text", stop_id=held.id)
    assert wallet not in page.text
    assert await _log(db) == ["text.resume", "text.stop"]
