"""Pages of named verifiers: who they are, for whom they vouch, and what one can do about it; without scripts."""

from __future__ import annotations

import re

from dunnock import accounts
from dunnock.foundation.http import Answer, Door
from dunnock.web import verifiers as page_of_all


async def _send(browser, path, what, **values):
    await browser.get(path)
    token = dict(browser.page.forms[-1].fields)["token"]
    return await browser.led(await browser.post(path, {"token": token, "what": what} | values))


async def test_from_naming_to_refusing(db, site, signed_in, write, monkeypatch):
    ada, times, jane = await signed_in("ada", "admin"), await signed_in("times"), await signed_in("jane")
    await signed_in("eve")
    stranger = site.browser()
    assert "Nobody yet." in (await stranger.get("/verifiers")).text
    assert "Handle of somebody" not in (await times.get("/settings/proofs")).text
    refused = await _send(ada, "/admin/verifiers", "name", handle="nobody", words="x")
    assert (refused.status, "There is no such account here" in refused.text) == (422, True)
    page = await _send(ada, "/admin/verifiers", "name", handle="@times", words="journalists of the <Times>", days="30")
    assert (page.status, "journalists of the &lt;Times&gt;" in page.body) == (200, True)
    page = await stranger.get("/verifiers")
    assert "journalists of the &lt;Times&gt;" in page.body
    assert "vouches for 0 accounts" in page.text
    for handle in ("@jane", "eve"):
        assert (await _send(times, "/settings/proofs", "attest", handle=handle)).status == 200
    assert (await _send(times, "/settings/proofs", "attest", handle="nobody")).status == 404
    assert (await _send(jane, "/settings/proofs", "attest", handle="eve")).status == 422
    post = await write("jane", "hello")
    for path in ("/@jane", f"/@jane/{post.id}"):
        text = (await stranger.get(path)).body
        assert 'Verified by <a href="/@times"><bdi>times</bdi></a>' in text, path
        assert "journalists of the &lt;Times&gt;" in text, path
    monkeypatch.setattr(page_of_all, "_A_PAGE", 1)
    page = await stranger.get("/verifiers/@times")
    assert ("@eve" in page.text, "@jane" in page.text) == (True, False)
    page = await stranger.get(re.search(r"/verifiers/@times\?before=[^\"]+", page.body)[0].replace("&amp;", "&"))
    assert ("@eve" in page.text, "@jane" in page.text) == (False, True)
    assert (await stranger.get("/verifiers/@jane")).status == 404
    by = (await accounts.member_named(db, "times")).account_id
    page = await _send(jane, "/settings/proofs", "refuse", account_id=by)
    assert "You refused it." in page.text
    assert "Verified by" not in (await stranger.get("/@jane")).text
    page = await _send(ada, "/admin/verifiers", "end", account_id=by)
    assert "journalists of the <Times>" not in page.text
    assert "journalists" not in (await stranger.get("/verifiers")).text
    log = (await ada.get("/admin/log")).text
    assert "Named a verifier" in log
    assert "Ended a verifier" in log


async def test_moderators_name_nobody(signed_in, make):
    await make.member("times")
    mo = await signed_in("mo", "moderator")
    assert (await mo.get("/admin/verifiers")).status == 403
    assert "/admin/verifiers" not in (await mo.get("/admin/identity")).text


async def test_a_domain_as_a_handle(signed_in, site, monkeypatch):
    told = {}

    async def get(_, url, wanted, **named):
        return Answer(status=200 if url in told else 404, url=url, headers={}, body=told.get(url, b""))

    monkeypatch.setattr(Door, "get", get)
    jane, stranger = await signed_in("jane"), site.browser()
    page = await jane.get("/settings/proofs")
    assert "@jane@127.0.0.1:8000" in page.text
    page = await _send(jane, "/settings/proofs", "prove", domain="jane.example")
    assert (page.status, "put the file there first" in page.text) == (422, True)
    assert "jane.example" in [value for form in page.forms for _, value in form.fields], (
        "what was written is still there"
    )
    told["https://jane.example/.well-known/dunnock"] = b"@jane@127.0.0.1:8000"
    page = await _send(jane, "/settings/proofs", "prove", domain="jane.example")
    assert (page.status, "Wear it no longer" in page.text) == (200, True)
    page = await stranger.get("/@jane")
    assert "jane.example" in page.text
    assert "This domain says that it is theirs." in page.text
    for path, leads_to in (("/@jane.example", "/@jane"), ("/@Jane.Example/media", "/@jane/media")):
        assert (await stranger.get(path)).location == leads_to
    assert (await stranger.get("/@other.example")).status == 404
    page = await _send(jane, "/settings/proofs", "drop_domain")
    assert "Wear it no longer" not in page.text
    assert "jane.example" not in (await stranger.get("/@jane")).text
    assert (await stranger.get("/@jane.example")).status == 404
