"""Who may call what: one table for every route of the running app, tried with no, wrong, too little and enough right.

A route that is not in the table fails, so nothing is served that nobody thought about (SC-043, SC-046, SC-129).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from litestar.handlers import HTTPRouteHandler

from api.kit.driver import Answer, call
from api.page_rights import MEMBERS_FORMS, MEMBERS_PAGES, OPEN_PAGES
from dunnock import accounts
from dunnock.accounts import scopes as known
from dunnock.app.build import build
from dunnock.app.settings import load


class Right(NamedTuple):
    """`who`: member (a member's token), staff (one whose role may), app (any token), all (nobody is asked for one)."""

    who: str
    scopes: tuple[str, ...] = ()


def member(*scopes: str) -> Right:
    return Right("member", scopes)


def staff(*scopes: str) -> Right:
    return Right("staff", scopes)


def app(*scopes: str) -> Right:
    return Right("app", scopes)


def everybody(*scopes: str) -> Right:
    return Right("all", scopes)


# Source: Mastodon's documentation, method by method ("OAuth: ..."); ours are marked.
API: dict[str, Right] = {
    "GET /api/openapi.json": everybody(),  # ours
    "GET /api/v1/accounts": everybody("read:accounts"),
    "POST /api/v1/accounts": app("write:accounts"),
    "GET /api/v1/accounts/familiar_followers": member("read:follows"),
    "GET /api/v1/accounts/lookup": everybody("read:accounts"),
    "GET /api/v1/accounts/relationships": member("read:follows"),
    "GET /api/v1/accounts/search": member("read:accounts"),
    "PATCH /api/v1/accounts/update_credentials": member("write:accounts"),
    "PUT /api/v1/accounts/update_credentials": member("write:accounts"),
    "GET /api/v1/accounts/verify_credentials": member("profile", "read:accounts"),
    "GET /api/v1/accounts/{id}": everybody("read:accounts"),
    "POST /api/v1/accounts/{id}/block": member("write:blocks"),
    "POST /api/v1/accounts/{id}/follow": member("write:follows"),
    "GET /api/v1/accounts/{id}/followers": everybody("read:accounts"),
    "GET /api/v1/accounts/{id}/following": everybody("read:accounts"),
    "GET /api/v1/accounts/{id}/identity_proofs": member(),
    "GET /api/v1/accounts/{id}/lists": member("read:lists"),
    "POST /api/v1/accounts/{id}/mute": member("write:mutes"),
    "POST /api/v1/accounts/{id}/note": member("write:accounts"),
    "POST /api/v1/accounts/{id}/remove_from_followers": member("write:follows"),
    "GET /api/v1/accounts/{id}/statuses": everybody("read:statuses"),
    "POST /api/v1/accounts/{id}/unblock": member("write:blocks"),
    "POST /api/v1/accounts/{id}/unfollow": member("write:follows"),
    "POST /api/v1/accounts/{id}/unmute": member("write:mutes"),
    "GET /api/v1/admin/accounts": staff("admin:read:accounts"),
    "DELETE /api/v1/admin/accounts/{id}": staff("admin:write:accounts"),
    "GET /api/v1/admin/accounts/{id}": staff("admin:read:accounts"),
    "POST /api/v1/admin/accounts/{id}/action": staff("admin:write:accounts"),
    "POST /api/v1/admin/accounts/{id}/approve": staff("admin:write:accounts"),
    "POST /api/v1/admin/accounts/{id}/enable": staff("admin:write:accounts"),
    "POST /api/v1/admin/accounts/{id}/reject": staff("admin:write:accounts"),
    "POST /api/v1/admin/accounts/{id}/unsensitive": staff("admin:write:accounts"),
    "POST /api/v1/admin/accounts/{id}/unsilence": staff("admin:write:accounts"),
    "POST /api/v1/admin/accounts/{id}/unsuspend": staff("admin:write:accounts"),
    "GET /api/v1/admin/canonical_email_blocks": staff("admin:read:canonical_email_blocks"),
    "POST /api/v1/admin/canonical_email_blocks": staff("admin:write:canonical_email_blocks"),
    "DELETE /api/v1/admin/canonical_email_blocks/{id}": staff("admin:write:canonical_email_blocks"),
    "GET /api/v1/admin/canonical_email_blocks/{id}": staff("admin:read:canonical_email_blocks"),
    "POST /api/v1/admin/canonical_email_blocks/test": staff("admin:read:canonical_email_blocks"),
    "GET /api/v1/admin/domain_allows": staff("admin:read:domain_allows"),
    "POST /api/v1/admin/domain_allows": staff("admin:write:domain_allows"),
    "DELETE /api/v1/admin/domain_allows/{id}": staff("admin:write:domain_allows"),
    "GET /api/v1/admin/domain_allows/{id}": staff("admin:read:domain_allows"),
    "GET /api/v1/admin/domain_blocks": staff("admin:read:domain_blocks"),
    "POST /api/v1/admin/domain_blocks": staff("admin:write:domain_blocks"),
    "DELETE /api/v1/admin/domain_blocks/{id}": staff("admin:write:domain_blocks"),
    "GET /api/v1/admin/domain_blocks/{id}": staff("admin:read:domain_blocks"),
    "PATCH /api/v1/admin/domain_blocks/{id}": staff("admin:write:domain_blocks"),
    "PUT /api/v1/admin/domain_blocks/{id}": staff("admin:write:domain_blocks"),
    "GET /api/v1/admin/email_domain_blocks": staff("admin:read:email_domain_blocks"),
    "POST /api/v1/admin/email_domain_blocks": staff("admin:write:email_domain_blocks"),
    "DELETE /api/v1/admin/email_domain_blocks/{id}": staff("admin:write:email_domain_blocks"),
    "GET /api/v1/admin/email_domain_blocks/{id}": staff("admin:read:email_domain_blocks"),
    "GET /api/v1/admin/ip_blocks": staff("admin:read:ip_blocks"),
    "POST /api/v1/admin/ip_blocks": staff("admin:write:ip_blocks"),
    "DELETE /api/v1/admin/ip_blocks/{id}": staff("admin:write:ip_blocks"),
    "GET /api/v1/admin/ip_blocks/{id}": staff("admin:read:ip_blocks"),
    "PATCH /api/v1/admin/ip_blocks/{id}": staff("admin:write:ip_blocks"),
    "PUT /api/v1/admin/ip_blocks/{id}": staff("admin:write:ip_blocks"),
    "POST /api/v1/admin/dimensions": staff("admin:read"),
    "POST /api/v1/admin/measures": staff("admin:read"),
    "POST /api/v1/admin/retention": staff("admin:read"),
    "GET /api/v1/admin/reports": staff("admin:read:reports"),
    "GET /api/v1/admin/reports/{id}": staff("admin:read:reports"),
    "PATCH /api/v1/admin/reports/{id}": staff("admin:write:reports"),
    "PUT /api/v1/admin/reports/{id}": staff("admin:write:reports"),
    "POST /api/v1/admin/reports/{id}/assign_to_self": staff("admin:write:reports"),
    "POST /api/v1/admin/reports/{id}/reopen": staff("admin:write:reports"),
    "POST /api/v1/admin/reports/{id}/resolve": staff("admin:write:reports"),
    "POST /api/v1/admin/reports/{id}/unassign": staff("admin:write:reports"),
    "POST /api/v1/apps": everybody(),
    "GET /api/v1/announcements": member(),
    "POST /api/v1/announcements/{id}/dismiss": member("write:accounts"),
    "DELETE /api/v1/announcements/{id}/reactions/{id}": member("write:favourites"),
    "PUT /api/v1/announcements/{id}/reactions/{id}": member("write:favourites"),
    "GET /api/v1/apps/verify_credentials": app(),
    "GET /api/v1/blocks": member("read:blocks"),
    "GET /api/v1/bookmarks": member("read:bookmarks"),
    "GET /api/v1/custom_emojis": everybody(),
    "DELETE /api/v1/domain_blocks": member("write:blocks"),
    "GET /api/v1/domain_blocks": member("read:blocks"),
    "POST /api/v1/domain_blocks": member("write:blocks"),
    "GET /api/v1/dunnock/accounts/{id}/personas": everybody("read:accounts"),  # ours
    "GET /api/v1/dunnock/auto_delete": member("read:statuses"),  # ours
    "PATCH /api/v1/dunnock/auto_delete": member("write:statuses"),  # ours
    "PUT /api/v1/dunnock/auto_delete": member("write:statuses"),  # ours
    "GET /api/v1/dunnock/held_statuses": member("read:statuses"),  # ours
    "POST /api/v1/dunnock/held_statuses/{id}/object": member("write:statuses"),  # ours
    "GET /api/v1/dunnock/quiet_time": member("read:notifications"),  # ours
    "PUT /api/v1/dunnock/quiet_time": member("write:notifications"),  # ours
    "GET /api/v1/dunnock/drafts": member("read:statuses"),  # ours
    "POST /api/v1/dunnock/drafts": member("write:statuses"),  # ours
    "DELETE /api/v1/dunnock/drafts/{id}": member("write:statuses"),  # ours
    "GET /api/v1/dunnock/drafts/{id}": member("read:statuses"),  # ours
    "PUT /api/v1/dunnock/drafts/{id}": member("write:statuses"),  # ours
    "POST /api/v1/dunnock/threads": member("write:statuses"),  # ours
    "GET /api/v1/dunnock/feeds": member("read:lists"),  # ours
    "POST /api/v1/dunnock/feeds": member("write:lists"),  # ours
    "POST /api/v1/dunnock/feeds/preview": member("read:lists"),  # ours
    "GET /api/v1/dunnock/feeds/{id}": member("read:lists"),  # ours
    "PATCH /api/v1/dunnock/feeds/{id}": member("write:lists"),  # ours
    "PUT /api/v1/dunnock/feeds/{id}": member("write:lists"),  # ours
    "DELETE /api/v1/dunnock/feeds/{id}": member("write:lists"),  # ours
    "GET /api/v1/dunnock/feeds/directory": member("read:lists"),  # ours
    "POST /api/v1/dunnock/feeds/{id}/report": member("write:reports"),  # ours
    "GET /api/v1/dunnock/feeds/{id}/timeline": member("read:lists"),  # ours
    "POST /api/v1/dunnock/feeds/{id}/subscribe": member("write:lists"),  # ours
    "POST /api/v1/dunnock/feeds/{id}/unsubscribe": member("write:lists"),  # ours
    "GET /api/v1/dunnock/feeds/catch_up": member("read:statuses"),  # ours
    "GET /api/v1/dunnock/feeds/for_you": member("read:statuses"),  # ours
    "GET /api/v1/dunnock/feeds/for_you/receipts/{id}": member("read:statuses"),  # ours
    "GET /api/v1/dunnock/feeds/for_you/choices": member("read:accounts"),  # ours
    "PUT /api/v1/dunnock/feeds/for_you/choices": member("write:accounts"),  # ours
    "PATCH /api/v1/dunnock/feeds/for_you/choices": member("write:accounts"),  # ours
    "POST /api/v1/dunnock/feeds/for_you/less": member("write:accounts"),  # ours
    "POST /api/v1/dunnock/feeds/for_you/reset": member("write:accounts"),  # ours
    "GET /api/v1/dunnock/feeds/for_you/weights": member("read:accounts"),  # ours
    "GET /api/v1/dunnock/searches": member("read:lists"),  # ours
    "POST /api/v1/dunnock/searches": member("write:lists"),  # ours
    "DELETE /api/v1/dunnock/searches/{id}": member("write:lists"),  # ours
    "GET /api/v1/dunnock/searches/{id}": member("read:lists"),  # ours
    "PATCH /api/v1/dunnock/searches/{id}": member("write:lists"),  # ours
    "PUT /api/v1/dunnock/searches/{id}": member("write:lists"),  # ours
    "GET /api/v1/dunnock/trends/held": everybody(),  # ours
    "GET /api/v1/dunnock/trends/tags/{id}": everybody(),  # ours
    "GET /api/v1/dunnock/trends/statuses/{id}": everybody("read:statuses"),  # ours
    "GET /api/v1/dunnock/trends/links": everybody(),  # ours
    "GET /api/v1/dunnock/admin/log": staff("admin:read"),  # ours
    "GET /api/v1/dunnock/admin/judged_servers": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/reports": staff("admin:read:reports"),  # ours
    "PATCH /api/v1/dunnock/admin/reports/{id}": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/announcements": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/announcements": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/announcements/{id}": staff("admin:write"),  # ours
    "PUT /api/v1/dunnock/admin/announcements/{id}": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/block_lists": staff("admin:read:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/block_lists": staff("admin:write:domain_blocks"),  # ours
    "DELETE /api/v1/dunnock/admin/block_lists/{id}": staff("admin:write:domain_blocks"),  # ours
    "PUT /api/v1/dunnock/admin/block_lists/{id}": staff("admin:write:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/block_lists/{id}/adopt": staff("admin:write:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/block_lists/{id}/dismiss": staff("admin:write:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/block_lists/{id}/fetch": staff("admin:write:domain_blocks"),  # ours
    "GET /api/v1/dunnock/admin/block_lists/{id}/servers": staff("admin:read:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/emoji": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/emoji/{id}": staff("admin:write"),  # ours
    "PUT /api/v1/dunnock/admin/emoji/{id}": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/invitations": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/invitations": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/invitations/{id}": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/jobs/revive": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/relays": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/relays": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/relays/{id}": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/relays/{id}/disable": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/relays/{id}/enable": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/indicator_feeds": staff("admin:read:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/indicator_feeds": staff("admin:write:domain_blocks"),  # ours
    "DELETE /api/v1/dunnock/admin/indicator_feeds/{id}": staff("admin:write:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/indicator_feeds/{id}/accept": staff("admin:write:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/indicator_feeds/{id}/dismiss": staff("admin:write:domain_blocks"),  # ours
    "GET /api/v1/dunnock/admin/indicator_feeds/{id}/entries": staff("admin:read:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/indicator_feeds/{id}/fetch": staff("admin:write:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/indicator_feeds/{id}/trust": staff("admin:write:domain_blocks"),  # ours
    "GET /api/v1/dunnock/admin/reports/{id}/messages": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/reports/{id}/messages": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/reports/{id}/messages/{id}/pass_on": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/server_notes": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/server_notes": staff("admin:write:reports"),  # ours
    "DELETE /api/v1/dunnock/admin/server_notes/{id}": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/indicators": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/ranking_audits": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/releases": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/releases/{id}/publish": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/rules": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/rules/{id}": staff("admin:write"),  # ours
    "PUT /api/v1/dunnock/admin/rules/{id}": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/rules/{id}/move": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/settings/{id}": staff("admin:write"),  # ours
    "PUT /api/v1/dunnock/admin/settings/{id}": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/spared_servers": staff("admin:write:domain_blocks"),  # ours
    "GET /api/v1/dunnock/admin/spared_servers": staff("admin:read:domain_blocks"),  # ours
    "POST /api/v1/dunnock/admin/spared_servers": staff("admin:write:domain_blocks"),  # ours
    "PUT /api/v1/dunnock/admin/texts/about": staff("admin:write"),  # ours
    "PUT /api/v1/dunnock/admin/texts/privacy": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/texts/terms": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/accounts/{id}/labels": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/accounts/{id}/labels": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/accounts/{id}/protect": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/accounts/{id}/reset_factors": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/accounts/{id}/age": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/accounts/{id}/role": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/accounts/{id}/sign_out": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/accounts/{id}/unprotect": staff("admin:write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/appeals": staff("admin:read:accounts"),  # ours
    "POST /api/v1/dunnock/admin/appeals/{id}/approve": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/appeals/{id}/reject": staff("admin:write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/cases": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/cases": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/cases/{id}": staff("admin:read:reports"),  # ours
    "PATCH /api/v1/dunnock/admin/cases/{id}": staff("admin:write:reports"),  # ours
    "PUT /api/v1/dunnock/admin/cases/{id}": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/cases/{id}/decisions": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/cases/{id}/links": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/cases/{id}/notes": staff("admin:write:reports"),  # ours
    "DELETE /api/v1/dunnock/admin/cases/{id}/subjects": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/cases/{id}/subjects": staff("admin:read:reports"),  # ours
    "PATCH /api/v1/dunnock/admin/cases/{id}/subjects": staff("admin:write:reports"),  # ours
    "PUT /api/v1/dunnock/admin/cases/{id}/subjects": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/cases/{id}/subjects": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/decisions": staff("admin:write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/decisions/{id}": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/decisions/{id}/take_over": staff("admin:write:accounts"),  # ours
    "POST /api/v1/dunnock/admin/decisions/{id}/undo": staff("admin:write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/posting_stops": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/posting_stops": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/posting_stops/{id}": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/reports/{id}/assign": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/reports/{id}/delete_statuses": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/cases/{id}/delete_statuses": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/requests": staff("admin:read"),  # ours
    "GET /api/v1/dunnock/admin/requests/{id}": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/requests/{id}/approve": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/requests/{id}/refuse": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/text_stops": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/text_stops": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/text_stops/{id}": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/origin_holds": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/origin_holds/{id}/end": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/raids": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/raids/{id}": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/raids/{id}/end": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/raids/{id}/leave_out": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/techniques": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/watch_rules": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/watch_rules": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/watch_rules/{id}": staff("admin:read:reports"),  # ours
    "PUT /api/v1/dunnock/admin/watch_rules/{id}": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/watch_rules/{id}/dry": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/watch_rules/{id}/live": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/watch_rules/{id}/end": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/watch_rules/{id}/hits": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/watch_hits": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/watch_hits/release": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/watch_hits/refuse": staff("admin:write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/media_stops": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/media_stops": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/media_stops/{id}": staff("admin:read:reports"),  # ours
    "DELETE /api/v1/dunnock/admin/media_stops/{id}": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/media_stops/{id}/hits": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/media_stop_hits": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/media_stop_hits/release": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/media_stop_hits/refuse": staff("admin:write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/accounts/{id}/fingerprint": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/detectors/weeks": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/lookalikes/{id}/{id}": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/returns/{id}": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/networks": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/networks/{id}": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/networks/{id}/graph": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/networks/{id}/timeline": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/networks/{id}/edits": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/networks/{id}/merge": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/networks/{id}/split": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/network_edits/{id}/undo": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/networks/{id}/judge": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/signals": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/signals/{id}/judge": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/detectors": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/protected_names": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/protected_names": staff("admin:write:reports"),  # ours
    "DELETE /api/v1/dunnock/admin/protected_names/{id}": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/lookalikes": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/lookalikes": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/persona_turns": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/persona_turns/{id}/settle": staff("admin:write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/assets": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/asset_graph": staff("admin:read:reports"),  # ours
    "GET /api/v1/dunnock/admin/asset_blocks": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/asset_blocks": staff("admin:write:reports"),  # ours
    "DELETE /api/v1/dunnock/admin/asset_blocks/{id}": staff("admin:write:reports"),  # ours
    "GET /api/v1/dunnock/admin/custom_feeds": staff("admin:read:reports"),  # ours
    "POST /api/v1/dunnock/admin/custom_feeds/{id}": staff("admin:write:reports"),  # ours
    "POST /api/v1/dunnock/admin/verifiers": staff("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/verifiers/{id}": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/domain_handle": member("read:accounts"),  # ours
    "POST /api/v1/dunnock/domain_handle": member("write:accounts"),  # ours
    "DELETE /api/v1/dunnock/domain_handle": member("write:accounts"),  # ours
    "GET /api/v1/dunnock/verifiers": everybody("read:accounts"),  # ours
    "GET /api/v1/dunnock/verifiers/{id}/attestations": everybody("read:accounts"),  # ours
    "GET /api/v1/dunnock/attestations": member("read:accounts"),  # ours
    "DELETE /api/v1/dunnock/attestations/{id}": member("write:accounts"),  # ours
    "POST /api/v1/dunnock/accounts/{id}/attestation": member("write:accounts"),  # ours
    "DELETE /api/v1/dunnock/accounts/{id}/attestation": member("write:accounts"),  # ours
    "GET /api/v1/dunnock/admin/government_requests": staff("admin:read"),  # ours
    "POST /api/v1/dunnock/admin/government_requests": staff("admin:write"),  # ours
    "POST /api/v1/dunnock/admin/government_requests/{id}/answer": staff("admin:write"),  # ours
    "GET /api/v1/dunnock/admin/warning_presets": staff("admin:read:accounts"),  # ours
    "POST /api/v1/dunnock/admin/warning_presets": staff("admin:write:accounts"),  # ours
    "DELETE /api/v1/dunnock/admin/warning_presets/{id}": staff("admin:write:accounts"),  # ours
    "GET /api/v1/favourites": member("read:favourites"),
    "GET /api/v2/filters": member("read:filters"),
    "POST /api/v2/filters": member("write:filters"),
    "GET /api/v2/filters/{id}": member("read:filters"),
    "PUT /api/v2/filters/{id}": member("write:filters"),
    "PATCH /api/v2/filters/{id}": member("write:filters"),
    "DELETE /api/v2/filters/{id}": member("write:filters"),
    "GET /api/v1/filters": member("read:filters"),
    "POST /api/v1/filters": member("write:filters"),
    "GET /api/v1/filters/{id}": member("read:filters"),
    "PUT /api/v1/filters/{id}": member("write:filters"),
    "PATCH /api/v1/filters/{id}": member("write:filters"),
    "DELETE /api/v1/filters/{id}": member("write:filters"),
    "GET /api/v2/filters/{id}/keywords": member("read:filters"),
    "POST /api/v2/filters/{id}/keywords": member("write:filters"),
    "GET /api/v2/filters/keywords/{id}": member("read:filters"),
    "PUT /api/v2/filters/keywords/{id}": member("write:filters"),
    "PATCH /api/v2/filters/keywords/{id}": member("write:filters"),
    "DELETE /api/v2/filters/keywords/{id}": member("write:filters"),
    "GET /api/v2/filters/{id}/statuses": member("read:filters"),
    "POST /api/v2/filters/{id}/statuses": member("write:filters"),
    "GET /api/v2/filters/statuses/{id}": member("read:filters"),
    "DELETE /api/v2/filters/statuses/{id}": member("write:filters"),
    "GET /api/v1/follow_requests": member("read:follows"),
    "POST /api/v1/follow_requests/{id}/authorize": member("write:follows"),
    "POST /api/v1/follow_requests/{id}/reject": member("write:follows"),
    "GET /api/v1/instance": everybody(),
    "GET /api/v1/instance/activity": everybody(),
    "GET /api/v1/instance/domain_blocks": everybody(),
    "GET /api/v1/instance/extended_description": everybody(),
    "GET /api/v1/instance/languages": everybody(),
    "GET /api/v1/instance/peers": everybody(),
    "GET /api/v1/instance/privacy_policy": everybody(),
    "GET /api/v1/instance/terms_of_service": everybody(),
    "GET /api/v1/instance/terms_of_service/{id}": everybody(),
    "GET /api/v1/instance/rules": everybody(),
    "GET /api/v1/instance/translation_languages": everybody(),
    "GET /api/v1/instance/thumbnail.png": everybody(),  # ours
    "GET /api/v1/instance/thumbnail@2x.png": everybody(),  # ours
    "GET /api/v1/peers/search": everybody(),
    "GET /api/oembed": everybody(),
    "GET /api/v1/lists": member("read:lists"),
    "POST /api/v1/lists": member("write:lists"),
    "DELETE /api/v1/lists/{id}": member("write:lists"),
    "GET /api/v1/lists/{id}": member("read:lists"),
    "PATCH /api/v1/lists/{id}": member("write:lists"),
    "PUT /api/v1/lists/{id}": member("write:lists"),
    "DELETE /api/v1/lists/{id}/accounts": member("write:lists"),
    "GET /api/v1/lists/{id}/accounts": member("read:lists"),
    "POST /api/v1/lists/{id}/accounts": member("write:lists"),
    "GET /api/v1/markers": member("read:statuses"),
    "POST /api/v1/markers": member("write:statuses"),
    "POST /api/v1/media": member("write:media"),
    "DELETE /api/v1/media/{id}": member("write:media"),
    "GET /api/v1/media/{id}": member("write:media"),
    "PATCH /api/v1/media/{id}": member("write:media"),
    "PUT /api/v1/media/{id}": member("write:media"),
    "GET /api/v1/mutes": member("read:mutes"),
    "GET /api/v1/dunnock/notifications/settings": member("read:notifications"),  # ours
    "PATCH /api/v1/dunnock/notifications/settings": member("write:notifications"),  # ours
    "PUT /api/v1/dunnock/notifications/settings": member("write:notifications"),  # ours
    "GET /api/v1/notifications": member("read:notifications"),
    "POST /api/v1/notifications/clear": member("write:notifications"),
    "DELETE /api/v1/notifications/destroy_multiple": member("write:notifications"),
    "POST /api/v1/notifications/dismiss": member("write:notifications"),
    "GET /api/v1/notifications/policy": member("read:notifications"),
    "PATCH /api/v1/notifications/policy": member("write:notifications"),
    "PUT /api/v1/notifications/policy": member("write:notifications"),
    "GET /api/v1/notifications/requests": member("read:notifications"),
    "GET /api/v1/dunnock/notification_requests/{id}/statuses": member("read:notifications"),  # ours
    "POST /api/v1/dunnock/notification_requests/{id}/statuses/{id}/release": member("write:notifications"),  # ours
    "POST /api/v1/notifications/requests/accept": member("write:notifications"),
    "POST /api/v1/notifications/requests/dismiss": member("write:notifications"),
    "GET /api/v1/notifications/requests/merged": member("read:notifications"),
    "GET /api/v1/notifications/requests/{id}": member("read:notifications"),
    "POST /api/v1/notifications/requests/{id}/accept": member("write:notifications"),
    "POST /api/v1/notifications/requests/{id}/dismiss": member("write:notifications"),
    "GET /api/v1/notifications/unread_count": member("read:notifications"),
    "DELETE /api/v1/notifications/{id}": member("write:notifications"),
    "GET /api/v1/notifications/{id}": member("read:notifications"),
    "POST /api/v1/notifications/{id}/dismiss": member("write:notifications"),
    "GET /api/v1/preferences": member("read:accounts"),
    "GET /api/v1/profile": member("profile", "read:accounts"),
    "PATCH /api/v1/profile": member("write:accounts"),
    "PUT /api/v1/profile": member("write:accounts"),
    "DELETE /api/v1/profile/avatar": member("write:accounts"),
    "DELETE /api/v1/profile/header": member("write:accounts"),
    "GET /api/v1/polls/{id}": everybody("read:statuses"),
    "POST /api/v1/polls/{id}/votes": member("write:statuses"),
    "GET /api/v1/scheduled_statuses": member("read:statuses"),
    "DELETE /api/v1/scheduled_statuses/{id}": member("write:statuses"),
    "GET /api/v1/scheduled_statuses/{id}": member("read:statuses"),
    "PATCH /api/v1/scheduled_statuses/{id}": member("write:statuses"),
    "PUT /api/v1/scheduled_statuses/{id}": member("write:statuses"),
    "POST /api/v1/reports": member("write:reports"),
    "GET /api/v1/dunnock/reports": member("read:reports"),  # ours
    "GET /api/v1/dunnock/reports/{id}": member("read:reports"),  # ours
    "DELETE /api/v1/push/subscription": member("push"),
    "GET /api/v1/push/subscription": member("push"),
    "PATCH /api/v1/push/subscription": member("push"),
    "POST /api/v1/push/subscription": member("push"),
    "PUT /api/v1/push/subscription": member("push"),
    "GET /api/v1/statuses": everybody("read:statuses"),
    "POST /api/v1/statuses": member("write:statuses"),
    "DELETE /api/v1/statuses/{id}": member("write:statuses"),
    "GET /api/v1/statuses/{id}": everybody("read:statuses"),
    "PATCH /api/v1/statuses/{id}": member("write:statuses"),
    "PUT /api/v1/statuses/{id}": member("write:statuses"),
    "POST /api/v1/statuses/{id}/bookmark": member("write:bookmarks"),
    "GET /api/v1/statuses/{id}/card": everybody("read:statuses"),
    "GET /api/v1/statuses/{id}/context": everybody("read:statuses"),
    "POST /api/v1/statuses/{id}/favourite": member("write:favourites"),
    "GET /api/v1/statuses/{id}/favourited_by": everybody("read:statuses"),
    "GET /api/v1/statuses/{id}/history": everybody("read:statuses"),
    "PATCH /api/v1/statuses/{id}/interaction_policy": member("write:statuses"),
    "PUT /api/v1/statuses/{id}/interaction_policy": member("write:statuses"),
    "POST /api/v1/statuses/{id}/mute": member("write:mutes"),
    "POST /api/v1/statuses/{id}/pin": member("write:accounts"),
    "GET /api/v1/statuses/{id}/quotes": member("read:statuses"),
    "POST /api/v1/statuses/{id}/quotes/{id}/revoke": member("write:statuses"),
    "POST /api/v1/statuses/{id}/reblog": member("write:statuses"),
    "GET /api/v1/statuses/{id}/reblogged_by": everybody("read:statuses"),
    "GET /api/v1/statuses/{id}/source": app("read:statuses"),
    "POST /api/v1/statuses/{id}/translate": app("read:statuses"),
    "POST /api/v1/statuses/{id}/unbookmark": member("write:bookmarks"),
    "POST /api/v1/statuses/{id}/unfavourite": member("write:favourites"),
    "POST /api/v1/statuses/{id}/unmute": member("write:mutes"),
    "POST /api/v1/statuses/{id}/unpin": member("write:accounts"),
    "POST /api/v1/statuses/{id}/unreblog": member("write:statuses"),
    "GET /api/v1/accounts/{id}/featured_tags": everybody("read:accounts"),
    "DELETE /api/v1/featured_tags/{id}": member("write:accounts"),
    "GET /api/v1/featured_tags": member("read:accounts"),
    "POST /api/v1/featured_tags": member("write:accounts"),
    "GET /api/v1/featured_tags/suggestions": member("read:accounts"),
    "GET /api/v1/conversations": member("read:statuses"),
    "DELETE /api/v1/conversations/{id}": member("write:conversations"),
    "POST /api/v1/conversations/{id}/read": member("write:conversations"),
    "POST /api/v1/conversations/{id}/unread": member("write:conversations"),
    "GET /api/v1/timelines/direct": member("read:statuses"),
    "GET /api/v1/emails/check_confirmation": member("read:accounts"),
    "POST /api/v1/emails/confirmations": member("write:accounts"),
    "GET /api/v1/endorsements": member("read:accounts"),
    "GET /api/v1/accounts/{id}/endorsements": everybody("read:accounts"),
    "POST /api/v1/accounts/{id}/endorse": member("write:accounts"),
    "POST /api/v1/accounts/{id}/pin": member("write:accounts"),
    "POST /api/v1/accounts/{id}/unendorse": member("write:accounts"),
    "POST /api/v1/accounts/{id}/unpin": member("write:accounts"),
    "GET /api/v1/domain_blocks/preview": member("write:blocks"),
    "GET /api/v1/followed_tags": member("read:follows"),
    "GET /api/v1/tags/{id}": everybody(),
    "POST /api/v1/tags/{id}/feature": member("write:accounts"),
    "POST /api/v1/tags/{id}/follow": member("write:follows"),
    "POST /api/v1/tags/{id}/unfeature": member("write:accounts"),
    "POST /api/v1/tags/{id}/unfollow": member("write:follows"),
    "GET /api/v1/timelines/home": member("read:statuses"),
    "GET /api/v1/timelines/link": everybody("read:statuses"),
    "GET /api/v1/timelines/list/{id}": member("read:lists"),
    "GET /api/v1/timelines/public": everybody("read:statuses"),
    "GET /api/v1/timelines/tag/{id}": everybody("read:statuses"),
    "GET /api/v2/admin/accounts": staff("admin:read:accounts"),
    "GET /api/v2/instance": everybody(),
    "POST /api/v2/media": member("write:media"),
    "GET /api/v1/admin/tags": member("admin:read"),
    "GET /api/v1/admin/tags/{id}": member("admin:read"),
    "PATCH /api/v1/admin/tags/{id}": member("admin:write"),
    "PUT /api/v1/admin/tags/{id}": member("admin:write"),
    "GET /api/v1/admin/trends/statuses": member("admin:read"),
    "POST /api/v1/admin/trends/statuses/{id}/approve": member("admin:write"),
    "POST /api/v1/admin/trends/statuses/{id}/reject": member("admin:write"),
    "GET /api/v1/admin/trends/tags": member("admin:read"),
    "POST /api/v1/admin/trends/tags/{id}/approve": member("admin:write"),
    "POST /api/v1/admin/trends/tags/{id}/reject": member("admin:write"),
    "GET /api/v1/trends": everybody(),
    "GET /api/v1/trends/statuses": everybody("read:statuses"),
    "GET /api/v1/trends/tags": everybody(),
    "GET /api/v1/dunnock/collections/starters": everybody("read:collections"),  # ours
    "POST /api/v1/dunnock/collections/{id}/follow": member("write:follows"),  # ours
    "GET /api/v1/dunnock/collections/{id}/follow": member("read:follows"),  # ours
    "POST /api/v1/dunnock/admin/collections/{id}/starter": member("admin:write"),  # ours
    "DELETE /api/v1/dunnock/admin/collections/{id}/starter": member("admin:write"),  # ours
    "GET /api/v1/accounts/{id}/collections": everybody("read:collections"),
    "GET /api/v1/accounts/{id}/in_collections": member("read:collections"),
    "POST /api/v1/collections": member("write:collections"),
    "GET /api/v1/collections/{id}": everybody("read:collections"),
    "PATCH /api/v1/collections/{id}": member("write:collections"),
    "PUT /api/v1/collections/{id}": member("write:collections"),
    "DELETE /api/v1/collections/{id}": member("write:collections"),
    "POST /api/v1/collections/{id}/items": member("write:collections"),
    "DELETE /api/v1/collections/{id}/items/{id}": member("write:collections"),
    "POST /api/v1/collections/{id}/items/{id}/revoke": member("write:collections"),
    "GET /api/v1/admin/trends/links": member("admin:read"),
    "POST /api/v1/admin/trends/links/{id}/approve": member("admin:write"),
    "POST /api/v1/admin/trends/links/{id}/reject": member("admin:write"),
    "GET /api/v1/admin/trends/links/publishers": member("admin:read"),
    "POST /api/v1/admin/trends/links/publishers/{id}/approve": member("admin:write"),
    "POST /api/v1/admin/trends/links/publishers/{id}/reject": member("admin:write"),
    "GET /api/v1/trends/links": everybody(),
    "GET /api/v1/directory": everybody("read:accounts"),
    "GET /api/v1/suggestions": member("read:accounts"),
    "DELETE /api/v1/suggestions/{id}": member("read:accounts", "write:accounts"),
    "GET /api/v2/suggestions": member("read:accounts"),
    "GET /api/v1/search": member("read:search"),
    "GET /api/v2/notifications": member("read:notifications"),
    "POST /api/v2/notifications/clear": member("write:notifications"),
    "GET /api/v2/notifications/policy": member("read:notifications"),
    "PATCH /api/v2/notifications/policy": member("write:notifications"),
    "PUT /api/v2/notifications/policy": member("write:notifications"),
    "GET /api/v2/notifications/unread_count": member("read:notifications"),
    "GET /api/v2/notifications/{id}": member("read:notifications"),
    "GET /api/v2/notifications/{id}/accounts": member("read:notifications", "write:notifications"),
    "POST /api/v2/notifications/{id}/dismiss": member("write:notifications"),
    "GET /api/v2_alpha/notifications": member("read:notifications"),
    "GET /api/v2_alpha/notifications/unread_count": member("read:notifications"),
    "GET /api/v2_alpha/notifications/{id}": member("read:notifications"),
    "POST /api/v2_alpha/notifications/{id}/dismiss": member("write:notifications"),
    "GET /api/v2/search": everybody("read:search"),
    "POST /oauth/revoke": everybody(),
    "POST /oauth/token": everybody(),
    "GET /api/v1_alpha/async_refreshes/{id}": member("read"),  # ours
    "GET /api/v1/dunnock/export/{id}": member("read"),  # ours
    "GET /api/v1/dunnock/imports": member("read"),  # ours
    "POST /api/v1/dunnock/imports": member("write"),  # ours
    "GET /api/v1/dunnock/imports/{id}": member("read"),  # ours
    "DELETE /api/v1/dunnock/imports/{id}": member("write"),  # ours
    "POST /api/v1/dunnock/imports/{id}/confirm": member("write"),  # ours
    "POST /api/v1/dunnock/imports/{id}/retry": member("write"),  # ours
    "GET /api/v1/dunnock/imports/{id}/rows": member("read"),  # ours
    "GET /api/v1/dunnock/imports/{id}/failures.csv": member("read"),  # ours
    "GET /api/v1/dunnock/archives": member("read"),  # ours
    "POST /api/v1/dunnock/archives": member("write"),  # ours
    "GET /api/v1/dunnock/archives/{id}": member("read"),  # ours
    "GET /api/v1/dunnock/archives/{id}/file": member("read"),  # ours
    "DELETE /api/v1/dunnock/account": member("write"),  # ours
    "GET /oauth/userinfo": member("profile"),
    "POST /oauth/userinfo": member("profile"),
}
LANE_ONLY = {
    "GET /.well-known/webfinger", "GET /.well-known/host-meta", "GET /avatars/original/missing.png",
    "GET /headers/original/missing.png", "GET /media/{id}", "POST /inbox", "POST /actor/inbox", "POST /users/{id}/inbox",
    "GET /inbox", "GET /actor/inbox", "GET /users/{id}/inbox",
}  # fmt: skip
# Who may hear them is tried in tests/api/streaming: what the lane answers there never ends.
STREAMS = {
    f"GET /api/v1/streaming{path}"
    for path in (
        "", "/", "/health", "/user", "/user/notification", "/public", "/public/local", "/public/remote", "/hashtag",
        "/hashtag/local", "/list", "/direct",
    )
}  # fmt: skip


@pytest.fixture
async def house(database_url, tmp_path):
    settings = load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True})
    built = await build(settings)
    yield built
    await built.close()


@pytest.fixture
async def bearer(house, make):
    """Makes tokens: `await bearer(scopes)` of a member, `await bearer(scopes, None)` of the app itself."""
    row = await make.app(scopes=" ".join(known.KNOWN))
    one = await make.member("ada", role="owner")

    async def made(scopes, whose: Any = one) -> str:
        async with house.db.begin() as tx:
            held = await accounts.find_app(tx, row.id)
            member_id, account_id = (None, None) if whose is None else (whose.member_id, whose.id)
            _, raw = await accounts.make_token(
                tx, held, scopes=" ".join(scopes), member_id=member_id, account_id=account_id
            )
            return raw

    return made


def routes(house) -> set[str]:
    found = set()
    for route in house.edge.app.app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:
            assert isinstance(handler, HTTPRouteHandler), f"{route.path}: the table has no column for this kind"
            found |= {f"{method} {shape(route.path_format)}" for method in handler.http_methods - {"OPTIONS", "HEAD"}}
    return found


def lane(house) -> set[str]:
    held = house.edge.app.lane
    found = {f"{method} {path}" for method, paths in held._exact.items() for path in paths}
    return found | {
        f"{method} {prefix}{{id}}{suffix}"
        for method, shaped in held._shaped.items()
        for prefix, _, suffixes in shaped
        for suffix in suffixes
    }


def shape(path: str) -> str:
    return "/".join("{id}" if part.startswith("{") else part for part in path.split("/"))


def too_little(right: Right) -> list[str]:
    """Every scope but those that would do."""
    return [one for one in known.KNOWN if not any(known.covers((one,), wanted) for wanted in right.scopes)]


def enough(right: Right) -> list[tuple[str, ...]]:
    """Each single scope that must do."""
    return [(one,) for one in known.KNOWN if any(known.covers((one,), wanted) for wanted in right.scopes)] or [()]


async def ask(house, route: str, token: str | None) -> list[Answer]:
    """The route's answers: by the fast lane, where it has one, and by the router behind it."""
    method, path = route.split()
    path = path.replace("{id}", "1")
    answers = [await call(house.edge, method, path, token=token)]
    if route in lane(house):
        answers.append(await call(house.edge, method, f"{path}/", token=token))
    for answer in answers:
        assert answer.status < 500, (route, answer)
    return answers


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["error"]


NO_TOKEN = (401, "The access token is invalid")
NO_SCOPE = (403, "This action is outside the authorized scopes")
NO_POWER = (403, "This action is not allowed")
NO_MEMBER = (422, "This method requires an authenticated user")


def nobody(right: Right) -> tuple[int, str]:
    """What a stranger hears; staff's routes say as Mastodon's that it is not allowed."""
    return NO_POWER if right.scopes and all(one.startswith("admin:") for one in right.scopes) else NO_TOKEN


def passed(answer: Answer) -> bool:
    if answer.status == 403 and refusal(answer)[1].startswith("This method is only available "):
        return True  # the handler's own word: to the app that one joined with, while one is unconfirmed
    return answer.status not in {401, 403} and (answer.status < 400 or refusal(answer) != NO_MEMBER)


async def test_every_route_is_in_the_table(house):
    table = set(API) | OPEN_PAGES | MEMBERS_PAGES | MEMBERS_FORMS
    assert routes(house) - table == set()
    assert table - routes(house) == set()
    # The fast lane stands before the router: what both serve is tried on both, what only the lane serves is public.
    assert lane(house) - table == LANE_ONLY | STREAMS


async def test_without_a_token(house):
    for route, right in API.items():
        for answer in await ask(house, route, None):
            if right.who == "all":
                if not route.startswith("POST /oauth/"):  # these ask for the app's own secret
                    assert passed(answer), (route, answer)
            else:
                assert refusal(answer) == nobody(right), (route, answer)
                if answer.status == 401:
                    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_with_a_token_that_never_was(house):
    for route, right in API.items():
        for answer in await ask(house, route, "never-was"):
            assert refusal(answer) == nobody(right), (route, answer)


async def test_with_scopes_that_do_not_reach(house, bearer):
    for route, right in API.items():
        if right.scopes:
            for token in (await bearer(too_little(right)), await bearer(too_little(right), None)):
                for answer in await ask(house, route, token):
                    assert refusal(answer) == NO_SCOPE, (route, answer)


async def test_with_the_token_of_an_app(house, bearer):
    token = await bearer(known.KNOWN, None)
    for route, right in API.items():
        for answer in await ask(house, route, token):
            if right.who in {"member", "staff"}:
                assert refusal(answer) == NO_MEMBER, (route, answer)
            elif not route.startswith("POST /oauth/"):
                assert passed(answer), (route, answer)


@pytest.mark.parametrize("scopes", [known.KNOWN])
async def test_staff_routes_are_closed_to_members_whatever_their_token(house, make, bearer, scopes):
    """The scope opens nothing that the member's role does not allow (SC-129)."""
    token = await bearer(scopes, await make.member("plain"))
    for route, right in API.items():
        if right.who == "staff":
            for answer in await ask(house, route, token):
                assert refusal(answer) == NO_POWER, (route, answer)


@pytest.mark.both_engines
async def test_with_each_scope_that_is_enough(house, bearer):
    made: dict[tuple[str, ...], str] = {}
    for route, right in API.items():
        if route.startswith("POST /oauth/"):
            continue
        for scopes in enough(right):
            if scopes not in made:
                made[scopes] = await bearer(scopes)
            for answer in await ask(house, route, made[scopes]):
                assert passed(answer), (route, scopes, answer)


@pytest.mark.parametrize(
    ("barred", "said"),
    [
        ({"state": "pending"}, "Your login is currently pending approval"),
        ({"state": "disabled"}, "Your login is currently disabled"),
        ({"standing": "suspended"}, "Your login is currently disabled"),
    ],
)
async def test_who_may_not_come_in_is_a_stranger(house, make, bearer, barred, said):
    """SC-114, SC-119: a token of theirs reads what everybody reads, and is told why not more."""
    token = await bearer(known.KNOWN, await make.member("waits", **barred))
    for route, right in API.items():
        for answer in await ask(house, route, token):
            if right.who == "all":
                assert route.startswith("POST /oauth/") or passed(answer), (route, answer)
            else:
                assert refusal(answer) == (403, said), (route, answer)


async def test_who_is_gone_has_no_token(house, make, bearer):
    token = await bearer(known.KNOWN, await make.member("gone", standing="deleted"))
    for route, right in API.items():
        for answer in await ask(house, route, token):
            assert refusal(answer) == nobody(right), (route, answer)


async def test_pages_for_members_take_no_token(house, bearer):
    token = await bearer(known.KNOWN)
    form = {"body": b"id=1&member_id=1&report_id=1", "kind": "application/x-www-form-urlencoded"}
    for route in sorted(MEMBERS_PAGES | MEMBERS_FORMS):
        method, path = route.replace("{id}", "1").split()
        for held in (None, token):
            answer = await call(house.edge, method, path, token=held, **(form if route in MEMBERS_FORMS else {}))
            forged = route in MEMBERS_FORMS and answer.status == 403  # not sent from a page of ours
            led = answer.headers.get("location", "").startswith("/auth/sign_in")
            assert forged or led or answer.status == 401, (route, answer)


async def test_pages_of_staff_are_missing_for_members(house, make):
    names = {"dunnock", "__Host-dunnock"}
    for role, status in (("member", 404), ("moderator", 200), ("admin", 200), ("owner", 200)):
        one = await make.member(role=role)
        async with house.db.begin() as tx:
            session = await accounts.open_session(tx, one.member_id, client="")
        cookies = "; ".join(f"{name}={session}" for name in names)
        for path in ("/admin/sign-ups", "/admin/reports"):
            answer = await call(house.edge, "GET", path, headers=(("cookie", cookies),))
            assert answer.status == status, (role, path)
