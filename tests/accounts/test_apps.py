"""Registering apps, where they may be called back, and shutting them out."""

from __future__ import annotations

import pytest

from accounts.joining import CALLBACK, code_for, do, exchange, join, register, token_for
from dunnock import accounts
from dunnock.accounts import apps, scopes
from dunnock.web.scope_words import in_words

OOB = apps.OUT_OF_BAND


async def test_register(db):
    made, secret = await register(
        db,
        CALLBACK,
        f" {OOB} ",
        CALLBACK,
        scopes="read  write read",
        name=" My\n\u202eapp ",
        website="https://a.example",
    )
    assert (made.name, made.website, made.scopes) == ("My app", "https://a.example", "read write")
    assert made.redirect_uris == (CALLBACK, OOB)
    assert made == await accounts.app_called(db, made.client_id) == await accounts.find_app(db, made.id)
    assert secret not in repr(made)
    assert (await register(db, OOB, scopes=""))[0].scopes == "read"
    assert await accounts.app_called(db, "") is None
    assert await accounts.find_app(db, 5) is None


@pytest.mark.parametrize(
    "uri",
    [
        OOB, "oauth2redirect://org.tusky", "com.example.app:/cb", "https://a.example/cb?x=1", "http://127.0.0.1/cb",
        "http://localhost:8080", "http://[::1]:9/",
    ],
)  # fmt: skip
async def test_a_redirect(db, uri):
    assert (await register(db, uri))[0].redirect_uris == (uri,)


@pytest.mark.parametrize(
    "uri",
    [
        "", "cb", "/cb", "//a.example/cb", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "https://",
        "https:///cb", "http://a.example/cb", "http://127.0.0.1.a.example/", "https://a.example/#x", "https://a.example/#",
        "https://a.example/c b", "https://a.example/\r\nset-cookie: x", "https://known.example@evil.example/",
        "https://evil.example\\@known.example/", "https://a.example:x/", "https://[a/", "https://bücher.example/",
        "https://a.example/" + "x" * 2000, "x\x00:y",
    ],
)  # fmt: skip
async def test_no_redirect(db, uri):
    with pytest.raises(accounts.AppInvalid):
        await register(db, uri)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " \u200b"}, {"name": "x" * 61}, {"website": "javascript:alert(1)"}, {"website": "https://[a"},
        {"website": "https://a.example/" + "x" * 2000}, {"scopes": "read nonsense"}, {"scopes": "admin"},
    ],
)  # fmt: skip
async def test_refused(db, wrong):
    with pytest.raises(accounts.AppInvalid) as refused:
        await register(db, CALLBACK, **wrong)
    assert refused.value.text.startswith("Validation failed: ")
    with pytest.raises(accounts.AppInvalid):
        await register(db, *(f"https://a.example/{number}" for number in range(21)))


@pytest.mark.parametrize(
    ("registered", "uri", "answer"),
    [
        ("https://a.example/cb", "https://a.example/cb", True),
        ("https://a.example/cb", "https://a.example/cb/", False),
        ("https://a.example/cb", "https://a.example/cb?x=1", False),
        ("https://a.example/cb", "https://A.example/cb", False),
        ("https://a.example/cb", "https://a.example:8443/cb", False),
        ("https://a.example/cb", "https://a.example.evil.example/cb", False),
        ("https://a.example/cb", "", False),
        ("app:/cb", "app:/cb", True),
        ("app:/cb", "app:/cb2", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", True),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:51234/cb", True),
        ("http://[::1]/cb", "http://[::1]:51234/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/other", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb?x=1", False),
        ("http://127.0.0.1/cb", "https://127.0.0.1:51234/cb", False),
        ("http://127.0.0.1/cb", "http://localhost:51234/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb", False),
        ("http://127.0.0.1/cb", "http://evil.example@127.0.0.1:80/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80\\@evil.example/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/cb#", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/c\r\nb", False),  # urlsplit would drop the line break
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/\tcb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", False),
        (OOB, OOB, True),
    ],
)
async def test_exactly(db, registered, uri, answer):
    app, _ = await register(db, registered)
    assert apps.may_redirect(app, uri) is answer


async def test_granted(db):
    """What a member is shown holds for all the tokens of an app together."""
    one, other = await join(db), await join(db, "bea")
    first, _ = await register(db, name="First", website="https://first.example")
    second, _ = await register(db, name="Second")
    for scopes_of in ("read", "write:media read", "follow"):
        await token_for(db, first, one, scopes_of)
    await token_for(db, second, one)
    await token_for(db, second, other)
    shown = await accounts.apps_of(db, one.id)
    assert {(each.app_id, each.name, each.website, each.tokens) for each in shown} == {
        (first.id, "First", "https://first.example", 3),
        (second.id, "Second", None, 1),
    }
    assert {frozenset(each.scopes.split()) for each in shown} == {
        frozenset({"read", "write:media", "follow"}),
        frozenset({"read"}),
    }
    assert all(each.used_at is None for each in shown)


async def test_shut_out(db, events):
    one, other = await join(db), await join(db, "bea")
    app, _ = await register(db)
    mine, theirs = await token_for(db, app, one), await token_for(db, app, other)
    code = await code_for(db, app, one)
    held = accounts.Tokens(db)
    assert await held.find(mine.encode())
    assert await held.find(theirs.encode())
    assert await do(db, accounts.revoke_app, app.id, member_id=one.id) == 1
    assert (await events())[-1] == accounts.TokensRevoked(member_id=one.id, app_id=app.id)
    assert await held.find(mine.encode()) is None
    assert await held.find(theirs.encode())
    with pytest.raises(accounts.OAuthRefused):  # a code on its way would have let the app in again
        await exchange(db, app, code)
    assert await accounts.apps_of(db, one.id) == []
    assert await do(db, accounts.revoke_app, app.id, member_id=one.id) == 0


@pytest.mark.parametrize(
    ("wanted", "held", "answer"),
    [
        ("read", "read", True),
        ("read:statuses", "read", True),
        ("read", "read:statuses", False),
        ("read write", "read", False),
        ("write:follows", "follow", True),
        ("write:statuses", "follow", False),
        ("follow", "read", False),
        ("follow", "read write", True),
        ("follow", "write:follows write:blocks write:mutes read", True),
        ("admin:read", "read write follow push profile", False),
        ("admin:read:accounts", "read", False),
        ("admin:read:accounts", "admin:read", True),
        ("admin:write:accounts", "admin:read", False),
        ("profile", "read", False),
        ("profile", "profile", True),
        ("", "", True),
    ],
)
def test_scopes_within(wanted, held, answer):
    assert scopes.within(wanted, held) is answer


def test_every_scope_has_words():
    for one in scopes.KNOWN:
        ((words, _),) = in_words([one])
        assert words[0].isupper()
    assert len(scopes.KNOWN) == len(set(scopes.KNOWN)) == len({in_words([one])[0] for one in scopes.KNOWN})
    assert all(twice for one in scopes.KNOWN if one.startswith("admin") for _, twice in in_words([one]))
    assert in_words(["read:statuses", "read"]) == in_words(["read"])
