"""Staff and accounts through whole requests: what they see, what they decide, what comes of it at once."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from api.staffed import staffed
from dunnock import accounts, moderation
from dunnock.notifications.tables import notifications

WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
V1, V2, LOG = "/api/v1/admin/accounts", "/api/v2/admin/accounts", "/api/v1/dunnock/admin/log"


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def mod(make):
    return await make.member("mod", role="moderator")


async def test_an_account_is_exact(staff, make, mod):
    ada = await make.member("ada")
    got = await staff.get(f"{V1}/{ada.id}", mod)
    assert WHEN.fullmatch(got.pop("created_at"))
    assert got == {
        "id": str(ada.id), "username": "ada", "domain": None, "email": "ada@mail.example", "ip": None, "ips": [],
        "locale": "en", "invite_request": None, "confirmed": True, "approved": True, "disabled": False,
        "sensitized": False, "silenced": False, "suspended": False,
        "role": (await staff.get("/api/v1/accounts/verify_credentials", ada))["role"],
        "account": await staff.get(f"/api/v1/accounts/{ada.id}"),
    }  # fmt: skip
    assert (got["role"]["id"], got["role"]["permissions"]) == ("-99", "0")
    role = (await staff.get(f"{V1}/{mod.id}", mod))["role"]
    assert (role["id"], role["name"], role["permissions"], role["highlighted"]) == ("1", "Moderator", "66844", True)


async def test_an_account_of_elsewhere_has_no_member(staff, make, mod):
    far = await make.account("far", domain="far.example")
    got = await staff.get(f"{V1}/{far.id}", mod)
    assert got["domain"] == "far.example"
    assert got["account"]["acct"] == "far@far.example"
    for name in ("email", "locale", "invite_request", "role", "confirmed", "approved", "disabled"):
        assert got[name] is None, name


@pytest.mark.both_engines
async def test_who_joined_how(staff, make, mod):
    async with staff.house.db.begin() as tx:
        code = (await accounts.invite(tx, by_member_id=mod.member_id)).code
    app = await make.app(scopes="read write")
    async with staff.house.db.begin() as tx:
        held = await accounts.find_app(tx, app.id)
        _, token = await accounts.make_token(tx, held, scopes="read write", member_id=None, account_id=None)
    from api.kit.driver import call

    for username, invitation in (("ann", code), ("bob", "")):
        form = (
            f"username={username}&email={username}@x.example&password=long%20enough%20words&agreement=1&reason=please"
        )
        answer = await call(
            staff.house.edge, "POST", "/api/v1/accounts", f"{form}&invite_code={invitation}".encode(),
            kind="application/x-www-form-urlencoded", token=token,
        )  # fmt: skip
        assert answer.status == 200, answer
    ann, bob = sorted(await staff.get(f"{V2}?origin=local&limit=2", mod), key=lambda one: one["username"])
    assert (ann["invited_by_account_id"], ann["created_by_application_id"]) == (str(mod.id), str(app.id))
    assert (ann["approved"], ann["invite_request"]) == (True, "please")
    assert (bob["approved"], bob["invite_request"]) == (False, "please")
    assert "invited_by_account_id" not in bob
    assert [one["username"] for one in await staff.get(f"{V2}?invited_by={mod.id}", mod)] == ["ann"]
    assert [one["username"] for one in await staff.get(f"{V1}?pending=1", mod)] == ["bob"]


@pytest.mark.both_engines
async def test_filters(staff, make, mod):
    await make.member("plain")
    await make.member("waits", state="pending")
    await make.member("shut_out", state="disabled")
    await make.member("quiet", standing="limited")
    await make.member("bad", standing="suspended")
    await make.member("marked", sensitized=True)
    await make.account("far", domain="far.example", display_name="Éva Far", name_key="éva far")
    await make.member("boss", role="admin")
    await make.account("erased", standing="deleted")

    async def named(path: str) -> set[str]:
        return {one["username"] for one in await staff.get(path, mod)}

    everybody = {"mod", "plain", "waits", "shut_out", "quiet", "bad", "marked", "far", "boss"}
    assert await named(V2) == await named(V1) == everybody
    tries = [
        (f"{V2}?origin=local", everybody - {"far"}), (f"{V2}?origin=remote", {"far"}),
        (f"{V1}?local=true", everybody - {"far"}), (f"{V1}?remote=true", {"far"}),
        (f"{V2}?status=active", {"mod", "plain", "marked", "far", "boss"}),
        (f"{V1}?active=true", {"mod", "plain", "marked", "far", "boss"}),
        (f"{V2}?status=pending", {"waits"}), (f"{V1}?pending=true", {"waits"}),
        (f"{V2}?status=disabled", {"shut_out"}), (f"{V1}?disabled=true", {"shut_out"}),
        (f"{V2}?status=silenced", {"quiet"}), (f"{V1}?silenced=true", {"quiet"}),
        (f"{V2}?status=suspended", {"bad"}), (f"{V1}?suspended=true", {"bad"}),
        (f"{V1}?sensitized=true", {"marked"}),
        (f"{V2}?permissions=staff", {"mod", "boss"}), (f"{V1}?staff=true", {"mod", "boss"}),
        (f"{V2}?role_ids[]=2", {"boss"}), (f"{V2}?role_ids[]=1&role_ids[]=2", {"mod", "boss"}),
        (f"{V2}?role_ids[]=77", set()), (f"{V2}?invited_by={mod.id}", set()),
        (f"{V2}?username=LAI", {"plain"}), (f"{V2}?username=shut_", {"shut_out"}), (f"{V2}?username=shut%25", set()),
        (f"{V2}?display_name={quote('ÉVA')}", {"far"}), (f"{V2}?by_domain=FAR.example", {"far"}),
        (f"{V2}?email=plain@mail", {"plain"}), (f"{V2}?email=%40", everybody - {"far"}),
        (f"{V2}?ip=203.0.113.9", set()), (f"{V2}?status=nonsense", everybody),
        (f"{V2}?status=suspended&username=plain", set()),
    ]  # fmt: skip
    for path, expected in tries:
        assert await named(path) == expected, path


@pytest.mark.both_engines
async def test_pages(staff, make, mod):
    ids = [str((await make.member()).id) for _ in range(4)]
    of = lambda query: staff.get(f"{V2}?{query}", mod)  # noqa: E731
    assert [one["id"] for one in await of("limit=2")] == [ids[3], ids[2]]
    assert [one["id"] for one in await of(f"limit=2&max_id={ids[2]}")] == [ids[1], ids[0]]
    assert [one["id"] for one in await of(f"limit=2&min_id={ids[0]}")] == [ids[2], ids[1]]
    assert [one["id"] for one in await of(f"since_id={ids[2]}")] == [ids[3]]
    page = await staff.ask("GET", f"{V2}?limit=2&origin=local&permissions=x&role_ids[]=-99", mod)
    at = f"http://localhost:3000{V2}?limit=2&origin=local&role_ids%5B%5D=-99"
    assert page.headers["link"] == f'<{at}&max_id={ids[2]}>; rel="next", <{at}&min_id={ids[3]}>; rel="prev"'


async def test_a_page_costs_as_many_questions_as_one_account(staff, make, mod, monkeypatch):
    for _ in range(12):
        await make.member()
    asked = []
    db = staff.house.db
    for name in ("all", "one", "value", "slow"):
        plain = getattr(db, name)

        def counting(sql, plain=plain, **params):
            asked.append(sql)
            return plain(sql, **params)

        monkeypatch.setattr(db, name, counting)
    counts = []
    for limit in (1, 12):
        await staff.token(mod)
        asked.clear()
        await staff.get(f"{V2}?limit={limit}", mod)
        counts.append(len(asked))
    assert 0 < counts[1] <= counts[0] + 1, counts


async def test_limited_and_back(staff, make, mod, events):
    """Limiting is obeyed at the next read, everywhere, and is taken back whole."""
    ada, reader = await make.member("ada"), await make.member("reader")
    post = await make.post(ada, "hello")
    feed = "/api/v1/timelines/public?local=true"
    assert [one["id"] for one in await staff.get(feed, reader)] == [str(post.id)]
    assert await staff.post(f"{V1}/{ada.id}/action", mod, type="silence", text="Quiet, please.") == {}
    assert await staff.get(feed, reader) == []
    assert (await staff.get(f"/api/v1/accounts/{ada.id}", reader))["limited"] is True
    assert (await staff.get(f"{V1}/{ada.id}", mod))["silenced"] is True
    got = await staff.post(f"{V1}/{ada.id}/unsilence", mod)
    assert got["silenced"] is False
    assert [one["id"] for one in await staff.get(feed, reader)] == [str(post.id)]
    assert "limited" not in await staff.get(f"/api/v1/accounts/{ada.id}", reader)
    kinds = [type(one).__name__ for one in await events()]
    assert kinds == ["StandingChanged", "MemberWarned", "DecisionTaken", "StandingChanged", "DecisionReversed"]


async def test_suspended_and_back(staff, make, mod):
    """SC-054, SC-114: nothing of a suspended account is seen or done, whoever boosted it; follows are kept for its return."""
    ada, reader = await make.member("ada"), await make.member("reader")
    await make.follow(reader, ada)
    post = await make.post(ada, "hello")
    boost = await make.boost(await make.member("fan"), post)
    assert (await staff.ask("GET", "/api/v1/accounts/verify_credentials", ada)).status == 200
    assert [one["id"] for one in await staff.get("/api/v1/timelines/home", reader)] == [str(post.id)]
    await staff.post(f"{V1}/{ada.id}/action", mod, type="suspend")
    shell = await staff.get(f"/api/v1/accounts/{ada.id}", reader)
    told = ("display_name", "note", "fields", "statuses_count", "followers_count", "suspended", "username")
    assert [shell[name] for name in told] == ["", "", [], 0, 0, True, "ada"], "only that they are suspended"
    for path in (f"/api/v1/accounts/{ada.id}/statuses", f"/api/v1/statuses/{post.id}", f"/api/v1/statuses/{boost.id}"):
        for who in (reader, None):
            assert (await staff.ask("GET", path, who)).status == 404, path
    assert await staff.get("/api/v1/timelines/home", reader) == []
    for act in ("favourite", "reblog", "bookmark"):
        assert (await staff.ask("POST", f"/api/v1/statuses/{post.id}/{act}", reader)).status == 404
    assert (await staff.ask("GET", "/api/v1/accounts/verify_credentials", ada)).status == 403
    got = await staff.get(f"{V1}/{ada.id}", mod)
    assert (got["suspended"], got["account"]["suspended"], got["account"]["username"]) == (True, True, "ada")
    assert (await staff.post(f"{V1}/{ada.id}/unsuspend", mod))["suspended"] is False
    assert [one["id"] for one in await staff.get("/api/v1/timelines/home", reader)] == [str(post.id)]
    assert (await staff.get(f"/api/v1/accounts/{ada.id}"))["followers_count"] == 1
    assert (await staff.ask("GET", "/api/v1/accounts/verify_credentials", ada)).status == 200, "apps go on"


@pytest.mark.both_engines
async def test_what_suspended_accounts_did_is_neither_shown_nor_counted(staff, make, mod):
    ada, fan = await make.member("ada"), await make.member("fan")
    post = await make.post(ada, "hello")
    await make.row(
        notifications, id=staff.house.db.new_id(), account_id=ada.id, kind="favourite", from_id=fan.id,
        post_id=post.id, created_at=1, bucket=7,
    )  # fmt: skip

    async def unread():
        paths = ("/api/v1/notifications/unread_count", "/api/v2/notifications/unread_count")
        return [(await staff.get(path, ada))["count"] for path in paths]

    assert await unread() == [1, 1]
    await staff.post(f"{V1}/{fan.id}/action", mod, type="suspend")
    assert (await staff.get("/api/v1/notifications", ada), await unread()) == ([], [0, 0])
    await staff.post(f"{V1}/{fan.id}/unsuspend", mod)
    assert await unread() == [1, 1]


async def test_who_was_limited_before_is_limited_after(staff, make, mod):
    ada = await make.member("ada")
    for kind in ("silence", "suspend"):
        await staff.post(f"{V1}/{ada.id}/action", mod, type=kind)
    got = await staff.post(f"{V1}/{ada.id}/unsuspend", mod)
    assert (got["suspended"], got["silenced"]) == (False, True)
    got = await staff.post(f"{V1}/{ada.id}/unsilence", mod)
    assert (got["suspended"], got["silenced"]) == (False, False)


async def test_sensitive_and_back(staff, make, mod):
    ada = await make.member("ada")
    post = await make.post(ada, "hello")
    shown = lambda: staff.get(f"/api/v1/statuses/{post.id}")  # noqa: E731
    assert (await shown())["sensitive"] is False
    await staff.post(f"{V1}/{ada.id}/action", mod, type="sensitive")
    assert (await shown())["sensitive"] is True
    assert (await staff.get(f"{V1}/{ada.id}", mod))["sensitized"] is True
    assert (await staff.post(f"{V1}/{ada.id}/unsensitive", mod))["sensitized"] is False
    assert (await shown())["sensitive"] is False


async def test_disabled_and_back(staff, make, mod):
    ada = await make.member("ada")
    assert (await staff.ask("GET", "/api/v1/accounts/verify_credentials", ada)).status == 200
    await staff.post(f"{V1}/{ada.id}/action", mod, type="disable")
    refused = await staff.ask("GET", "/api/v1/accounts/verify_credentials", ada)
    assert (refused.status, refused.json) == (403, {"error": "Your login is currently disabled"})
    assert (await staff.get(f"{V1}/{ada.id}", mod))["disabled"] is True
    assert (await staff.get(f"/api/v1/accounts/{ada.id}"))["username"] == "ada", "what they wrote stays"
    assert (await staff.post(f"{V1}/{ada.id}/enable", mod))["disabled"] is False
    assert (await staff.ask("GET", "/api/v1/accounts/verify_credentials", ada)).status == 200


async def test_a_warning_closes_its_report_and_a_measure_all_about_the_account(staff, make, mod):
    ada, ben = await make.member("ada"), await make.member("ben")
    filed = [
        (await staff.post("/api/v1/reports", ada, account_id=str(ben.id), comment=word))["id"]
        for word in ("one", "two")
    ]
    act = f"{V1}/{ben.id}/action"
    waiting = lambda: staff.get("/api/v1/admin/reports", mod)  # noqa: E731
    await staff.post(act, mod, type="none", report_id=filed[0], text="Please don't.")
    assert [one["id"] for one in await waiting()] == [filed[1]]
    third = (await staff.post("/api/v1/reports", ada, account_id=str(ben.id), comment="three"))["id"]
    await staff.post(act, mod, type="sensitive", report_id=third)
    assert await waiting() == []


@pytest.mark.both_engines
async def test_what_is_written_down(staff, make, mod):
    ada, ben = await make.member("ada"), await make.member("ben")
    post = await make.post(ben, "words")
    filed = await staff.post("/api/v1/reports", ada, account_id=str(ben.id), status_ids=[str(post.id)])
    preset = await staff.post(
        "/api/v1/dunnock/admin/warning_presets",
        await make.member(role="admin"),
        title="Spam",
        text="Spam is unwelcome.",
    )
    await staff.post(
        f"{V1}/{ben.id}/action", mod, type="silence", report_id=filed["id"], text="See rule 2.",
        warning_preset_id=preset["id"], send_email_notification=False,
    )  # fmt: skip
    log = await staff.get(f"{LOG}?deeds=true", mod)
    assert [one["act"] for one in log] == ["report.resolve", "account.limit", "preset.add"]
    entry = log[1]
    assert WHEN.fullmatch(entry.pop("at"))
    decision = int(entry.pop("details")["decision"])
    assert entry == {
        "id": entry["id"], "account_id": str(mod.id), "act": "account.limit", "subject_kind": "account",
        "subject_id": str(ben.id), "subject": "ben",
    }  # fmt: skip
    told = await moderation.find_warning(staff.house.db, ben.id, decision)
    assert (told.action, told.text, told.post_ids, told.mail) == (
        "limit", "Spam is unwelcome.\n\nSee rule 2.", (post.id,), False,
    )  # fmt: skip
    with pytest.raises(moderation.DecisionMissing):
        await moderation.find_warning(staff.house.db, ada.id, decision)
    assert (await staff.ask("GET", LOG, ada)).status == 403


async def test_presets(staff, make, mod):
    at, admin = "/api/v1/dunnock/admin/warning_presets", await make.member(role="admin")
    made = await staff.post(at, admin, title=" T ", text=" words ")
    assert made == {"id": made["id"], "title": "T", "text": "words"}
    assert await staff.get(at, mod) == [made]
    assert (await staff.ask("POST", at, mod, json={"text": "x"})).status == 403
    for form in ({}, {"text": "x" * 5001}, {"text": "x", "title": "x" * 101}):
        assert (await staff.ask("POST", at, admin, json=form)).status == 422
    assert (await staff.ask("DELETE", f"{at}/{made['id']}", admin)).json == {}
    assert (await staff.ask("DELETE", f"{at}/{made['id']}", admin)).status == 404
    assert await staff.get(at, mod) == []


async def test_refused_actions(staff, make, mod, events):
    ada, ben, far = await make.member("ada"), await make.member("ben"), await make.account("far", domain="far.example")
    about_ada = (await staff.post("/api/v1/reports", ben, account_id=str(ada.id)))["id"]
    before = await events()
    tries = [
        (ada, {}, 422, "Validation failed: Type is not included in the list"),
        (ada, {"type": "shout"}, 422, "Validation failed: Type is not included in the list"),
        (ada, {"type": "delete_posts"}, 422, "Validation failed: Type is not included in the list"),
        (far, {"type": "disable"}, 422, "Validation failed: Type is not included in the list"),
        (far, {"type": "none"}, 422, "Validation failed: Type is not included in the list"),
        (ada, {"type": "silence", "text": "x" * 10_001}, 422,
         "Validation failed: Text is too long (maximum is 10000 characters)"),
        (ada, {"type": "silence", "report_id": "1"}, 404, "Record not found"),
        (ben, {"type": "silence", "report_id": about_ada}, 404, "Record not found"),
        (ada, {"type": "silence", "warning_preset_id": "1"}, 404, "Record not found"),
    ]  # fmt: skip
    for who, form, status, error in tries:
        answer = await staff.ask("POST", f"{V1}/{who.id}/action", mod, json=form)
        assert (answer.status, answer.json) == (status, {"error": error}), form
    for act in ("action", "approve", "reject", "enable", "unsensitive", "unsilence", "unsuspend"):
        assert (await staff.ask("POST", f"{V1}/1/{act}", mod, json={"type": "suspend"})).status == 404, act
    for method in ("GET", "DELETE"):
        answer = await staff.ask(method, f"{V1}/1", await make.member(role="admin"))
        assert answer.status == 404
    assert await events() == before
    assert [one["act"] for one in await staff.get(f"{LOG}?deeds=true", mod)] == []


async def test_only_lower_roles_and_never_oneself(staff, make):
    """SC-059: the ranks hold, whoever asks by whatever way."""
    roles = ("member", "moderator", "admin", "owner")
    people = {role: (await make.member(role=role), await make.member(role=role)) for role in roles}
    for mine in roles:
        for theirs in roles:
            for target in people[theirs]:
                me = people[mine][0]
                allowed = mine != "member" and roles.index(mine) > roles.index(theirs)
                for act in ("action", "unsilence"):
                    answer = await staff.ask("POST", f"{V1}/{target.id}/{act}", me, json={"type": "silence"})
                    expected = (200, None) if allowed else (403, "This action is not allowed")
                    assert (answer.status, answer.json.get("error")) == expected, (mine, theirs, act)


async def test_approve_and_reject(staff, make, mod):
    ann, bob, ada = await make.member("ann", state="pending"), await make.member("bob", state="pending"), None
    assert (await staff.post(f"{V1}/{ann.id}/approve", mod))["approved"] is True
    assert (await staff.ask("GET", "/api/v1/accounts/verify_credentials", ann)).status == 200
    got = await staff.post(f"{V1}/{bob.id}/reject", mod)
    assert (got["id"], got["suspended"], got["disabled"]) == (str(bob.id), True, True)
    ada = await make.member("ada")
    for act in ("approve", "reject"):
        for who, status in ((ann, 403), (ada, 403), (bob, 404)):
            assert (await staff.ask("POST", f"{V1}/{who.id}/{act}", mod)).status == status, (act, who)
    assert [one["act"] for one in await staff.get(f"{LOG}?deeds=true", mod)] == ["account.refuse", "account.approve"]


async def test_deletion_needs_a_suspension_and_the_right(staff, make, mod, events):
    ada, admin = await make.member("ada"), await make.member(role="admin")
    assert (await staff.ask("DELETE", f"{V1}/{ada.id}", admin)).status == 403, "not suspended"
    await staff.post(f"{V1}/{ada.id}/action", mod, type="suspend")
    assert (await staff.ask("DELETE", f"{V1}/{ada.id}", mod)).status == 403, "moderators delete nothing"
    answer = await staff.ask("DELETE", f"{V1}/{ada.id}", admin)
    assert (answer.status, answer.json["suspended"]) == (200, True)
    assert (await events())[-1] == moderation.DeletionOrdered(account_id=ada.id)
    answer = await staff.ask("DELETE", f"{V1}/{ada.id}", admin)
    assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"}), "deleted already"
    for act in ("unsuspend", "action"):
        assert (await staff.ask("POST", f"{V1}/{ada.id}/{act}", admin, json={"type": "none"})).status == 404
    assert (await staff.ask("GET", f"/api/v1/accounts/{ada.id}")).status == 404


async def test_taking_back_twice_changes_and_writes_nothing(staff, make, mod, events):
    ada = await make.member("ada")
    for act in ("unsilence", "unsensitive", "enable"):
        assert (await staff.ask("POST", f"{V1}/{ada.id}/{act}", mod)).status == 200
    answer = await staff.ask("POST", f"{V1}/{ada.id}/unsuspend", mod)
    assert (answer.status, answer.json) == (403, {"error": "This action is not allowed"})  # as Mastodon
    assert await events() == []
    assert await staff.get(f"{LOG}?deeds=true", mod) == []


async def test_who_may_look(staff, make):
    for role, status in (("member", 403), ("moderator", 200), ("admin", 200), ("owner", 200)):
        one = await make.member(role=role)
        for path in (V1, V2, f"{V1}/{one.id}"):
            answer = await staff.ask("GET", path, one)
            assert answer.status == status, (role, path)


async def test_the_log_pages(staff, make, mod):
    for _ in range(3):
        await staff.post(f"{V1}/{(await make.member()).id}/action", mod, type="none")
    ids = [one["id"] for one in await staff.get(LOG, mod)]
    assert ids == sorted(ids, key=int, reverse=True)
    assert [one["id"] for one in await staff.get(f"{LOG}?limit=1&max_id={ids[0]}", mod)] == [ids[1]]
    page = await staff.ask("GET", f"{LOG}?limit=1", mod)
    at = f"http://localhost:3000{LOG}?limit=1"
    assert page.headers["link"] == f'<{at}&max_id={ids[0]}>; rel="next", <{at}&min_id={ids[0]}>; rel="prev"'
