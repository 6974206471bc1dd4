"""Statements that count people and what they wrote, for the documents that describe the server."""

from __future__ import annotations

from sqlalchemy import bindparam, distinct, exists, func, select

from dunnock.accounts.tables import account_counts, accounts, members, server_blocks, tokens
from dunnock.foundation.db import Sql

MEMBERS = Sql(select(func.count()).select_from(members).where(members.c.state == "active"))
POSTS = Sql(
    select(func.coalesce(func.sum(account_counts.c.posts), 0))
    .join_from(accounts, account_counts, account_counts.c.account_id == accounts.c.id)
    .where(accounts.c.domain == "")
)
SERVERS = Sql(select(func.count(distinct(accounts.c.domain))).where(accounts.c.domain != ""))
PEERS = Sql(
    select(accounts.c.domain)
    .where(
        accounts.c.domain != "",
        ~exists().where(server_blocks.c.severity == "suspend", server_blocks.c.domain == accounts.c.domain),
    )
    .distinct()
    .order_by(accounts.c.domain)
)
ACTIVE_BY_TOKEN = Sql(select(func.count(distinct(tokens.c.member_id))).where(tokens.c.used_at >= bindparam("since")))
OWNER = Sql(
    select(members.c.account_id, members.c.email)
    .where(members.c.role == "owner", members.c.state == "active")
    .order_by(members.c.id)
    .limit(1)
)
HAS_MEMBERS = Sql(select(members.c.id).limit(1))
