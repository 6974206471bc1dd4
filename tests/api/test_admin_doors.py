"""Staff and who may join or come here, through whole requests; what each block does at the door."""

from __future__ import annotations

import asyncio
import hashlib
import re
from urllib.parse import urlencode

import pytest

from api.kit.driver import call
from api.staffed import staffed
from dunnock import accounts
from dunnock.accounts import doors
from dunnock.foundation.clock import DAY, now_ms

WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DOMAINS, NETS = "/api/v1/admin/email_domain_blocks", "/api/v1/admin/ip_blocks"
MAILS = "/api/v1/admin/canonical_email_blocks"
CAP = "Validation failed: "


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make, sign_up="open")
    yield made
    await made.house.close()


@pytest.fixture
async def admin(make):
    return await make.member("boss", role="admin")


@pytest.fixture
async def join(staff, make):
    """Joins through an app: (status, body)."""
    app = await make.app(scopes="read write")
    async with staff.house.db.begin() as tx:
        held = await accounts.find_app(tx, app.id)
        _, token = await accounts.make_token(tx, held, scopes="read write", member_id=None, account_id=None)

    async def joined(username: str, email: str, client: str = "203.0.113.9"):
        form = {
            "username": username, "email": email, "password": "long enough words", "agreement": "true", "locale": "en",
        }  # fmt: skip
        answer = await call(
            staff.house.edge, "POST", "/api/v1/accounts", urlencode(form).encode(),
            kind="application/x-www-form-urlencoded", token=token, client=client,
        )  # fmt: skip
        return answer.status, answer.json

    return joined


async def state(db, make, name: str) -> str:
    return (await accounts.member_named(db, name)).state.value


# Mail domains -------------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
async def test_a_mail_domain(staff, admin, join):
    got = await staff.post(DOMAINS, admin, domain="Trash.EXAMPLE")
    today = now_ms() // DAY
    days = [{"day": str((today - n) * 86400), "accounts": "0", "uses": "0"} for n in range(7)]
    assert got == {
        "id": got["id"], "domain": "trash.example", "created_at": got["created_at"], "allow_with_approval": False,
        "history": days,
    }  # fmt: skip
    assert WHEN.fullmatch(got["created_at"])
    for email in ("one@trash.example", "two@sub.TRASH.example"):
        status, body = await join("somebody", email)
        assert status == 422
        assert body["details"]["email"] == [
            {"error": "ERR_BLOCKED", "description": "uses a disallowed e-mail provider"}
        ]
    assert (await join("anna", "anna@nottrash.example"))[0] == 200
    days[0] |= {"accounts": "2", "uses": "2"}
    assert await staff.get(f"{DOMAINS}/{got['id']}", admin) == got | {"history": days}
    assert await staff.get(DOMAINS, admin) == [got | {"history": days}]
    answer = await staff.ask("POST", DOMAINS, admin, json={"domain": "trash.example"})
    assert (answer.status, answer.json) == (422, {"error": f"{CAP}Domain has already been taken"})
    assert (await staff.ask("DELETE", f"{DOMAINS}/{got['id']}", admin)).json == {}
    assert (await join("somebody", "one@trash.example"))[0] == 200


async def test_a_mail_domain_that_needs_approval(staff, admin, join):
    await staff.post(DOMAINS, admin, domain="odd.example", allow_with_approval=True)
    assert (await join("anna", "anna@odd.example"))[0] == 200
    assert (await join("ben", "ben@fine.example"))[0] == 200
    assert await state(staff.house.db, None, "anna") == "pending"
    assert await state(staff.house.db, None, "ben") == "active"


@pytest.mark.parametrize(
    ("form", "error"),
    [({}, "Domain can't be blank"), ({"domain": "no domain"}, "Domain is invalid, Domain is not a valid domain name")],
)
async def test_bad_mail_domains(staff, admin, form, error):
    answer = await staff.ask("POST", DOMAINS, admin, json=form)
    assert (answer.status, answer.json) == (422, {"error": CAP + error})


# Networks -----------------------------------------------------------------------------------------------------------


@pytest.mark.both_engines
async def test_a_network_is_exact(staff, admin):
    got = await staff.post(NETS, admin, ip="198.51.100.7", severity="sign_up_block", comment=" bots ", expires_in=3600)
    assert WHEN.fullmatch(got["created_at"])
    assert got["expires_at"] > got["created_at"]
    assert got == {
        "id": got["id"], "ip": "198.51.100.7/32", "severity": "sign_up_block", "comment": "bots",
        "created_at": got["created_at"], "expires_at": got["expires_at"],
    }  # fmt: skip
    assert await staff.get(f"{NETS}/{got['id']}", admin) == got
    assert await staff.get(NETS, admin) == [got]
    answer = await staff.ask("PUT", f"{NETS}/{got['id']}", admin, json={"ip": "198.51.100.77/24"})
    assert answer.json == got | {"ip": "198.51.100.0/24"}
    answer = await staff.ask("PATCH", f"{NETS}/{got['id']}", admin, json={"expires_in": None, "severity": "no_access"})
    assert answer.json == got | {"ip": "198.51.100.0/24", "severity": "no_access", "expires_at": None}
    assert (await staff.ask("DELETE", f"{NETS}/{got['id']}", admin)).json == {}
    assert (await staff.ask("DELETE", f"{NETS}/{got['id']}", admin)).status == 404


async def test_bad_networks(staff, admin):
    await staff.post(NETS, admin, ip="2001:db8::/32", severity="no_access")
    other = await staff.post(NETS, admin, ip="198.51.100.0/24", severity="no_access")
    for form, error in (
        ({}, "Severity can't be blank"),
        ({"ip": "", "severity": "no_access"}, "Ip is invalid"),
        ({"ip": "everywhere", "severity": "no_access"}, "Ip is invalid"),
        ({"ip": "1.2.3.4/33", "severity": "no_access"}, "Ip is invalid"),
        ({"ip": "198.51.100.1"}, "Severity can't be blank"),
        ({"ip": "198.51.100.1", "severity": "harsh"}, "Severity is not included in the list"),
        ({"ip": "2001:DB8::1/32", "severity": "no_access"}, "Ip has already been taken"),
        ({"ip": "203.0.113.0/24", "severity": "no_access"}, "Ip is where you are yourself"),
        ({"ip": "0.0.0.0/0", "severity": "no_access"}, "Ip is where you are yourself"),
        ({"ip": "198.51.100.1", "severity": "no_access", "comment": "x" * 2001},
         "Comment is too long (maximum is 2000 characters)"),
    ):  # fmt: skip
        answer = await staff.ask("POST", NETS, admin, json=form)
        assert (answer.status, answer.json) == (422, {"error": CAP + error}), form
    answer = await staff.ask("PUT", f"{NETS}/{other['id']}", admin, json={"ip": "2001:db8::/32"})
    assert (answer.status, answer.json) == (422, {"error": f"{CAP}Ip has already been taken"})
    answer = await staff.ask("PUT", f"{NETS}/{other['id']}", admin, json={"ip": "203.0.113.9"})
    assert answer.json == {"error": f"{CAP}Ip is where you are yourself"}
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert (await staff.ask(method, f"{NETS}/1", admin, json={})).status == 404


async def test_no_access_shuts_everything(staff, admin, make):
    """Pages, the API, the fast lane; from the next request on, and no longer than said."""
    reader = await make.member()
    paths = ("/about", "/api/v2/instance", "/api/v1/custom_emojis", "/health/live", "/assets/none")
    for path in paths:
        assert (await staff.ask("GET", path, client="198.51.100.9")).status in {200, 404}
    v4 = await staff.post(NETS, admin, ip="198.51.100.0/24", severity="no_access")
    await staff.post(NETS, admin, ip="2001:db8:1::/48", severity="no_access")
    for client in ("198.51.100.9", "198.51.100.255", "::ffff:198.51.100.9", "2001:db8:1:ffff::1"):
        for path in paths:
            answer = await staff.ask("GET", path, reader, client=client)
            assert (answer.status, answer.json) == (403, {"error": "Forbidden"}), (client, path)
    for client in ("198.51.101.9", "2001:db8:2::1", "203.0.113.9", "", "testclient"):
        assert (await staff.ask("GET", "/api/v2/instance", client=client)).status == 200, client
    await staff.ask("PUT", f"{NETS}/{v4['id']}", admin, json={"severity": "sign_up_block"})
    assert (await staff.ask("GET", "/about", client="198.51.100.9")).status == 200


@pytest.mark.both_engines
async def test_a_block_that_is_over(staff, admin, make, join):
    from dunnock.accounts import tables

    await make.row(
        tables.network_blocks, id=staff.house.db.new_id(), network="198.51.100.0/24", severity="no_access", comment="",
        expires_at=now_ms() - 1,
    )  # fmt: skip
    assert (await staff.ask("GET", "/about", client="198.51.100.9")).status == 200
    assert (await join("anna", "anna@x.example", client="198.51.100.9"))[0] == 200


@pytest.mark.both_engines
async def test_without_blocks_nobody_is_asked_about(staff, admin):
    gate = staff.house.edge.app.kit.gate

    async def settled() -> bool:
        """Nobody is asked about any more, once what other connections hear has been read too."""
        for _ in range(100):
            await staff.ask("GET", "/about")
            if not gate.watches:
                return True
            await asyncio.sleep(0.02)
        return False

    assert await settled()
    made = await staff.post(NETS, admin, ip="198.51.100.0/24", severity="no_access")
    assert gate.watches is True
    await staff.ask("DELETE", f"{NETS}/{made['id']}", admin)
    assert await settled()


async def test_networks_and_joining(staff, admin, join):
    await staff.post(NETS, admin, ip="198.51.100.0/24", severity="sign_up_block")
    await staff.post(NETS, admin, ip="2001:db8::/32", severity="sign_up_requires_approval")
    assert await join("anna", "anna@x.example", client="198.51.100.9") == (
        403, {"error": "This server takes no new members from where you are"},
    )  # fmt: skip
    assert (await join("ben", "ben@x.example", client="2001:db8::5"))[0] == 200
    assert (await join("cem", "cem@x.example", client="192.0.2.1"))[0] == 200
    assert await state(staff.house.db, None, "ben") == "pending"
    assert await state(staff.house.db, None, "cem") == "active"
    assert (await staff.ask("GET", "/about", client="198.51.100.9")).status == 200, "who may not join may look"


# Single addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("same", ["a.b+c@Mail.example", "AB@mail.example", "a.b.@mail.example"])
def test_what_counts_of_an_address(same):
    assert doors.mail_hash(same) == hashlib.sha256(b"ab@mail.example").hexdigest()


@pytest.mark.both_engines
async def test_an_address(staff, admin, join):
    got = await staff.post(MAILS, admin, email="A.Nna+news@mail.example")
    hashed = hashlib.sha256(b"anna@mail.example").hexdigest()
    assert got == {"id": got["id"], "canonical_email_hash": hashed}
    assert await staff.get(f"{MAILS}/{got['id']}", admin) == got
    assert await staff.get(MAILS, admin) == [got]
    assert await staff.post(f"{MAILS}/test", admin, email="an.na@mail.example") == [got]
    assert await staff.post(f"{MAILS}/test", admin, email="other@mail.example") == []
    status, body = await join("anna", "a.n.n.a@mail.example")
    assert (status, body["details"]["email"][0]["error"]) == (422, "ERR_TAKEN")
    second = await staff.post(MAILS, admin, canonical_email_hash="0" * 64)
    assert [one["id"] for one in await staff.get(f"{MAILS}?limit=1", admin)] == [second["id"]]
    for form, error in (
        ({}, "Canonical email hash is invalid"),
        ({"canonical_email_hash": "xyz"}, "Canonical email hash is invalid"),
        ({"email": "anna@mail.example"}, "Canonical email hash has already been taken"),
    ):
        answer = await staff.ask("POST", MAILS, admin, json=form)
        assert (answer.status, answer.json) == (422, {"error": CAP + error}), form
    answer = await staff.ask("POST", f"{MAILS}/test", admin, json={})
    assert (answer.status, answer.json) == (422, {"error": f"{CAP}Email can't be blank"})
    assert (await staff.ask("DELETE", f"{MAILS}/{got['id']}", admin)).json == {}
    assert (await join("anna", "a.n.n.a@mail.example"))[0] == 200


async def test_who_is_suspended_does_not_join_anew(staff, admin, make, join):
    ada = await make.member("ada")
    await staff.post(f"/api/v1/admin/accounts/{ada.id}/action", admin, type="suspend")
    assert (await join("ada2", "ada+2@mail.example"))[0] == 422
    await staff.post(f"/api/v1/admin/accounts/{ada.id}/unsuspend", admin)
    assert await staff.get(MAILS, admin) == []
    assert (await join("ada2", "ada+2@mail.example"))[0] == 200


# All of them --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "forms"),
    [
        (DOMAINS, [{"domain": f"m{n}.example"} for n in range(4)]),
        (NETS, [{"ip": f"192.0.2.{n}", "severity": "no_access"} for n in range(4)]),
        (MAILS, [{"email": f"m{n}@x.example"} for n in range(4)]),
    ],
)
@pytest.mark.both_engines
async def test_pages(staff, admin, path, forms):
    ids = [(await staff.post(path, admin, **form))["id"] for form in forms]
    of = lambda query: staff.get(f"{path}?{query}", admin)  # noqa: E731
    assert [one["id"] for one in await of("limit=2")] == [ids[3], ids[2]]
    assert [one["id"] for one in await of(f"limit=2&max_id={ids[2]}")] == [ids[1], ids[0]]
    assert [one["id"] for one in await of(f"limit=2&min_id={ids[0]}")] == [ids[2], ids[1]]
    page = await staff.ask("GET", f"{path}?limit=2", admin)
    at = f"http://localhost:3000{path}?limit=2"
    assert page.headers["link"] == f'<{at}&max_id={ids[2]}>; rel="next", <{at}&min_id={ids[3]}>; rel="prev"'
    log = await staff.get("/api/v1/dunnock/admin/log", admin)
    assert len(log) == 4


async def test_moderators_do_not_decide_about_doors(staff, make):
    mod = await make.member(role="moderator")
    for path in (DOMAINS, NETS, MAILS):
        for method, at in (("GET", path), ("POST", path), ("GET", f"{path}/1"), ("DELETE", f"{path}/1")):
            answer = await staff.ask(method, at, mod, json={})
            assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"}), (method, at)
        admin = await make.member(role="admin")
        for method in ("GET", "DELETE"):
            assert (await staff.ask(method, f"{path}/1", admin)).status == 404
