"""Complaints and what staff do about them, with Mastodon.py: from the report to the way back."""

from __future__ import annotations

import datetime as dt

import pytest
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError

from stories.running import until
from stories.test_mastodon_py import ids, well_typed

STAFF = "read write admin:read admin:write"


def test_from_a_report_to_the_way_back(server, boss):
    ann, bad = server.join("ann"), server.join("bad")
    post = bad.api.status_post("buy my things")
    report = well_typed(ann.api.report(bad.id, status_ids=[post], comment="Unwanted", category="spam", forward=False))
    assert (report.category, report.comment, report.forwarded) == ("spam", "Unwanted", False)
    assert (ids([report.target_account]), report.status_ids) == ([bad.id], [str(post.id)])
    told = until(lambda: [one for one in boss.api.notifications(types=["admin.report"]) if one.report.id == report.id])
    assert str(told[0].account.id) == ann.id

    (seen,) = [one for one in well_typed(boss.api.admin_reports()) if one.id == report.id]
    assert ids(seen.statuses) == [str(post.id)]
    assert (seen.account.username, seen.target_account.username) == (ann.name, bad.name)
    assert boss.api.admin_report_assign(report.id).assigned_account.username == boss.name
    assert boss.api.admin_report_unassign(report.id).assigned_account is None

    boss.api.admin_account_moderate(bad.id, action="silence", report_id=report.id, text="Please sell elsewhere.")
    assert boss.api.admin_report(report.id).action_taken
    assert str(post.id) not in ids(ann.api.timeline_public())
    warned = until(lambda: bad.api.notifications(types=["moderation_warning"]))[0].moderation_warning
    assert (warned.action, warned.text, warned.status_ids) == ("silence", "Please sell elsewhere.", [str(post.id)])
    assert well_typed(boss.api.admin_account_unsilence(bad.id)).silenced is False
    assert str(post.id) in ids(ann.api.timeline_public())

    boss.api.admin_account_moderate(bad.id, action="sensitive")
    assert ann.api.status(post).sensitive
    assert boss.api.admin_account_unsensitive(bad.id).sensitized is False
    assert not ann.api.status(post).sensitive

    boss.api.admin_account_moderate(bad.id, action="suspend")
    emptied = well_typed(ann.api.account(bad.id))
    assert (emptied.suspended, emptied.note, emptied.followers_count) == (True, "", 0)
    with pytest.raises(MastodonAPIError, match="403"):
        bad.api.me()
    assert ids(boss.api.admin_accounts_v2(status="suspended", username=bad.name)) == [bad.id]
    assert boss.api.admin_account_unsuspend(bad.id).suspended is False
    assert ann.api.account(bad.id).username == bad.name

    boss.api.admin_account_moderate(bad.id, action="disable")
    assert boss.api.admin_account(bad.id).disabled
    assert boss.api.admin_account_enable(bad.id).disabled is False

    assert not boss.api.admin_report_reopen(report.id).action_taken
    assert boss.api.admin_report_resolve(report.id).action_taken_by_account.username == boss.name
    assert report.id in [one.id for one in boss.api.admin_reports(resolved=True)]

    boss.api.admin_account_moderate(bad.id, action="suspend")
    assert well_typed(boss.api.admin_account_delete(bad.id)).suspended
    with pytest.raises(MastodonNotFoundError):
        boss.api.admin_account_unsuspend(bad.id)


def test_members_do_not_moderate(server, boss):
    ann, ben = server.join("ann"), server.join("ben")
    for token in (ann.token, server.dunnock("members", "token", ann.name, "--scopes", STAFF).split()[-1]):
        api = Mastodon(*server.app, access_token=token, api_base_url=server.url, ratelimit_method="throw")
        for act in (
            api.admin_reports,
            api.admin_accounts_v2,
            lambda api=api: api.admin_account_moderate(ben.id, "suspend"),
        ):
            with pytest.raises(MastodonAPIError):
                act()
    with pytest.raises(MastodonAPIError):
        boss.api.admin_account_moderate(boss.id, action="suspend")


def test_other_servers_and_the_door(server, boss):
    api = boss.api
    block = well_typed(api.admin_create_domain_block("Bad.example", severity="suspend", public_comment="spam"))
    assert (block.domain, block.severity) == ("bad.example", "suspend")
    assert api.admin_update_domain_block(block.id, severity="silence", obfuscate=True).severity == "silence"
    assert api.admin_domain_blocks(block.id).obfuscate
    assert block.id in [one.id for one in well_typed(api.admin_domain_blocks())]
    assert any(
        one.digest == block.digest and "*" in one.domain for one in server.join("ann").api.instance_domain_blocks()
    )
    api.admin_delete_domain_block(block.id)
    assert block.id not in [one.id for one in api.admin_domain_blocks()]

    allow = well_typed(api.admin_create_domain_allow("good.example"))
    assert [one.id for one in api.admin_domain_allows()] == [allow.id]
    assert api.admin_domain_allow(allow.id).domain == "good.example"
    api.admin_delete_domain_allow(allow.id)

    mail = well_typed(api.admin_create_email_domain_block("trash.example"))
    assert len(mail.history) == 7
    assert [one.id for one in api.admin_email_domain_blocks()] == [mail.id]
    api.admin_delete_email_domain_block(mail.id)

    net = well_typed(api.admin_create_ip_block("198.51.100.0/24", "no_access", comment="bots", expires_in=3600))
    assert (net.ip, net.severity, net.comment) == ("198.51.100.0/24", "no_access", "bots")
    assert api.admin_update_ip_block(net.id, severity="sign_up_block").severity == "sign_up_block"
    assert [one.id for one in api.admin_ip_blocks()] == [net.id]
    api.admin_delete_ip_block(net.id)

    one = well_typed(api.admin_create_canonical_email_block(email="a.n.n+x@mail.example"))
    assert [held.id for held in api.admin_test_canonical_email_block("ann@mail.example")] == [one.id]
    assert api.admin_canonical_email_block(one.id).canonical_email_hash == one.canonical_email_hash
    api.admin_delete_canonical_email_block(one.id)


def test_figures(server, boss):
    ann = server.join("ann")
    ann.api.status_favourite(ann.api.status_post("#story"))
    now = dt.datetime.now(dt.UTC)
    span = {"start_at": now - dt.timedelta(days=3), "end_at": now}
    got = {
        one.key: one
        for one in well_typed(
            boss.api.admin_measures(
                **span, active_users=True, new_users=True, interactions=True, opened_reports=True, resolved_reports=True
            )
        )
    }
    assert set(got) == {"active_users", "new_users", "interactions", "opened_reports", "resolved_reports"}
    assert int(got["new_users"].total) >= 2
    assert int(got["interactions"].total) >= 1
    assert len(got["new_users"].data) == 4
    parts = well_typed(
        boss.api.admin_dimensions(**span, languages=True, sources=True, space_usage=True, software_versions=True)
    )
    assert {one.key for one in parts} == {"languages", "sources", "space_usage", "software_versions"}
    cohorts = well_typed(boss.api.admin_retention(**span))
    assert [len(one.data) for one in cohorts] == [4, 3, 2, 1]
