"""No door of staff gets around the second person: an owner alone tries every one of them on a protected account.

Commands on the server: tests/cli/test_members_second.py. DISARM drill D04.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.staffed import staffed
from api.test_doors_agree import DOORS
from api.test_rights import API
from dunnock import moderation, posts
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.integrity import rules
from dunnock.integrity.meetings.tables import media_stop_hits
from dunnock.integrity.rules import meet
from dunnock.media.tables import media_stops

V1, OURS = "/api/v1/admin", "/api/v1/dunnock/admin"
NO_ACCOUNT = (  # what these change is no account
    "announcements", "block_lists", "canonical_email_blocks", "domain_allows", "domain_blocks", "email_domain_blocks", "emoji",
    "invitations", "ip_blocks", "jobs", "posting_stops", "relays", "releases", "rules", "settings", "spared_servers", "tags",
    "indicator_feeds", "text_stops", "texts", "trends", "warning_presets", "measures", "dimensions", "retention", "cases",
    "server_notes", "networks", "signals", "protected_names", "asset_blocks", "government_requests", "collections",
    "watch_rules", "network_edits", "media_stops", "origin_holds", "raids", "custom_feeds", "ranking_audits",
)  # fmt: skip
ONLY_READ = (
    "protect",
    "assign_to_self",
    "unassign",
    "resolve",
    "reopen",
    "assign",
    "messages",
    "pass_on",
)  # the account is as it was, or safer
TRIES = {  # route -> what is sent, once for each
    f"DELETE {V1}/accounts/{{id}}": [{}],
    f"POST {V1}/accounts/{{id}}/action": [
        {"type": one} for one in ("none", "sensitive", "disable", "silence", "suspend")
    ],
    f"POST {V1}/accounts/{{id}}/approve": [{}],
    f"POST {V1}/accounts/{{id}}/reject": [{}],
    f"POST {V1}/accounts/{{id}}/enable": [{}],
    f"POST {V1}/accounts/{{id}}/unsensitive": [{}],
    f"POST {V1}/accounts/{{id}}/unsilence": [{}],
    f"POST {V1}/accounts/{{id}}/unsuspend": [{}],
    f"PATCH {V1}/reports/{{id}}": [{"category": "spam"}],
    f"PUT {V1}/reports/{{id}}": [{"category": "other"}],
    f"PATCH {OURS}/reports/{{id}}": [{"severity": 3}],
    f"POST {OURS}/reports/{{id}}/delete_statuses": [{}],
    f"DELETE {OURS}/accounts/{{id}}/labels": [{"kind": "official"}],
    f"POST {OURS}/accounts/{{id}}/labels": [{"kind": "context", "text": "A bird"}],
    f"POST {OURS}/accounts/{{id}}/role": [{"role": one} for one in ("moderator", "admin")],
    f"POST {OURS}/accounts/{{id}}/age": [{"age": "16_17"}],
    f"POST {OURS}/accounts/{{id}}/reset_factors": [{}],
    f"POST {OURS}/accounts/{{id}}/sign_out": [{}],
    f"POST {OURS}/accounts/{{id}}/unprotect": [{}],
    f"POST {OURS}/decisions": [{"action": one, "account_ids": ["ID"]} for one in ("limit", "suspend", "disable")],
    f"POST {OURS}/decisions/{{id}}/undo": [{}],
    f"POST {OURS}/decisions/{{id}}/take_over": [{}],
    f"POST {OURS}/watch_hits/release": [{"ids": ["HIT"]}],
    f"POST {OURS}/watch_hits/refuse": [{"ids": ["HIT"], "reason": "x"}],
    f"POST {OURS}/media_stop_hits/release": [{"ids": ["SHOWN"]}],
    f"POST {OURS}/media_stop_hits/refuse": [{"ids": ["SHOWN"], "reason": "x"}],
    f"POST {OURS}/requests/{{id}}/approve": [{"digest": "0" * 64, "password": "x"}],
    f"POST {OURS}/requests/{{id}}/refuse": [{}],
    f"POST {OURS}/appeals/{{id}}/approve": [{}],
    f"POST {OURS}/appeals/{{id}}/reject": [{}],
    f"POST {OURS}/verifiers": [{"account_id": "ACCOUNT", "what": "a nest"}],
    f"DELETE {OURS}/verifiers/{{id}}": [{}],
    f"POST {OURS}/lookalikes": [{"account_id": "ACCOUNT", "name_id": "1", "impostor": True}],
    f"POST {OURS}/persona_turns/{{id}}/settle": [{"restore": True}],
}


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


async def state(db, account_id):
    """All that belongs to the account and its member."""
    asked = (
        f"SELECT standing, sensitized, protected, labels, username FROM accounts WHERE id = {account_id}",
        f"SELECT role, state, password_hash, email FROM members WHERE account_id = {account_id}",
        f"SELECT id, deleted_at, visibility FROM posts WHERE author_id = {account_id} ORDER BY id",
        f"SELECT t.id, t.revoked_at FROM tokens t JOIN members m ON m.id = t.member_id WHERE m.account_id = {account_id}",
        "SELECT member_id, confirmed_at FROM totps",
    )
    return [list(map(tuple, await db.all(Sql(text(one))))) for one in asked]


def test_every_route_that_changes_something_is_thought_of():
    routes = {one for one in API if not one.startswith("GET") and (f" {V1}/" in one or f" {OURS}/" in one)}
    rest = {one for one in routes if not any(f"/admin/{name}" in one for name in NO_ACCOUNT)}
    assert {one for one in rest if one.rpartition("/")[2] not in ONLY_READ} == set(TRIES)
    assert {page for page in DOORS if "account" in page} == {"/admin/accounts", "/admin/accounts/{id}"}


async def test_an_owner_alone_changes_nothing_of_a_protected_account(db, staff, make):
    boss, star = await make.member("boss", role="owner"), await make.member("star", protected=True)
    await make.member("ada", role="admin")
    robin, post = await make.member("robin"), await make.post(star, "hello")
    await staff.token(star)
    async with db.begin() as tx:
        complaint = moderation.Complaint(target_id=star.id, post_ids=(post.id,))
        report = (await moderation.file_report(tx, complaint, by=robin.id)).id
        await tx.run(Sql(text(f"UPDATE accounts SET sensitized = TRUE WHERE id = {star.id}")))
        rule = await rules.write_rule(tx, rules.Written(name="A", condition="kind = post", effect="limit"), by=boss.id)
        await tx.run(Sql(text(f"UPDATE watch_rules SET state = 'live' WHERE id = {rule}")))
        await meet.meet_post(tx, posts.PostPublished(post.id, star.id, "public"))
    [hit] = [one.id for one in await rules.waiting_hits(db, by=boss.id)]
    stop = await make.row(media_stops, id=db.new_id(), effect="limit", why="x", by_account_id=boss.id)
    shown = await make.row(
        media_stop_hits, id=db.new_id(), stop_id=stop.id, post_id=post.id, media_id=1, account_id=star.id, apart=0,
        state="waiting",
    )  # fmt: skip
    before = await state(db, star.id)
    for route, bodies in TRIES.items():
        method, _, path = route.partition(" ")
        for body in bodies:
            named = {"ACCOUNT": str(star.id)}
            sent = {
                name: [str(star.id)]
                if value == ["ID"]
                else [str(hit)]
                if value == ["HIT"]
                else [str(shown.id)]
                if value == ["SHOWN"]
                else named.get(str(value), value)
                for name, value in body.items()
            }
            answer = await staff.ask(
                method, path.replace("{id}", str(report if "reports" in path else star.id)), boss, json=sent
            )
            assert answer.status in {200, 403, 404, 422}, (route, answer)
            await Jobs(staff.house.db, moderation.JOBS).settle()
            assert await state(db, star.id) == before, route
    asked = {one.kind for one in await moderation.open_requests(db, by=boss.id)}
    assert asked >= {
        "decision",
        "delete_posts",
        "factors",
        "label",
        "role",
        "sign_out",
        "take_back",
        "unlabel",
        "unprotect",
        "verifier",
    }
    for standing in ("limited", "suspended"):
        async with db.begin() as tx:
            await tx.run(Sql(text(f"UPDATE accounts SET standing = '{standing}' WHERE id = {star.id}")))
        before = await state(db, star.id)
        for route in (
            f"DELETE {V1}/accounts/ID",
            f"POST {V1}/accounts/ID/unsuspend",
            f"POST {V1}/accounts/ID/unsilence",
        ):
            method, _, path = route.partition(" ")
            assert (await staff.ask(method, path.replace("ID", str(star.id)), boss, json={})).status == 403
            assert await state(db, star.id) == before, route
