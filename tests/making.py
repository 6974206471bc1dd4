"""Puts rows where a test needs them, directly and without events, so that a test sees only the events it causes."""

from __future__ import annotations

import itertools
import json
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table, bindparam

from dunnock.accounts import tables as a
from dunnock.feeds import tables as f
from dunnock.foundation.db import Db, Sql, insert_into, insert_once
from dunnock.foundation.ids import id_at
from dunnock.media import tables as m
from dunnock.posts import tables as p

_numbers = itertools.count(1)


class Make:
    """`await make.account(...)` and so on; every method returns a namespace with the row's values."""

    def __init__(self, db: Db) -> None:
        self.db = db

    async def row(self, table: Table, **values: Any) -> SimpleNamespace:
        """One row of any table."""
        async with self.db.begin() as tx:
            await tx.run(insert_into(table, *values), **values)
        return SimpleNamespace(**values)

    async def account(self, username: str | None = None, *, domain: str = "", **values: Any) -> SimpleNamespace:
        number = next(_numbers)
        username = username or f"person{number}"
        made = await self.row(
            a.accounts,
            id=self.db.new_id(),
            username=username,
            username_key=username.casefold(),
            domain=domain,
            created_at=1_700_000_000_000 + number,
            **values,
        )
        await self.row(a.account_counts, account_id=made.id)
        return made

    async def member(
        self, username: str | None = None, *, role: str = "member", state: str = "active", **values: Any
    ) -> SimpleNamespace:
        """A local account with somebody who signs in to it: `.id` is the account's, `.member_id` the member's."""
        account = await self.account(username, **values)
        email = f"{account.username}@mail.example"
        member = await self.row(
            a.members,
            id=self.db.new_id(),
            account_id=account.id,
            email=email,
            email_key=email.casefold(),
            password_hash="!",
            role=role,
            state=state,
            created_at=1_700_000_000_000,
        )
        return SimpleNamespace(**vars(account), member_id=member.id, email=email)

    async def app(self, name: str = "Test app", scopes: str = "read write follow push") -> SimpleNamespace:
        number = next(_numbers)
        return await self.row(
            a.apps,
            id=self.db.new_id(),
            client_id=f"client{number}",
            secret_digest="0" * 64,
            name=name,
            redirect_uris="urn:ietf:wg:oauth:2.0:oob",
            scopes=scopes,
            created_at=1_700_000_000_000,
        )

    async def post(
        self,
        author: Any,
        text: str = "hello",
        *,
        visibility: str = "public",
        reply_to: Any = None,
        mentions: tuple[Any, ...] = (),
        hashtags: tuple[str, ...] = (),
        at: int | None = None,
        **values: Any,
    ) -> SimpleNamespace:
        """A post as `publish` would leave it. `at`: its moment in Unix milliseconds (default: now)."""
        post_id = self.db.new_id() if at is None else id_at(at, next(_numbers))
        made = await self.row(
            p.posts,
            id=post_id,
            author_id=author.id,
            text=text,
            html=f"<p>{text}</p>",
            visibility=visibility,
            reply_to_id=reply_to.id if reply_to else None,
            reply_to_author_id=reply_to.author_id if reply_to else None,
            thread_id=reply_to.thread_id if reply_to else post_id,
            mentions=json.dumps([one.id for one in mentions]),
            hashtags=json.dumps(list(hashtags)),
            created_at=post_id >> 16,
            **values,
        )
        await self.row(p.post_counts, post_id=post_id)
        for one in mentions:
            await self.row(p.mentions, account_id=one.id, post_id=post_id)
        for tag in hashtags:
            async with self.db.begin() as tx:
                await tx.run(
                    insert_once(p.hashtags, "id", "key", "name", keys=["key"]),
                    id=tx.new_id(),
                    key=tag.casefold(),
                    name=tag,
                )
                tag_id = await tx.value(_TAG, key=tag.casefold())
                await tx.run(insert_into(p.hashtag_posts), hashtag_id=tag_id, post_id=post_id)
        async with self.db.begin() as tx:
            await tx.run(_COUNT_POST, the=author.id)
            if reply_to:
                await tx.run(_COUNT_REPLY, the=reply_to.id)
        return made

    async def boost(self, by: Any, post: Any, *, visibility: str = "public", at: int | None = None) -> SimpleNamespace:
        boost_id = self.db.new_id() if at is None else id_at(at, next(_numbers))
        made = await self.row(
            p.posts,
            id=boost_id,
            author_id=by.id,
            boost_of_id=post.id,
            visibility=visibility,
            thread_id=boost_id,
            created_at=boost_id >> 16,
        )
        await self.row(p.post_counts, post_id=boost_id)
        return made

    async def follow(self, follower: Any, followed: Any, **values: Any) -> SimpleNamespace:
        made = await self.row(
            a.follows, follower_id=follower.id, followed_id=followed.id, id=self.db.new_id(), **values
        )
        if not values.get("requested"):
            async with self.db.begin() as tx:
                await tx.run(_COUNT_FOLLOWERS, the=followed.id)
                await tx.run(_COUNT_FOLLOWING, the=follower.id)
        return made

    async def block(self, by: Any, target: Any) -> SimpleNamespace:
        return await self.row(a.blocks, account_id=by.id, target_id=target.id, id=self.db.new_id())

    async def mute(self, by: Any, target: Any, **values: Any) -> SimpleNamespace:
        return await self.row(a.mutes, account_id=by.id, target_id=target.id, id=self.db.new_id(), **values)

    async def domain_block(self, by: Any, domain: str) -> SimpleNamespace:
        return await self.row(a.domain_blocks, account_id=by.id, domain=domain, id=self.db.new_id())

    async def list(self, owner: Any, title: str = "A list", *, of: tuple[Any, ...] = (), **values: Any) -> Any:
        made = await self.row(f.lists, id=self.db.new_id(), account_id=owner.id, title=title, **values)
        for one in of:
            await self.row(f.list_members, list_id=made.id, account_id=one.id, id=self.db.new_id())
        return made

    async def media(self, owner: Any, **values: Any) -> SimpleNamespace:
        values = {"kind": "image", "state": "ready", "files": "{}", "created_at": 1_700_000_000_000} | values
        return await self.row(m.media, id=self.db.new_id(), account_id=owner.id, **values)


_counts, _post_counts = a.account_counts, p.post_counts
_the = bindparam("the")
_TAG = Sql(p.hashtags.select().with_only_columns(p.hashtags.c.id).where(p.hashtags.c.key == bindparam("key")))
_COUNT_POST = Sql(_counts.update().where(_counts.c.account_id == _the).values(posts=_counts.c.posts + 1))
_COUNT_FOLLOWERS = Sql(_counts.update().where(_counts.c.account_id == _the).values(followers=_counts.c.followers + 1))
_COUNT_FOLLOWING = Sql(_counts.update().where(_counts.c.account_id == _the).values(following=_counts.c.following + 1))
_COUNT_REPLY = Sql(
    _post_counts.update().where(_post_counts.c.post_id == _the).values(replies=_post_counts.c.replies + 1)
)
