"""Named verifiers by the API: named by staff, vouching, listed, refused."""

from __future__ import annotations

import pytest

from api.staffed import staffed

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
