"""What a page of staff can do, a program can do: each form of the pages beside the endpoints that do the same."""

from __future__ import annotations

import re
from importlib import resources

from api.page_rights import MEMBERS_FORMS
from api.test_rights import API

ADMIN, OURS = "/api/v1/admin", "/api/v1/dunnock/admin"
ACCOUNT, CASE, LIST = f"{OURS}/accounts/{{id}}", f"{OURS}/cases/{{id}}", f"{OURS}/block_lists/{{id}}"
FEED = f"{OURS}/indicator_feeds/{{id}}"
ACTION = f"POST {ADMIN}/accounts/{{id}}/action"
REPORT = {
    "resolve": f"POST {ADMIN}/reports/{{id}}/resolve", "reopen": f"POST {ADMIN}/reports/{{id}}/reopen",
    "take": f"POST {ADMIN}/reports/{{id}}/assign_to_self", "unassign": f"POST {ADMIN}/reports/{{id}}/unassign",
    "assign": f"POST {OURS}/reports/{{id}}/assign", "severity": f"PATCH {OURS}/reports/{{id}}",
    "delete_posts": f"POST {OURS}/reports/{{id}}/delete_statuses", "none": ACTION, "sensitive": ACTION, "disable": ACTION,
    "limit": ACTION, "suspend": ACTION,
}  # fmt: skip
REVIEW = {
    "approve": (
        f"PATCH {ADMIN}/tags/{{id}}", f"POST {ADMIN}/trends/statuses/{{id}}/approve",
        f"POST {ADMIN}/trends/links/{{id}}/approve",
    ),
    "reject": (
        f"PATCH {ADMIN}/tags/{{id}}", f"POST {ADMIN}/trends/statuses/{{id}}/reject",
        f"POST {ADMIN}/trends/links/{{id}}/reject",
    ),
}  # fmt: skip
HITS = {one: f"POST {OURS}/watch_hits/{one}" for one in ("release", "refuse")}
DOORS: dict[str, dict[str, str | tuple[str, ...]]] = {
    "/admin/accounts": dict.fromkeys(("none", "sensitive", "limit", "disable", "suspend"), f"POST {OURS}/decisions"),
    "/admin/accounts/{id}": {
        "none": ACTION, "sensitive": ACTION, "limit": ACTION, "disable": ACTION, "suspend": ACTION,
        "unsensitive": f"POST {ADMIN}/accounts/{{id}}/unsensitive", "unlimit": f"POST {ADMIN}/accounts/{{id}}/unsilence",
        "enable": f"POST {ADMIN}/accounts/{{id}}/enable", "unsuspend": f"POST {ADMIN}/accounts/{{id}}/unsuspend",
        "approve": f"POST {ADMIN}/accounts/{{id}}/approve", "refuse": f"POST {ADMIN}/accounts/{{id}}/reject",
        "delete": f"DELETE {ADMIN}/accounts/{{id}}", "role": f"POST {ACCOUNT}/role",
        "age": f"POST {ACCOUNT}/age", "reset_factors": f"POST {ACCOUNT}/reset_factors", "sign_out": f"POST {ACCOUNT}/sign_out",
        "label": f"POST {ACCOUNT}/labels", "unlabel": f"DELETE {ACCOUNT}/labels", "protect": f"POST {ACCOUNT}/protect",
        "unprotect": f"POST {ACCOUNT}/unprotect",
    },
    "/admin/announcements": {
        "add": f"POST {OURS}/announcements", "change": f"PUT {OURS}/announcements/{{id}}",
        "remove": f"DELETE {OURS}/announcements/{{id}}",
    },
    "/admin/appeals": {"grant": f"POST {OURS}/appeals/{{id}}/approve", "reject": f"POST {OURS}/appeals/{{id}}/reject"},
    "/admin/block-lists": {
        "follow": f"POST {OURS}/block_lists", "spare": f"POST {OURS}/spared_servers",
        "spare_no_longer": f"DELETE {OURS}/spared_servers",
    },
    "/admin/block-lists/{id}": {
        "adopt": f"POST {LIST}/adopt", "dismiss": f"POST {LIST}/dismiss", "change": f"PUT {LIST}",
        "fetch": f"POST {LIST}/fetch", "trust": f"POST {LIST}/fetch", "unfollow": f"DELETE {LIST}",
        "discard": f"DELETE {LIST}",
    },
    "/admin/cases": {"": f"POST {OURS}/cases"},
    "/admin/cases/{id}": {
        "change": f"PATCH {CASE}", "close": f"PATCH {CASE}", "open": f"PATCH {CASE}", "take": f"PATCH {CASE}",
        "add": f"POST {CASE}/subjects", "part": f"PATCH {CASE}/subjects", "drop": f"DELETE {CASE}/subjects",
        "note": f"POST {CASE}/notes", "link": f"POST {CASE}/links", "preview": f"GET {CASE}",
        "decide": f"POST {OURS}/decisions", "undo": f"POST {OURS}/decisions/{{id}}/undo",
        "take_over": f"POST {OURS}/decisions/{{id}}/take_over", "stop_media": f"POST {OURS}/media_stops",
        "techniques": f"PATCH {CASE}", "delete_posts": f"POST {CASE}/delete_statuses",
    },
    "/admin/doors": {
        "block_domain": f"POST {ADMIN}/email_domain_blocks", "unblock_domain": f"DELETE {ADMIN}/email_domain_blocks/{{id}}",
        "block_mail": f"POST {ADMIN}/canonical_email_blocks", "try_mail": f"POST {ADMIN}/canonical_email_blocks/test",
        "unblock_mail": f"DELETE {ADMIN}/canonical_email_blocks/{{id}}", "block_network": f"POST {ADMIN}/ip_blocks",
        "unblock_network": f"DELETE {ADMIN}/ip_blocks/{{id}}",
    },
    "/admin/emergency": {
        "stop": f"POST {OURS}/posting_stops", "resume": f"DELETE {OURS}/posting_stops/{{id}}",
        "stop_text": f"POST {OURS}/text_stops", "resume_text": f"DELETE {OURS}/text_stops/{{id}}",
    },
    "/admin/emoji": {
        "add": f"POST {OURS}/emoji", "change": f"PUT {OURS}/emoji/{{id}}", "remove": f"DELETE {OURS}/emoji/{{id}}",
    },
    "/admin/reports/{id}/talk": {
        "write": f"POST {OURS}/reports/{{id}}/messages", "pass_on": f"POST {OURS}/reports/{{id}}/messages/{{id}}/pass_on",
    },
    "/admin/server-notes": {"write": f"POST {OURS}/server_notes", "drop": f"DELETE {OURS}/server_notes/{{id}}"},
    "/admin/indicators": {
        "publish": f"PUT {OURS}/settings/{{id}}", "stop": f"PUT {OURS}/settings/{{id}}",
        "follow": f"POST {OURS}/indicator_feeds",
    },
    "/admin/indicators/{id}": {
        "accept": f"POST {FEED}/accept", "dismiss": f"POST {FEED}/dismiss", "fetch": f"POST {FEED}/fetch",
        "trust": f"POST {FEED}/trust", "unfollow": f"DELETE {FEED}",
    },
    "/admin/invitations": {"invite": f"POST {OURS}/invitations", "end": f"DELETE {OURS}/invitations/{{id}}"},
    "/admin/jobs": {"": f"POST {OURS}/jobs/revive"},
    "/admin/feeds": dict.fromkeys(("remove", "restore", "keep"), f"POST {OURS}/custom_feeds/{{id}}"),
    "/admin/government": {
        "record": f"POST {OURS}/government_requests", "answer": f"POST {OURS}/government_requests/{{id}}/answer",
    },
    "/admin/identity": {
        "protect": f"POST {OURS}/protected_names", "unprotect": f"DELETE {OURS}/protected_names/{{id}}",
        "impostor": f"POST {OURS}/lookalikes", "genuine": f"POST {OURS}/lookalikes",
        "same": f"POST {OURS}/persona_turns/{{id}}/settle", "turned": f"POST {OURS}/persona_turns/{{id}}/settle",
        "return": f"POST {OURS}/signals/{{id}}/judge", "no_return": f"POST {OURS}/signals/{{id}}/judge",
        "case": f"POST {OURS}/cases",
    },
    "/admin/verifiers": {"name": f"POST {OURS}/verifiers", "end": f"DELETE {OURS}/verifiers/{{id}}"},
    "/admin/integrity/{id}": {
        **dict.fromkeys(("confirmed", "dismissed"), f"POST {OURS}/networks/{{id}}/judge"),
        **{one: f"POST {OURS}/networks/{{id}}/{one}" for one in ("merge", "split")},
        **dict.fromkeys(("split_core", "split_amplifier"), f"POST {OURS}/networks/{{id}}/split"),
        "undo_edit": f"POST {OURS}/network_edits/{{id}}/undo",
    },
    "/admin/integrity/detectors/{id}": dict.fromkeys(
        ("open", "confirmed", "dismissed"), f"POST {OURS}/signals/{{id}}/judge"
    ),
    "/admin/watch-rules": {
        "write": f"POST {OURS}/watch_rules",
    } | HITS,
    "/admin/raids": {"end_hold": f"POST {OURS}/origin_holds/{{id}}/end"},
    "/admin/raids/{id}": {one: f"POST {OURS}/raids/{{id}}/{one}" for one in ("end", "leave_out")},
    "/admin/watch-rules/{id}": {
        "change": f"PUT {OURS}/watch_rules/{{id}}",
        **{one: f"POST {OURS}/watch_rules/{{id}}/{one}" for one in ("dry", "live", "end")},
    } | HITS,
    "/admin/stopped-media": {
        "stop": f"POST {OURS}/media_stops", "lift": f"DELETE {OURS}/media_stops/{{id}}",
        **{one: f"POST {OURS}/media_stop_hits/{one}" for one in ("release", "refuse")},
    },
    "/admin/money": {"block": f"POST {OURS}/asset_blocks", "unblock": f"DELETE {OURS}/asset_blocks/{{id}}"},
    "/admin/relays": {
        "add": f"POST {OURS}/relays", "enable": f"POST {OURS}/relays/{{id}}/enable",
        "disable": f"POST {OURS}/relays/{{id}}/disable", "remove": f"DELETE {OURS}/relays/{{id}}",
    },
    "/admin/ranking-audits": {"": f"POST {OURS}/ranking_audits"},
    "/admin/releases": {"": f"POST {OURS}/releases/{{id}}/publish"},
    "/admin/reports": REPORT,
    "/admin/reports/{id}": REPORT,
    "/admin/requests": {"approve": f"POST {OURS}/requests/{{id}}/approve", "refuse": f"POST {OURS}/requests/{{id}}/refuse"},
    "/admin/rules": {
        "add": f"POST {OURS}/rules", "change": f"PUT {OURS}/rules/{{id}}", "remove": f"DELETE {OURS}/rules/{{id}}",
        "up": f"POST {OURS}/rules/{{id}}/move", "down": f"POST {OURS}/rules/{{id}}/move",
    },
    "/admin/servers": {
        "block": f"POST {ADMIN}/domain_blocks", "change": f"PUT {ADMIN}/domain_blocks/{{id}}",
        "unblock": f"DELETE {ADMIN}/domain_blocks/{{id}}", "allow": f"POST {ADMIN}/domain_allows",
        "disallow": f"DELETE {ADMIN}/domain_allows/{{id}}", "import": f"POST {ADMIN}/domain_blocks",
    },
    "/admin/settings": {"save": f"PUT {OURS}/settings/{{id}}", "reset": f"DELETE {OURS}/settings/{{id}}"},
    "/admin/sign-ups": {
        "approve": f"POST {ADMIN}/accounts/{{id}}/approve", "refuse": f"POST {ADMIN}/accounts/{{id}}/reject",
    },
    "/admin/texts": {
        "about": f"PUT {OURS}/texts/about", "privacy": f"PUT {OURS}/texts/privacy", "terms": f"POST {OURS}/texts/terms",
    },
    "/admin/trends": REVIEW,
    "/admin/trends/starters": {
        "choose": f"POST {OURS}/collections/{{id}}/starter", "drop": f"DELETE {OURS}/collections/{{id}}/starter",
    },
    "/admin/warnings": {
        "add": f"POST {OURS}/warning_presets", "remove": f"DELETE {OURS}/warning_presets/{{id}}",
    },
}  # fmt: skip
"""Page -> what its form does -> the endpoints that do it."""


def test_every_form_of_staff_has_an_endpoint():
    forms = {one.removeprefix("POST ") for one in MEMBERS_FORMS if one.startswith("POST /admin")}
    assert forms == set(DOORS)
    for page, acts in DOORS.items():
        for act, endpoints in acts.items():
            for one in (endpoints,) if isinstance(endpoints, str) else endpoints:
                assert one in API, f"{page} {act}: {one} is not served"
                assert API[one].who in {"staff", "member"}


def test_every_button_of_these_pages_is_in_the_table():
    known = {act for acts in DOORS.values() for act in acts}
    found = set()
    for path in resources.files("dunnock.web").joinpath("templates/admin").iterdir():
        found |= set(re.findall(r'name="(?:what|decision)" value="([a-z_]+)"', path.read_text("utf-8")))
    assert len(found) > 40
    assert found <= known
