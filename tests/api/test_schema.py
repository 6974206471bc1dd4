"""The served OpenAPI document is right, and whatever it allows (or not) is answered in JSON, as it says, never with 5xx.

`DUNNOCK_TEST_SCHEMA_EXAMPLES` asks for more examples an operation than the few that a quick run makes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import warnings
from typing import Any

import hypothesis
import jsonschema_rs
import pytest
import requests
from hypothesis import HealthCheck

from stories.running import Server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi.checks import response_schema_conformance

EXAMPLES = int(os.environ.get("DUNNOCK_TEST_SCHEMA_EXAMPLES", "4"))
METHODS = {"get", "put", "post", "delete", "patch"}
# These would end what the run stands on: the member's own posts and token.
ENDS = {("POST", "/oauth/revoke")}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    begun = Server(tmp_path_factory.mktemp("schema") / "data", DUNNOCK_SIGN_UP="open").start()
    yield begun
    assert begun.stop()[0] == 0
    log = begun.log.read_text()
    assert '"level":"error"' not in log, log


@pytest.fixture(scope="module")
def document(server) -> dict[str, Any]:
    return server.call("GET", "/api/openapi.json").json()


@pytest.fixture(scope="module")
def known(server) -> dict[str, list[str]]:
    """Ids that are there, by the name of the parameter that takes them."""
    one, other = server.join("schema"), server.join("schema")
    posts = [
        one.api.status_post(f"words #tag @{other.name}").id,
        other.api.status_post("words", visibility="private").id,
    ]
    posts += [one.api.status_post("re", in_reply_to_id=posts[0]).id, other.api.status_post("others").id]
    other.api.account_follow(one.id)
    other.api.status_favourite(posts[0])
    made = one.api.list_create("list")
    polls = [
        person.api.status_post("?", poll=person.api.make_poll(["a", "b"], expires_in=600)).poll
        for person in (one, other)
    ]
    waits = one.api.status_post("later", scheduled_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    draft = server.call(
        "POST", "/api/v1/dunnock/drafts", one.token, json={"status": "half", "thread": [{"status": "b"}]}
    )
    return {
        "token": [one.token],
        "post_id": [str(an_id) for an_id in posts],
        "account_id": [one.id, other.id],
        "list_id": [str(made.id)],
        "poll_id": [str(poll.id) for poll in polls],
        "scheduled_id": [str(waits.id)],
        "draft_id": [draft.json()["id"]],
    }


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_document_is_valid(document):
    assert document["openapi"].startswith("3.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schemathesis.openapi.from_dict(document).validate()
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"}), name


def test_every_reference_and_scope_is_there(document):
    text = json.dumps(document)
    flows = document["components"]["securitySchemes"]["oauth2"]["flows"]
    assert set(flows) == {"authorizationCode", "clientCredentials"}
    assert "authorizationUrl" not in flows["clientCredentials"]
    for part in text.split('"$ref": "')[1:]:
        name = part.partition('"')[0].removeprefix("#/components/schemas/")
        assert name in document["components"]["schemas"], name
    for method, path, operation in operations(document):
        for need in operation.get("security", []):
            for scope in need.get("oauth2", []):
                for flow in flows.values():
                    assert scope in flow["scopes"], (method, path, scope)


def test_every_operation_says_what_it_takes_gives_and_demands(document):
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    for method, path, operation in operations(document):
        where = (method, path)
        assert operation["summary"].endswith((".", "`", ")")) or len(operation["summary"]) > 10, where
        named = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
        assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}, where
        if "requestBody" in operation:
            assert set(operation["requestBody"]["content"]) == {
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
            }, where
        assert operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"].endswith("/Error"), (
            where
        )
        assert "400" not in operation["responses"], where
        kind, content = next(iter(operation["responses"]["200"]["content"].items()))
        assert content["schema"] not in ({}, {"type": "string"} if kind.startswith("application/json") else {}), where
        if path.startswith(("/api/", "/oauth/")):
            assert operation["security"], where


def test_every_route_of_the_api_is_in_it(document, server):
    from dunnock.app.build import EDGES

    served = {
        (method, path.replace(":int}", "}").replace(":str}", "}"))
        for module in EDGES
        for handler in module.HANDLERS
        for path in getattr(handler, "paths", ())
        for method in getattr(handler, "http_methods", ())
        if path.startswith("/api/") and getattr(handler, "include_in_schema", True) is not False
    }
    described = {(method, path) for method, path, _ in operations(document)}
    assert served - described == set()


def test_anything_sent_is_answered_as_the_document_says(server, document, known):
    """By a member, and every other time by nobody, too: to make up what is sent takes longer than to ask twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=server.url)
    session = requests.Session()
    member, nobody = {"Authorization": f"Bearer {known['token'][0]}"}, {}
    turn, times = itertools.count(), itertools.count()
    answered: dict[tuple[bool, int], int] = {}

    def ask(case: Any, headers: dict[str, str]) -> None:
        answer = case.call(session=session, headers=headers, timeout=30)
        key = bool(headers), answer.status_code
        answered[key] = answered.get(key, 0) + 1
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
        assert answer.headers["content-type"][0].startswith(
            ("application/json", "image/png", "text/", "application/gzip")
        ), case.as_curl_command()
        if answer.status_code >= 400:
            said = json.loads(answer.content)["error"]
            # Of collections Mastodon documents the details inside `error`.
            assert isinstance(said["error"] if isinstance(said, dict) else said, str)

    def ask_both(case: Any) -> None:
        for name, value in list((case.path_parameters or {}).items()):
            if name in known and isinstance(value, int) and next(turn) % 2:
                case.path_parameters[name] = known[name][value % len(known[name])]
        if next(times) % 2 == 0:
            ask(case, nobody)
        ask(case, member)

    for result in schema.get_all_operations():
        operation = result.ok()
        if (operation.method.upper(), operation.path) in ENDS:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @hypothesis.seed(4711)
            @hypothesis.settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
            )
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            def run(case: Any) -> None:
                ask_both(case)

            try:
                run()
            except hypothesis.errors.Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE, (
                    operation.label
                )  # what takes nothing can't be given wrong things
    assert answered.get((True, 200), 0) > 30
    assert answered.get((False, 200), 0) > 10
    assert answered.get((False, 401), 0) > 100
