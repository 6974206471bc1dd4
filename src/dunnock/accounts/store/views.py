"""Batch reads of accounts for showing, and of what stands between a viewer and others."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.accounts.tables import account_counts, accounts, apps, blocks, domain_blocks, follows, members, mutes
from dunnock.foundation.db import Sql, among

CARDS = Sql(
    select(
        accounts.c.id,
        accounts.c.username,
        accounts.c.domain,
        accounts.c.kind,
        accounts.c.display_name,
        accounts.c.bio_html,
        accounts.c.fields,
        accounts.c.avatar,
        accounts.c.header,
        accounts.c.locked,
        accounts.c.discoverable,
        accounts.c.indexable,
        accounts.c.hide_collections,
        accounts.c.url,
        accounts.c.uri,
        accounts.c.created_at,
        accounts.c.standing,
        accounts.c.sensitized,
        account_counts.c.posts,
        account_counts.c.followers,
        account_counts.c.following,
        account_counts.c.last_post_at,
        accounts.c.avatar_description,
        accounts.c.header_description,
        accounts.c.show_media,
        accounts.c.show_media_replies,
        accounts.c.show_featured,
        members.c.role,
        accounts.c.labels,
        accounts.c.moved_to_id,
        accounts.c.attestations,
        accounts.c.domain_handle,
        accounts.c.domain_since,
    )
    .join_from(accounts, account_counts, account_counts.c.account_id == accounts.c.id)
    .outerjoin(members, members.c.account_id == accounts.c.id)
    .where(among(accounts.c.id, "ids"))
)
COUNTS = Sql(
    select(
        account_counts.c.account_id,
        account_counts.c.posts,
        account_counts.c.followers,
        account_counts.c.following,
        account_counts.c.last_post_at,
    ).where(among(account_counts.c.account_id, "ids"))
)
ID_BY_HANDLE = Sql(
    select(accounts.c.id).where(
        accounts.c.username_key == bindparam("username_key"), accounts.c.domain == bindparam("domain")
    )
)
FOLLOWING = Sql(
    select(follows.c.followed_id, follows.c.boosts, follows.c.languages).where(
        follows.c.follower_id == bindparam("id"), ~follows.c.requested
    )
)
BLOCKING = Sql(select(blocks.c.target_id).where(blocks.c.account_id == bindparam("id")))
BLOCKED_BY = Sql(select(blocks.c.account_id).where(blocks.c.target_id == bindparam("id")))
MUTING = Sql(select(mutes.c.target_id, mutes.c.expires_at).where(mutes.c.account_id == bindparam("id")))
DOMAINS = Sql(select(domain_blocks.c.domain).where(domain_blocks.c.account_id == bindparam("id")))
APP = Sql(select(apps.c.name, apps.c.website).where(apps.c.id == bindparam("id")))
