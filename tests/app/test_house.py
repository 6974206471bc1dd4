"""What the whole house answers: health, metrics, instance, WebFinger, NodeInfo."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dunnock.accounts.sign_up import create_member
from dunnock.api.streaming import Counts as StreamCounts
from dunnock.app import health, metrics
from dunnock.federation import tables as deliveries
from dunnock.foundation import backups, clock
from dunnock.web.status import State

_spec = importlib.util.spec_from_file_location("kit_driver", Path(__file__).parents[1] / "api/kit/driver.py")
driver = sys.modules["kit_driver"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(driver)
call = driver.call


async def test_health(house):
    assert (await call(house.edge, "GET", "/health/live")).json == {"status": "alive", "problems": []}
    answer = await call(house.edge, "GET", "/health")
    assert (answer.status, answer.body) == (200, b"OK"), "as Mastodon.py wants it"
    answer = await call(house.edge, "GET", "/health", headers=(("accept", "application/json"),))
    assert (answer.status, answer.json) == (200, {"status": "UP"}), "as the documentation has it"
    # The fixtures make the tables without the migrations: that is not this release's schema.
    for path in ("/health/ready", "/healthz"):
        answer = await call(house.edge, "GET", path)
        assert answer.status == 503
        assert "schema" in answer.json["problems"][0]


async def test_every_handler_asks_for_what_is_given(house):
    """A server reads a handler at its first call; here all are."""
    read = 0
    for route in house.edge.app.app.routes:
        for method, (handler, _) in list(route.route_handler_map.items()):
            route.read(method)
            assert route.route_handler_map[method][1] is not None, handler
            read += 1
    assert read > 500


async def test_status_is_what_the_database_says(house, make, monkeypatch):
    assert await health.state(house.db) == State(answers=False, well=False), "the fixtures make no schema of a release"
    assert (await call(house.edge, "GET", "/status")).status == 503
    monkeypatch.setattr(health, "HEAD", None)
    before = await health.state(house.db)
    assert (before.answers, before.deliveries) == (True, 0)
    await make.row(deliveries.bodies, id=1, account_id=0, body=b"{}")
    for number, host in enumerate(("one.example", "two.example", "two.example")):
        if number == 2:
            await make.row(deliveries.hosts, host=host, parked_at=1)
        at = 0 if number != 1 else 2**50
        await make.row(
            deliveries.deliveries, id=number + 1, body_id=1, inbox=f"https://{host}/{number}", host=host, run_at=at
        )
    assert (await health.state(house.db)).deliveries == 1, "one is for later, one for a server that is left alone"
    monkeypatch.setattr(health, "MOST_LAG_MS", -1)
    assert not (await health.state(house.db)).well


async def test_metrics_are_for_the_watcher(house):
    for token in (None, "wrong"):
        assert (await call(house.edge, "GET", "/metrics", token=token, client="127.0.0.1")).status == 403
    await call(house.edge, "GET", "/api/v1/instance")
    text = (await call(house.edge, "GET", "/metrics", token="watch")).body.decode()
    assert 'dunnock_requests_total{route="api/instance",status="200"} 1.0' in text
    assert "dunnock_db_commits_total" in text
    assert 'dunnock_cache_entries{cache="posts"}' in text
    assert "process_resident_memory_bytes" in text
    assert "dunnock_backup_age_seconds " not in re.sub("(?m)^#.*$", "", text), "none was made"
    backups.note(house.settings.data, backups.Backup(at=clock.now_ms() - 5_000, path="/b", bytes=1, files=0))
    text = (await call(house.edge, "GET", "/metrics", token="watch")).body.decode()
    assert 5 <= float(re.search(r"(?m)^dunnock_backup_age_seconds (\S+)", text).group(1)) < 60


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "page"), ("/@anna/1", "page"), ("/api/v1/statuses/1/context", "api/statuses"), ("/api/v1/made_up", "api/other"),
        ("/api", "api/other"), ("/users/anna", "activitypub"), ("/x" * 50, "other"), ("/media/a.png", "media"),
        ("/.well-known/webfinger", "well-known"), ("", "page"),
    ],
)  # fmt: skip
def test_labels_are_few(path, label):
    assert metrics.class_of(path) == label


async def test_counts_of_processes_are_added_up(tmp_path):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    folder = tmp_path / "run"
    folder.mkdir()
    both = [metrics.Metrics(None, metrics.Counted(app), {}, StreamCounts(), shared=folder) for _ in range(2)]
    for name, one in enumerate(both, 1):
        await call(one._counted, "GET", "/")
        one.save(str(name))
    assert both[0].requests("1")["page", 200].number == 2


async def test_instance(house):
    owner = await create_member(
        house.db, username="anna", email="a@mail.example", password="correct horse", role="owner"
    )
    v1, v2 = [(await call(house.edge, "GET", f"/api/v{n}/instance")).json for n in (1, 2)]
    assert v2["domain"] == v1["uri"] == "127.0.0.1:8000"
    assert v2["version"].startswith("4.6.0 (compatible; Dunnock ")
    assert v2["api_versions"] == {"mastodon": 10}
    assert v2["contact"]["account"]["id"] == v1["contact_account"]["id"] == str(owner.account_id)
    assert v1["stats"] == {"user_count": 1, "status_count": 0, "domain_count": 0}
    assert v2["configuration"]["statuses"]["max_characters"] == 500
    assert v2["configuration"]["urls"]["streaming"].startswith("ws://")
    assert v2["configuration"]["urls"]["status"].endswith("/status")
    for path in ("rules", "peers", "domain_blocks"):
        assert (await call(house.edge, "GET", f"/api/v1/instance/{path}")).json == []
    weeks = (await call(house.edge, "GET", "/api/v1/instance/activity")).json
    assert [week["registrations"] for week in weeks] == ["1", *["0"] * 11]
    picture = await call(house.edge, "GET", "/api/v1/instance/thumbnail.png")
    assert picture.headers["content-type"] == "image/png"


async def test_webfinger(house):
    await create_member(house.db, username="Anna", email="a@mail.example", password="correct horse")
    for resource in (
        "acct:Anna@127.0.0.1:8000", "acct:anna@127.0.0.1:8000", "acct:@anna@127.0.0.1:8000", "anna@127.0.0.1:8000",
        "acct%3Aanna%40127.0.0.1%3A8000", "http://127.0.0.1:8000/@anna", "http://127.0.0.1:8000/users/anna",
    ):  # fmt: skip
        for _ in range(2):
            answer = await call(house.edge, "GET", f"/.well-known/webfinger?resource={resource}")
            assert answer.status == 200, resource
            assert answer.json["subject"] == "acct:Anna@127.0.0.1:8000"
    assert answer.headers["content-type"].startswith("application/jrd+json")
    assert answer.headers["access-control-allow-origin"] == "*"
    for query, status in (
        ("", 400), ("?resource=", 400), ("?resource=acct:anna@elsewhere.example", 404), ("?resource=%ff", 400),
        ("?resource=acct:nobody@127.0.0.1:8000", 404), ("?resource=https://127.0.0.1:8000/@anna", 404),
    ):  # fmt: skip
        assert (await call(house.edge, "GET", f"/.well-known/webfinger{query}")).status == status, query


async def test_nodeinfo(house):
    links = (await call(house.edge, "GET", "/.well-known/nodeinfo")).json["links"]
    *versions, actor = [one["href"] for one in links]
    assert versions == [f"http://127.0.0.1:8000/nodeinfo/{n}" for n in ("2.0", "2.1")]
    assert actor == "http://127.0.0.1:8000/actor"
    for version in ("2.0", "2.1"):
        answer = await call(house.edge, "GET", f"/nodeinfo/{version}")
        assert answer.json["software"]["name"] == "dunnock"
        assert answer.json["version"] == version
    assert (await call(house.edge, "GET", "/nodeinfo/1.0")).status == 404
    assert b"lrdd" in (await call(house.edge, "GET", "/.well-known/host-meta")).body


def test_the_server_never_imports_what_it_does_not_need():
    names = ("alembic", "duckdb", "ibis", "PIL", "prometheus_client", "aiohttp")
    program = f"import dunnock.app.build, sys; print([x for x in {names} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
