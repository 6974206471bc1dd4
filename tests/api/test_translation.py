"""Translation through whole requests, by a translator that runs here and speaks LibreTranslate's API."""

from __future__ import annotations

import msgspec
import pytest

from api.kit.driver import call
from dunnock import posts
from dunnock.accounts import find_member
from dunnock.accounts.command_token import token_by_command
from dunnock.app.build import build
from dunnock.app.settings import load
from translator import Turner, begin


@pytest.fixture
def translator():
    server = begin()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def begun(database_url, tmp_path, **flags):
    return await build(
        load(tmp_path, environ={}, flags={"database_url": database_url, "public_url": "https://home.example", **flags})
    )


@pytest.fixture
async def house(database_url, tmp_path, translator):
    built = await begun(database_url, tmp_path, translate_url=translator, translate_key="secret")
    yield built
    await built.close()


async def ask(house, token, post_id, **form):
    return await call(
        house.edge, "POST", f"/api/v1/statuses/{post_id}/translate", msgspec.json.encode(form), kind="application/json",
        token=token,
    )  # fmt: skip


@pytest.fixture
async def me(make):
    return await make.member("ada")


async def token_of(house, who):
    return await token_by_command(house.db, await find_member(house.db, who.member_id), scopes="read write")


async def published(house, who, **draft):
    async with house.db.begin() as tx:
        return await posts.publish(tx, posts.Draft(**draft), author_id=who.id, app_id=None, settings=house.settings)


async def test_words_warning_and_poll(house, me):
    """SC-100: what a translator answers (here with a script) is cleaned."""
    poll = posts.PollDraft(options=("yes", "no"), expires_in=3600)
    made = await published(house, me, text="Hello you", warning="Hello <b>", language="en", poll=poll)
    token = await token_of(house, me)
    answer = await ask(house, token, made.id, lang="de")
    assert (answer.status, answer.json) == (
        200,
        {
            "content": "<p>Hallo you</p>",
            "spoiler_text": "Hallo <b>",
            "language": "de",
            "poll": {"id": str(made.poll_id), "options": [{"title": "ja <"}, {"title": "no"}]},
            "media_attachments": [],
            "detected_source_language": "en",
            "provider": "LibreTranslate",
        },
    )
    assert Turner.asked == [
        {"q": ["<p>Hello you</p>", "Hello &lt;b&gt;", "yes", "no"], "source": "en", "target": "de", "format": "html",
         "api_key": "secret"}
    ]  # fmt: skip
    assert (await ask(house, token, made.id, lang="de")).status == 200
    assert len(Turner.asked) == 1, "the same words are asked for once"


async def test_a_language_that_nobody_told_is_found_out(house, me):
    made = await published(house, me, text="Hello")
    answer = await ask(house, await token_of(house, me), made.id, lang="de")
    assert answer.json["detected_source_language"] == "en"
    assert Turner.asked[0]["source"] == "auto"


@pytest.mark.parametrize(
    ("draft", "lang"),
    [
        ({"visibility": "followers", "language": "en"}, "de"),
        ({"visibility": "direct", "language": "en"}, "de"),
        ({"language": "en"}, "en"),
        ({"language": "fr"}, "en"),
        ({"language": "en"}, "nonsense"),
    ],
)
async def test_what_is_not_translated(house, me, draft, lang):
    made = await published(house, me, text="Hello", **draft)
    answer = await ask(house, await token_of(house, me), made.id, lang=lang)
    assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"})
    assert Turner.asked == []


async def test_hidden_posts_read_as_missing(house, me, make):
    other = await make.member()
    made = await published(house, other, text="Hello", visibility="direct")
    token = await token_of(house, me)
    assert (await ask(house, token, made.id, lang="de")).status == 404
    assert (await ask(house, token, 1, lang="de")).status == 404
    assert (await ask(house, None, made.id, lang="de")).status == 401


@pytest.mark.parametrize("wrong", [b"broken", b"{}", b'{"translatedText": []}', b'{"translatedText": "x"}'])
async def test_a_translator_that_fails(house, me, wrong):
    made = await published(house, me, text="Hello", language="en")
    Turner.wrong = wrong
    answer = await ask(house, await token_of(house, me), made.id, lang="de")
    assert (answer.status, answer.json) == (503, {"error": "Service Unavailable"})
    Turner.wrong = None
    assert (await ask(house, await token_of(house, me), made.id, lang="de")).status == 200, "a failure is not kept"


async def test_the_languages_are_told(house):
    answer = await call(house.edge, "GET", "/api/v1/instance/translation_languages")
    assert answer.json == {"en": ["de"], "de": ["en"], "und": ["de", "en"]}
    assert (await call(house.edge, "GET", "/api/v2/instance")).json["configuration"]["translation"] == {"enabled": True}


async def test_without_a_translator(database_url, tmp_path, make):
    house = await begun(database_url, tmp_path)
    try:
        me = await make.member()
        made = await published(house, me, text="Hello", language="en")
        assert (await ask(house, await token_of(house, me), made.id, lang="de")).status == 404
        assert (await call(house.edge, "GET", "/api/v1/instance/translation_languages")).json == {}
        shown = (await call(house.edge, "GET", "/api/v2/instance")).json["configuration"]["translation"]
        assert shown == {"enabled": False}
    finally:
        await house.close()
