"""The form that writes posts, as a browser without scripts uses it, and what its script asks for."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from dunnock import accounts, media, posts


def png(colour="teal"):
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "PNG")
    return file.getvalue()


async def whole(browser, **more):
    await browser.get("/publish")
    return await browser.submit("/compose", **more)


async def only(db, name):
    account = await accounts.find_by_handle(db, name)
    found = await posts.scheduled_of(db, account.id, **accounts.Cursor(limit=10).bounds, up=False)
    return account, found


async def test_a_post_with_everything(db, signed_in):
    wren = await signed_in("wren")
    page = await whole(
        wren, text="Which?\r\nSay!", warning="birds", visibility="unlisted", language="de", reply_policy="followers",
        quote_policy="nobody",
    )  # fmt: skip
    assert "Which?" in page.text
    found = await last_post(db, "wren")
    assert (found.text, found.warning, found.visibility, found.language) == ("Which?\nSay!", "birds", "unlisted", "de")
    assert (found.reply_policy, found.quote_policy) == ("followers", "nobody")


async def newest(db, account_id):
    from sqlalchemy import text

    from dunnock.foundation.db import Sql

    return await db.value(Sql(text(f"SELECT max(id) FROM posts WHERE author_id = {account_id}")))


async def last_post(db, name):
    account = await accounts.find_by_handle(db, name)
    return await posts.find_living(db, await newest(db, account.id))


async def test_a_poll(db, signed_in):
    wren = await signed_in("wren")
    await wren.get("/publish")
    token = dict(wren.page.forms[-1].fields)
    fields = [("token", token["token"]), ("key", "k"), ("whole", "1"), ("text", "Who sings?"), ("visibility", "public")]
    fields += [("options[]", "Wren"), ("options[]", ""), ("options[]", "Robin"), ("lasts", "3600"), ("multiple", "1")]
    page = await wren.led(await wren.post("/compose", fields))
    assert "Robin" in page.text
    found = await last_post(db, "wren")
    poll = (await posts.polls_of(db, [found.id]))[found.id]
    assert (poll.options, poll.multiple, poll.hide_totals) == (("Wren", "Robin"), True, False)


async def test_a_poll_with_one_choice_comes_back(signed_in):
    wren = await signed_in("wren")
    await wren.get("/publish")
    token = dict(wren.page.forms[-1].fields)["token"]
    page = await wren.post(
        "/compose", [("token", token), ("text", "Who?"), ("options[]", "Only <one>"), ("whole", "1")]
    )
    assert page.status == 422
    assert ("options[]", "Only <one>") in page.forms[-1].fields


async def test_files_are_added_described_and_taken_away(db, signed_in):
    wren = await signed_in("wren")
    page = await whole(wren, text="Look", press="media", **{"files[]": ("a.png", png())})
    form = page.forms[-1]
    first = dict(form.fields)["media_ids[]"]
    page = await wren.submit("/compose", press="media", **{"files[]": ("b.png", png("red"))})
    ids = [value for name, value in page.forms[-1].fields if name == "media_ids[]"]
    assert ids[0] == first
    assert len(ids) == 2
    page = await wren.submit("/compose", press=f"drop {first}", **{f"descriptions[{ids[1]}]": "A <red> field"})
    assert [value for name, value in page.forms[-1].fields if name == "media_ids[]"] == [ids[1]]
    assert (f"descriptions[{ids[1]}]", "A <red> field") in page.forms[-1].fields, "nothing is lost"
    await wren.submit("/compose", **{f"focuses[{ids[1]}]": "1,-1"})
    found = await last_post(db, "wren")
    assert found.media == (int(ids[1]),)
    held = (await media.find(db, found.media))[int(ids[1])]
    assert (held.description, held.focus) == ("A <red> field", (1.0, -1.0))


async def test_too_many_files(signed_in):
    wren = await signed_in("wren")
    page = await whole(wren, text="Look", press="media", **{"files[]": ("a.png", png())})
    fields = [*page.forms[-1].fields, *[("files[]", ("x.png", png())) for _ in range(4)]]
    page = await wren.post("/compose", fields, multipart=True)
    assert page.status == 422
    assert "up to 4" in page.text


async def test_files_of_others_are_nobodys(db, signed_in):
    wren, robin = await signed_in("wren"), await signed_in("robin")
    page = await whole(wren, text="Look", press="media", **{"files[]": ("a.png", png())})
    theirs = dict(page.forms[-1].fields)["media_ids[]"]
    await robin.get("/publish")
    fields = [
        *robin.page.forms[-1].fields,
        ("media_ids[]", theirs),
        (f"descriptions[{theirs}]", "mine!"),
        ("text", "x"),
    ]
    page = await robin.post("/compose", fields)
    assert page.status in {404, 422}
    assert (await media.find(db, [int(theirs)]))[int(theirs)].description is None


async def test_later(db, signed_in):
    wren = await signed_in("wren")
    page = await whole(wren, text="At dawn", at="2031-05-01T06:30", zone="-120")
    assert "It goes out at the time that you chose." in page.text
    _, (held,) = await only(db, "wren")
    assert held.at == 1_935_376_200_000  # 04:30 UTC
    page = await whole(wren, text="When?", at="soon")
    assert page.status == 422
    assert ("text", "When?") in page.forms[-1].fields


async def test_a_draft_is_kept_and_gone_on_with(db, signed_in):
    wren = await signed_in("wren")
    await whole(wren, text="First", press="part")
    await wren.submit("/compose", press="draft", **{"parts[]": "Second"})
    account = await accounts.find_by_handle(db, "wren")
    (held,) = await posts.drafts_of(db, account.id, **accounts.Cursor(limit=9).bounds, up=False)
    assert [one.text for one in held.parts] == ["First", "Second"]
    await wren.get(f"/publish?draft={held.id}")
    await wren.submit("/compose", press="draft", text="First!")
    (held,) = await posts.drafts_of(db, account.id, **accounts.Cursor(limit=9).bounds, up=False)
    assert [one.text for one in held.parts] == ["First!", "Second"]
    await wren.get(f"/publish?draft={held.id}")
    page = await wren.submit("/compose")
    assert "Second" in page.text
    assert await posts.drafts_of(db, account.id, **accounts.Cursor(limit=9).bounds, up=False) == []
    last = await last_post(db, "wren")
    assert last.reply_to_id is not None


async def test_a_draft_that_another_device_changed(db, site, signed_in):
    wren = await signed_in("wren")
    await whole(wren, text="One", press="draft")
    account = await accounts.find_by_handle(db, "wren")
    (held,) = await posts.drafts_of(db, account.id, **accounts.Cursor(limit=9).bounds, up=False)
    await wren.get(f"/publish?draft={held.id}")
    async with db.begin() as tx:
        await posts.change_draft(
            tx, held.id, [posts.Draft(text="Two")], version=held.version, by=account.id, settings=site.settings
        )
    page = await wren.submit("/compose", press="draft", text="Three")
    assert page.status == 409
    assert ("text", "Three") in page.forms[-1].fields


async def test_others_drafts_are_missing(db, signed_in):
    wren, robin = await signed_in("wren"), await signed_in("robin")
    await whole(wren, text="Secret", press="draft")
    account = await accounts.find_by_handle(db, "wren")
    (held,) = await posts.drafts_of(db, account.id, **accounts.Cursor(limit=9).bounds, up=False)
    assert (await robin.get(f"/publish?draft={held.id}")).status == 404


async def test_a_thread_is_all_or_nothing(db, signed_in):
    wren = await signed_in("wren")
    await whole(wren, text="First", press="part")
    page = await wren.submit("/compose", **{"parts[]": "x" * 501})
    assert page.status == 422
    account = await accounts.find_by_handle(db, "wren")
    assert await newest(db, account.id) is None
    page = await wren.submit("/compose", **{"parts[]": "Second"})
    second = await last_post(db, "wren")
    assert (await posts.find_living(db, second.reply_to_id)).text == "First"


async def test_a_quote(db, signed_in, join, publish):
    robin = await join("robin")
    said = await publish(robin, "Quote <me>")
    hidden = await publish(robin, "for nobody", visibility="direct")
    wren = await signed_in("wren")
    page = await wren.get(f"/publish?quote={said.id}")
    assert "Quote <me>" in page.text
    await wren.submit("/compose", text="So true")
    assert (await last_post(db, "wren")).quoted_id == said.id
    page = await wren.get(f"/publish?quote={hidden.id}")
    assert "for nobody" not in page.text
    assert (await wren.submit("/compose", text="x")).status in {404, 422}


async def test_what_other_apps_share_stands_in_the_form(db, signed_in):
    wren = await signed_in("wren")
    page = await wren.get("/publish?title=A%20<b>&text=Read&url=https://birds.example/")
    assert ("text", "A <b>\nRead\nhttps://birds.example/") in page.forms[-1].fields
    account = await accounts.find_by_handle(db, "wren")
    assert await newest(db, account.id) is None, "nothing is posted by coming here"


@pytest.mark.parametrize("path", ["/publish", "/compose/complete?q=@wr"])
async def test_only_for_members(site, path):
    page = await site.browser().get(path)
    assert page.location.startswith("/auth/sign_in")


async def test_names_that_begin_so(site, signed_in, join, publish):
    robin = await join("robin")
    await publish(robin, "In the #hedgerow")
    wren = await signed_in("wren")
    assert '"word":"@robin"' in (await wren.get("/compose/complete?q=@rob")).body
    assert '"word":"#hedgerow"' in (await wren.get("/compose/complete?q=%23hed")).body
    assert (await wren.get("/compose/complete?q=:zz")).body == "[]"
    assert (await wren.get("/compose/complete?q=rob")).body == "[]"


async def test_the_script_is_told_where_to_go_or_why_not(db, signed_in):
    wren = await signed_in("wren")
    await wren.get("/publish")
    fields = dict(wren.page.forms[-1].fields)
    page = await wren.post("/compose", fields | {"text": "x" * 501}, accept="application/json")
    assert (page.status, "limit" in page.body) == (422, True)
    page = await wren.post("/compose", fields | {"text": "short"}, accept="application/json")
    again = await wren.post("/compose", fields | {"text": "short"}, accept="application/json")
    assert page.status == 200
    assert page.body == again.body, "sent twice, posted once"
    assert page.body.startswith('{"to":"/@wren/')


async def test_a_file_by_itself(db, signed_in):
    wren = await signed_in("wren")
    await wren.get("/publish")
    token = dict(wren.page.forms[-1].fields)["token"]
    page = await wren.post("/compose/media", [("token", token), ("file", ("a.png", png()))], multipart=True)
    assert page.status == 200
    assert '"preview":"/media/' in page.body
    page = await wren.post("/compose/media", [("token", token), ("file", ("a.png", b"no"))], multipart=True)
    assert page.status == 422
    page = await wren.post("/compose/media", [("token", "forged"), ("file", ("a.png", png()))], multipart=True)
    assert page.status == 403


async def edited(browser, post, **more):
    await browser.get(f"/posts/{post.id}/edit")
    return await browser.submit(f"/posts/{post.id}/edit", **more)


async def test_all_of_a_post_but_who_sees_it_can_be_changed(db, signed_in):
    wren = await signed_in("wren")
    page = await whole(wren, text="Look", press="media", **{"files[]": ("a.png", png())})
    await wren.submit("/compose", visibility="unlisted", warning="birds")
    before = await last_post(db, "wren")
    page = await wren.get(f"/posts/{before.id}/edit")
    assert "visibility" not in page.forms[-1].names
    assert ("warning", "birds") in page.forms[-1].fields
    page = await wren.submit(f"/posts/{before.id}/edit", press="media", **{"files[]": ("b.png", png("red"))})
    ids = [value for name, value in page.forms[-1].fields if name == "media_ids[]"]
    assert ids[0] == str(before.media[0])
    said = {f"descriptions[{ids[0]}]": "teal", f"descriptions[{ids[1]}]": "red", f"focuses[{ids[1]}]": "0,1"}
    page = await wren.submit(
        f"/posts/{before.id}/edit", text="See", warning="", sensitive="1", language="de", reply_policy="nobody",
        quote_policy="nobody", **said,
    )  # fmt: skip
    assert "Your post says so now." in page.text
    after = await last_post(db, "wren")
    assert (after.text, after.warning, after.sensitive, after.language) == ("See", "", True, "de")
    assert (after.visibility, after.reply_policy, after.quote_policy) == ("unlisted", "nobody", "nobody")
    held = await media.find(db, after.media)
    assert held[after.media[0]].description == "teal"
    assert (held[after.media[1]].description, held[after.media[1]].focus) == ("red", (0.0, 1.0))
    await wren.get(f"/posts/{before.id}/edit")
    await wren.submit(f"/posts/{before.id}/edit", press=f"drop {ids[0]}")
    await wren.submit(f"/posts/{before.id}/edit", sensitive=None)
    last = await last_post(db, "wren")
    assert (last.media, last.sensitive) == ((int(ids[1]),), False)


async def test_a_poll_runs_on_unless_its_choices_change(db, site, signed_in, join):
    wren, robin = await signed_in("wren"), await join("robin")
    account = await accounts.find_by_handle(db, "wren")
    draft = posts.Draft(text="Tea?", poll=posts.PollDraft(options=("yes", "no"), expires_in=7200))
    async with db.begin() as tx:
        post = await posts.publish(tx, draft, author_id=account.id, app_id=None, settings=site.settings)
        poll = (await posts.polls_of(tx, [post.id]))[post.id]
        await posts.vote(tx, poll.id, (0,), by=robin.account_id)
    await edited(wren, post, text="Tea, please?")
    now = (await posts.polls_of(db, [post.id]))[post.id]
    assert (now.tallies, now.hide_totals) == ((1, 0), False)
    assert abs(now.expires_at - poll.expires_at) < 5_000
    await edited(wren, post, hide_totals="1")
    now = (await posts.polls_of(db, [post.id]))[post.id]
    assert (now.tallies, now.hide_totals) == ((1, 0), True)
    await wren.get(f"/posts/{post.id}/edit")
    fields = [pair for pair in wren.page.forms[-1].fields if pair[0] not in {"options[]", "lasts"}]
    fields += [("options[]", "yes"), ("options[]", "never"), ("lasts", "3600")]
    await wren.post(f"/posts/{post.id}/edit", fields, multipart=True)
    now = (await posts.polls_of(db, [post.id]))[post.id]
    assert (now.options, now.tallies) == (("yes", "never"), (0, 0))


async def test_what_is_refused_comes_back_and_a_script_is_told(signed_in, write):
    wren = await signed_in("wren")
    post = await write("wren", "short")
    page = await edited(wren, post, text="x" * 600, language="de")
    assert page.status == 422
    assert ("language", "de") in page.forms[-1].fields
    fields = [*[pair for pair in page.forms[-1].fields if pair[0] != "text"], ("text", "")]
    answer = await wren.post(f"/posts/{post.id}/edit", fields, accept="application/json")
    assert answer.status == 422
    assert "blank" in answer.body
    answer = await wren.post(f"/posts/{post.id}/edit", [*fields[:-1], ("text", "long")], accept="application/json")
    assert answer.body == f'{{"to":"/@wren/{post.id}?done=edited"}}'


async def test_a_post_says_whether_it_can_be_quoted(db, site, signed_in, join, write):
    robin = await join("robin")
    wren = await signed_in("wren")
    post = await write("robin", "a song")
    page = await wren.get(f"/@robin/{post.id}")
    assert f'href="/publish?quote={post.id}"' in page.body
    async with db.begin() as tx:
        await posts.change_policies(tx, post.id, by=robin.account_id, quote_policy="nobody")
    assert f'href="/publish?quote={post.id}"' not in (await wren.get(f"/@robin/{post.id}")).body
