"""Rows of archives, and what goes into one. Other domains' tables are named here, never imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Text, bindparam, column, delete, select, table, update

from dunnock.foundation.db import BigId, Db, Row, Sql, among, insert_into
from dunnock.portability.tables import archives

_the = bindparam("the", type_=BigId)
_account = bindparam("account", type_=BigId)
_COLUMNS = (
    archives.c.id, archives.c.account_id, archives.c.secret, archives.c.folder, archives.c.phase, archives.c.after,
    archives.c.outbox_bytes, archives.c.bytes, archives.c.posts, archives.c.files, archives.c.created_at,
    archives.c.ready_at,
)  # fmt: skip
ADD = insert_into(archives, "id", "account_id", "secret", "folder", "created_at")
FIND = Sql(select(*_COLUMNS).where(archives.c.id == _the))
OF = Sql(select(*_COLUMNS).where(archives.c.account_id == _account).order_by(archives.c.id.desc()).limit(100))
MOVE = Sql(  # only from where it was: who worked on it twice moves it once
    update(archives)
    .where(
        archives.c.id == _the,
        archives.c.phase == bindparam("was_phase"),
        archives.c.after == bindparam("was_after", type_=BigId),
    )
    .values(
        phase=bindparam("new_phase"),
        after=bindparam("new_after", type_=BigId),
        outbox_bytes=bindparam("new_outbox", type_=BigId),
        bytes=bindparam("new_bytes", type_=BigId),
        posts=bindparam("new_posts"),
        files=bindparam("new_files"),
        ready_at=bindparam("ready", type_=BigId),
    )
)
DROP = Sql(delete(archives).where(archives.c.id == _the))
OVER = Sql(select(*_COLUMNS).where(archives.c.created_at < bindparam("before", type_=BigId)).limit(1_000))

_posts = table(
    "posts",
    *(column(name, BigId) for name in (
        "id", "author_id", "boost_of_id", "reply_to_id", "quoted_id", "created_at", "edited_at", "deleted_at", "poll_id",
    )),
    *(column(name, Text()) for name in (
        "html", "warning", "visibility", "language", "mentions", "hashtags", "emoji", "media", "url", "uri",
    )),
    column("sensitive", Boolean()),
)  # fmt: skip
_accounts = table(
    "accounts", column("id", BigId), column("username", Text()), column("domain", Text()), column("uri", Text())
)
_members = table("members", column("id", BigId), column("account_id", BigId))
_media = table(
    "media", column("id", BigId), column("account_id", BigId), column("post_id", BigId), column("files", Text())
)
POSTS = Sql(
    select(
        _posts.c.id, _posts.c.boost_of_id, _posts.c.reply_to_id, _posts.c.quoted_id, _posts.c.html, _posts.c.warning,
        _posts.c.visibility, _posts.c.language, _posts.c.sensitive, _posts.c.mentions, _posts.c.hashtags, _posts.c.emoji,
        _posts.c.media, _posts.c.created_at, _posts.c.edited_at, _posts.c.poll_id, _posts.c.uri, _posts.c.url,
    )
    .where(
        _posts.c.author_id == _account, _posts.c.deleted_at.is_(None), _posts.c.id > bindparam("after", type_=BigId)
    )
    .order_by(_posts.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
PLACES = Sql(  # what posts are called
    select(_posts.c.id, _posts.c.uri, _accounts.c.username)
    .join_from(_posts, _accounts, _accounts.c.id == _posts.c.author_id)
    .where(among(_posts.c.id, "ids"))
)
MEDIA = Sql(
    select(_media.c.id, _media.c.files)
    .where(_media.c.account_id == _account, _media.c.id > bindparam("after", type_=BigId), _media.c.files != "{}")
    .order_by(_media.c.id)
    .limit(bindparam("most"))
)

_FLAGS: Final = {
    "default_sensitive", "locked", "discoverable", "indexable", "hide_collections", "exclusive", "enabled", "keep_direct",
    "keep_pinned", "keep_polls", "keep_media", "keep_favourites", "keep_bookmarks", "sensitive", "overwrite", "multiple",
    "notifications", "unread", "standard", "always", "show_media", "show_media_replies", "show_featured", "requested",
    "off", "shared", "listed",
}  # fmt: skip
ROWS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    # table: (whose it is, what is told of it): everything of the member but secrets and what others wrote
    "members": ("account_id", (
        "email", "role", "state", "locale", "reason", "default_visibility", "default_sensitive", "default_language",
        "default_quote_policy", "default_reply_policy", "created_at", "last_sign_in_at",
    )),
    "accounts": ("id", (
        "username", "kind", "display_name", "bio", "fields", "locked", "discoverable", "indexable", "hide_collections",
        "avatar_description", "header_description", "show_media", "show_media_replies", "show_featured",
        "attribution_domains", "created_at",
    )),
    "account_counts": ("account_id", ("posts", "followers", "following", "last_post_at")),
    "personas": ("account_id", ("id", "field", "old", "new")),
    "sessions": ("member_id", ("client", "created_at", "seen_at", "revoked_at")),
    "browsers": ("member_id", ("seen_at",)),
    "access_changes": ("member_id", ("id", "what")),
    "passkeys": ("member_id", ("name", "created_at", "used_at")),
    "mail_links": ("member_id", ("purpose", "email", "expires_at", "used_at")),
    "letter_wishes": ("member_id", ("wanted", "always", "told_at", "digest_at")),
    "tokens": ("account_id", ("app_id", "scopes", "created_at", "used_at", "revoked_at")),
    "push_subscriptions": ("account_id", ("endpoint", "policy", "alerts", "created_at")),
    "follow_requests": ("follower_id", ("followed_id", "id")),
    "private_notes": ("account_id", ("target_id", "text")),
    "endorsements": ("account_id", ("target_id", "id")),
    "verifiers": ("account_id", ("what", "since", "until")),
    "attestations": ("account_id", ("verifier_id", "state", "at")),
    "domain_handles": ("account_id", ("domain", "way", "proved_at", "lost_at", "lost_why")),
    "severances": ("account_id", ("kind", "target", "followers", "following", "id")),
    "lists": ("account_id", ("id", "title", "replies", "exclusive")),
    "custom_feeds": (
        "account_id",
        ("id", "title", "text", "shared", "listed", "removed_at", "removed_because"),
    ),
    "custom_feed_readers": ("account_id", ("feed_id", "id")),
    "custom_feed_reports": ("account_id", ("feed_id", "comment", "id", "closed_at")),
    "saved_searches": ("account_id", ("id", "title", "query")),
    "followed_tags": ("account_id", ("hashtag_id", "id")),
    "featured_tags": ("account_id", ("name", "posts", "last_post_at")),
    "filters": ("account_id", ("id", "title", "contexts", "action", "expires_at")),
    "scheduled": ("account_id", ("id", "at", "draft", "error")),
    "drafts": ("account_id", ("id", "version", "parts", "updated_at")),
    "auto_delete": ("account_id", (
        "enabled", "min_age", "keep_direct", "keep_pinned", "keep_polls", "keep_media", "keep_favourites",
        "keep_bookmarks", "min_favourites", "min_boosts",
    )),
    "poll_votes": ("account_id", ("poll_id", "choice")),
    "thread_mutes": ("account_id", ("thread_id",)),
    "dismissals": ("account_id", ("target_id",)),
    "collection_follows": ("account_id", ("collection_id", "waiting", "followed", "asked", "left_out")),
    "brought_by": ("account_id", ("collection_id",)),
    "collections": ("account_id", ("id", "name", "description", "language", "tag", "created_at", "updated_at")),
    "notification_policies": ("account_id", (
        "not_following", "not_followers", "new_accounts", "private_mentions", "limited_accounts", "bots",
    )),
    "ages": ("account_id", ("band", "moves_up_at", "zone", "said_minor_at", "put_off_at")),
    "quiet_times": ("account_id", ("until", "when_flooded", "offered_at")),
    "notification_settings": ("account_id", ("kind", "from_whom")),
    "notification_permissions": ("account_id", ("from_id",)),
    "markers": ("account_id", ("feed", "last_read_id", "updated_at")),
    "for_you_choices": ("account_id", ("off", "dropped", "forget_before")),
    "for_you_less": ("account_id", ("kind", "subject_id", "times")),
    "for_you_served": ("account_id", ("post_id", "at", "receipt")),
    "reports": ("account_id", ("id", "target_id", "category", "comment", "post_ids", "rule_ids")),
    "appeals": ("account_id", ("id", "decision_id", "text", "verdict", "answer", "decided_at")),
    "announcement_reactions": ("account_id", ("announcement_id", "name")),
    "data_imports": ("account_id", ("kind", "overwrite", "state", "filename", "total", "created_at", "finished_at")),
    "invitations": ("by_member_id", ("code", "most_uses", "uses", "expires_at", "revoked_at")),
}  # fmt: skip
NOT_TOLD: Final[dict[str, str]] = {
    "posts": "outbox.json", "interactions": "likes.json, bookmarks.json, outbox.json", "media": "media_attachments/",
    "follows": "following_accounts.csv", "blocks": "blocked_accounts.csv", "mutes": "muted_accounts.csv",
    "domain_blocks": "blocked_domains.csv", "list_members": "lists.csv", "collection_items": "whom others recommend",
    "held_posts": "what others wrote", "origin_holds": "what integrity saw",
    "mentions": "what others wrote", "conversations": "what others wrote", "conversation_posts": "what others wrote",
    "notifications": "what others did", "notification_requests": "what others did", "idempotency": "kept for a day",
    "custom_feed_orders": "kept for an hour",
    "grants": "secrets", "totps": "secrets", "recovery_codes": "secrets", "sign_in_steps": "secrets",
    "decisions": "what staff did", "cases": "what staff did", "case_subjects": "what staff did",
    "case_notes": "what staff did", "posting_stops": "what staff did", "text_stops": "what staff did",
    "media_stops": "what staff did",
    "staff_requests": "what staff did",
    "mail_blocks": "what staff did", "block_lists": "what staff did", "indicator_feeds": "what staff did",
    "foreign_indicators": "what staff did", "report_messages": "what staff wrote", "server_notes": "what staff wrote",
    "archives": "this file", "deletions": "there is none",
    "cluster_members": "what integrity saw", "cluster_ties": "what integrity saw",
    "cluster_edits": "what staff did", "cluster_edit_members": "what integrity saw",
    "cluster_apart": "what staff did",
    "clusters": "what integrity saw", "independence": "what integrity saw", "observations": "what integrity saw",
    "rhythms": "what integrity saw", "doubts": "what integrity saw",
    "trend_gathered": "what trends saw", "trend_held_accounts": "what trends saw", "vouched": "what trends saw",
    "signals": "what integrity saw", "watch_hits": "what integrity saw", "media_stop_hits": "what integrity saw",
    "raids": "what integrity saw", "raid_accounts": "what integrity saw", "raid_hits": "what integrity saw",
    "watch_rules": "what staff did", "recalls": "secrets",
    "door_acts": "stands with what it was done to",
    "announcement_reads": "what was seen", "actors": "accounts elsewhere", "actor_keys": "accounts elsewhere",
    "remote_follows": "what other servers call it", "remote_likes": "what other servers call it",
}  # fmt: skip
"""Tables that name accounts and are not in `ROWS`, and why; a test holds the two against the schema."""


def _asked(name: str, whose: str, columns: Sequence[str]) -> Sql:
    real = {"follow_requests": "follows"}.get(name, name)
    of = table(
        real,
        *(column(one, Boolean() if one in _FLAGS else None) for one in dict.fromkeys([*columns, whose, "requested"])),
    )
    mine: Any = of.c[whose] == _account
    if whose in {"member_id", "by_member_id"}:
        mine = of.c[whose] == select(_members.c.id).where(_members.c.account_id == _account).scalar_subquery()
    if name == "follow_requests":
        mine = mine & of.c.requested
    return Sql(select(*(of.c[one] for one in columns)).where(mine).limit(20_000))


_ASKED = {name: _asked(name, whose, columns) for name, (whose, columns) in ROWS.items()}


async def told(db: Db, name: str, account_id: int) -> list[dict[str, Any]]:
    """The rows of a table that are the member's, by column."""
    columns = ROWS[name][1]
    found: list[Row] = await db.slow(_ASKED[name], account=account_id)
    return [
        {key: bool(value) if key in _FLAGS else value for key, value in zip(columns, row, strict=True)} for row in found
    ]
