"""Mastodon's client API, row by row: what has a case, all of priority A and B, is asked as documented, and as it should not be.

`endpoints.csv` and `entities.csv` hold what mastodon/documentation says (July 2026); `cases.py` how each is asked rightly.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from contract.cases import CASES, Ask
from contract.shapes import faults
from contract.world import World
from stories.running import Server
from translator import begin

HERE = Path(__file__).parent
NOBODY, NONSENSE = "1", "nonsense"
STREAMS = "/api/v1/streaming"


def _rows() -> dict[str, dict[str, str]]:
    with (HERE / "endpoints.csv").open(newline="") as file:
        return {f"{row['method']} {row['path']}": row for row in csv.DictReader(file)}


ROWS = {
    key: row
    for key, row in _rows().items()
    if (row["priority"] in "AB" or key in CASES) and not row["path"].startswith(STREAMS)
}
# What the documentation leaves open, and what Mastodon itself does otherwise than its pages say.
RIGHTS: dict[str, dict[str, str]] = {
    "GET /api/v1/notifications/policy": {"auth": "user", "scope": "read:notifications"},
    "PATCH /api/v1/notifications/policy": {"auth": "user", "scope": "write:notifications"},
    "GET /api/v2/notifications/:group_key/accounts": {"scope": "read:notifications"},
    "GET /api/v1/announcements": {"auth": "user", "scope": ""},
    "GET /api/v1/accounts/lookup": {"auth": "none|user"},
    "GET /api/v1/statuses/:id/source": {"auth": "app"},
    "GET /api/v1/statuses/:id/quotes": {"auth": "none|user"},
    "POST /api/v1/accounts": {"auth": "app"},
}
# Paths whose last part is a word, not an id: what is unknown is new there.
OF_WORDS = {":name", ":hashtag"}
# Sending away what is not there is done already.
DONE_ALREADY = {
    "DELETE /api/v1/suggestions/:account_id",
    "POST /api/v2/notifications/:group_key/dismiss",
    "POST /api/v2_alpha/notifications/:group_key/dismiss",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    translator = begin()
    server = Server(
        tmp_path_factory.mktemp("contract") / "data",
        DUNNOCK_SIGN_UP="open",
        DUNNOCK_TRANSLATE_URL=f"http://127.0.0.1:{translator.server_port}",
    ).start()
    yield World(server)
    translator.shutdown()
    translator.server_close()
    assert server.stop()[0] == 0
    log = server.log.read_text()
    assert '"level":"error"' not in log, log


def told(key: str) -> tuple[str, set[str]]:
    """Who may ask, and the scopes of which one is needed."""
    row = ROWS[key] | RIGHTS.get(key, {})
    return row["auth"], {one for one in re.split(r"[|+]", row["scope"]) if one}


def ask(
    world: World, key: str, token: str | None, how: Ask, *, parts: tuple[str, ...] | None = None
) -> requests.Response:
    method, path = key.split(" ")
    for part in how.parts if parts is None else parts:
        path = re.sub(r":\w+", part, path, count=1)
    return world.server.call(
        method, path, token, params=how.query, json=how.json, data=how.form, files=how.files, allow_redirects=False
    )


def test_every_row_has_a_case():
    assert set(ROWS) - set(CASES) == set()
    assert set(CASES) - set(ROWS) == set()


@pytest.mark.parametrize("key", sorted(ROWS))
def test_as_documented(world, key):
    how = CASES[key](world)
    auth, _ = told(key)
    token = world.server.app_token if auth == "app" and "source" not in key else world.me.token
    answer = ask(world, key, token, how)
    assert answer.status_code in how.status, answer.text[:500]
    kind = how.entity or ROWS[key]["returns"]
    if kind in {"Empty", "String", "HTML", ""}:
        assert kind != "Empty" or answer.json() in ({}, None)
        return
    found = faults(kind, answer.json())
    assert found == [], "\n".join(found[:20])


@pytest.mark.parametrize("key", sorted(ROWS))
def test_without_the_right_to(world, key):
    auth, scopes = told(key)
    how = CASES[key](world)
    if auth in {"user", "app"}:
        answer = ask(world, key, None, how)
        assert answer.status_code == 401, ("no token", answer.status_code, answer.text[:200])
        assert set(answer.json()) >= {"error"}
    if auth == "user":
        answer = ask(world, key, world.server.app_token, how)
        assert answer.status_code in {401, 422}, ("app token", answer.status_code, answer.text[:200])
    if key.partition(" ")[2].startswith(("/api/v1/", "/api/v2/")) and key != "POST /api/v1/apps":
        answer = ask(world, key, "invented", how)
        assert answer.status_code == 401, ("invented token", answer.status_code)
    if scopes and auth != "none":
        answer = ask(world, key, less(world, scopes), how)
        assert answer.status_code == 403, ("too little", answer.status_code, answer.text[:200])
        assert answer.json() == {"error": "This action is outside the authorized scopes"}


@pytest.mark.parametrize(
    "key", sorted(key for key in {*ROWS} - DONE_ALREADY if ":" in key and not any(one in key for one in OF_WORDS))
)
def test_of_what_is_not_there(world, key):
    how = CASES[key](world)
    if "lists/:id/accounts" in key and key.startswith("DELETE"):
        how = how._replace(query={})
    for parts in ((NOBODY,) * len(how.parts), (NONSENSE,) * len(how.parts)):
        answer = ask(world, key, world.me.token, how, parts=parts)
        assert answer.status_code == 404, (parts, answer.status_code, answer.text[:200])
        assert set(answer.json()) >= {"error"}


@pytest.mark.parametrize("key", sorted(ROWS))
def test_with_nonsense_in_it(world, key):
    """Nonsense is refused or ignored, in JSON, and never a failure of ours."""
    how = CASES[key](world)
    method = key.split(" ")[0]
    odd: list[dict[str, Any]] = [
        {"query": {"limit": "x", "max_id": "y", "min_id": "-1", "since_id": "9" * 30, "offset": "z", "id[]": "q"}},
        {"json": {name: [{"deep": [1]}] for name in (how.json or {"status": 1, "id": 1})}},
        {"json": dict.fromkeys(how.json or {"status": 1}, "\x00")},
    ]
    for more in odd if method != "GET" else odd[:1]:
        parts = how.parts or ()
        answer = ask(world, key, world.me.token, Ask(parts, **more))
        assert answer.status_code < 500, (more, answer.text[:300])
        if answer.status_code >= 400 and "/oauth/authorize" not in key:
            assert set(answer.json()) >= {"error"}, more


def less(world: World, scopes: set[str]) -> str:
    """A member's token without any of these scopes."""
    held = world.__dict__.setdefault("_less", {})
    narrow = "write:reports" if "write:reports" not in scopes else "read:mutes"
    narrow = narrow if scopes & {"write", "read"} == set() else ("push" if "push" not in scopes else "follow")
    if narrow not in held:
        held[narrow] = world.server.dunnock("members", "token", world.me.name, "--scopes", narrow).split()[-1]
    token: str = held[narrow]
    return token
