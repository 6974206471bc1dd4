"""Named verifiers by the API: named by staff, vouching, listed, refused."""

from __future__ import annotations

import pytest

from api.staffed import staffed
from dunnock.foundation.http import Answer, Door

OURS = "/api/v1/dunnock"


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


async def test_from_naming_to_refusing(staff, make):
    ada, times, jane = await make.member("ada", role="admin"), await make.member("times"), await make.member("jane")
    told = {"account_id": str(times.id), "what": "its journalists"}
    assert await staff.post(f"{OURS}/admin/verifiers", ada, **told) == {"request_id": None}
    assert (await staff.ask("POST", f"{OURS}/admin/verifiers", ada, json={"what": "x"})).status == 422
    (named,) = await staff.get(f"{OURS}/verifiers")
    assert (named["acct"], named["what"], named["counts"], named["until"]) == ("times", "its journalists", True, None)
    path = f"{OURS}/accounts/{jane.id}/attestation"
    assert (await staff.ask("POST", path, jane)).status == 422
    assert (await staff.post(path, times))["attestations"][0]["acct"] == "times"
    (shown,) = (await staff.get(f"/api/v1/accounts/{jane.id}"))["attestations"]
    assert (shown["account_id"], shown["what"]) == (str(times.id), "its journalists")
    (vouched,) = await staff.get(f"{OURS}/verifiers/{times.id}/attestations")
    assert vouched["account_id"] == str(jane.id)
    assert await staff.get(f"{OURS}/verifiers/{times.id}/attestations?max_at={vouched['max_at']}") == []
    (own,) = await staff.get(f"{OURS}/attestations", jane)
    assert (own["verifier_id"], own["state"], own["counts"]) == (str(times.id), "given", True)
    assert "attestations" not in (await staff.ask("DELETE", path, times)).json
    await staff.post(path, times)
    assert (await staff.ask("DELETE", f"{OURS}/attestations/{times.id}", jane)).json == {}
    assert [one["state"] for one in await staff.get(f"{OURS}/attestations", jane)] == ["refused"]
    assert (await staff.ask("POST", path, times)).status == 422
    assert (await staff.ask("DELETE", f"{OURS}/admin/verifiers/{times.id}", ada)).json == {}
    assert await staff.get(f"{OURS}/verifiers") == []
    assert await staff.get(f"{OURS}/verifiers/{times.id}/attestations") == []
    assert (await staff.ask("DELETE", f"{OURS}/admin/verifiers/{times.id}", ada)).status == 404


async def test_a_domain_as_a_handle(staff, make, monkeypatch):
    told = {}

    async def get(_, url, wanted, **named):
        return Answer(status=200 if url in told else 404, url=url, headers={}, body=told.get(url, b""))

    monkeypatch.setattr(Door, "get", get)
    jane = await make.member("jane")
    held = await staff.get(f"{OURS}/domain_handle", jane)
    assert (held["domain"], held["proved_at"]) == ("", None)
    refused = await staff.ask("POST", f"{OURS}/domain_handle", jane, json={"domain": "jane.example"})
    assert (refused.status, "does not say that it is yours" in refused.json["error"]) == (422, True)
    told["https://jane.example/.well-known/dunnock"] = held["proof"].encode()
    held = await staff.post(f"{OURS}/domain_handle", jane, domain="jane.example")
    assert (held["domain"], held["way"], held["lost"], held["failing_since"]) == ("jane.example", "file", "", None)
    for acct in ("jane.example", "@Jane.Example"):
        assert (await staff.get(f"/api/v1/accounts/lookup?acct={acct}"))["domain_handle"] == "jane.example"
    assert (await staff.ask("GET", "/api/v1/accounts/lookup?acct=other.example")).status == 404
    (found,) = (await staff.get("/api/v2/search?q=@jane.example&type=accounts", jane))["accounts"]
    assert found["id"] == str(jane.id)
    held = (await staff.ask("DELETE", f"{OURS}/domain_handle", jane)).json
    assert held["domain"] == ""
    assert "domain_handle" not in await staff.get(f"/api/v1/accounts/{jane.id}")
