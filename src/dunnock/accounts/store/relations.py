"""Statements about what stands between accounts: follows, blocks, mutes, domain blocks, private notes, and counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from dunnock.accounts.store.count_anew import counts_for_others
from dunnock.accounts.tables import (
    account_counts,
    accounts,
    blocks,
    domain_blocks,
    endorsements,
    follows,
    mutes,
    private_notes,
)
from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once, upsert

_me: BindParameter[Any] = bindparam("me")
_other: BindParameter[Any] = bindparam("other")
_the: BindParameter[Any] = bindparam("the")
_shown = accounts.c.standing.in_([literal_column("'active'"), literal_column("'limited'")])

# Counts -------------------------------------------------------------------------------------------------------------

_lock = (
    select(account_counts.c.account_id, account_counts.c.followers, account_counts.c.following)
    .where(among(account_counts.c.account_id, "ids"))
    .order_by(account_counts.c.account_id)
)
_accounts_first = (  # as whoever counts anew does, so that nobody waits in a circle
    select(accounts.c.id).where(among(accounts.c.id, "ids")).order_by(accounts.c.id)
).with_for_update(read=True, key_share=True)
LOCK = Sql(
    _lock,
    select(account_counts.c.account_id, account_counts.c.followers, account_counts.c.following)
    .where(account_counts.c.account_id == any_(func.array(_accounts_first.scalar_subquery())))
    .order_by(account_counts.c.account_id)
    .with_for_update(),
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
ADD_COUNTS = insert_once(account_counts, "account_id", keys=["account_id"])
_follower, _followed = bindparam("follower", type_=BigId), bindparam("followed", type_=BigId)
COUNT_FOLLOWER = Sql(
    update(account_counts)
    .where(account_counts.c.account_id == _followed, counts_for_others(_follower, bindparam("follow", type_=BigId)))
    .values(followers=account_counts.c.followers + bindparam("more"))
)
COUNT_FOLLOWED = Sql(
    update(account_counts)
    .where(account_counts.c.account_id == _follower, counts_for_others(_followed, bindparam("follow", type_=BigId)))
    .values(following=account_counts.c.following + bindparam("more"))
)
COUNT_POSTS = Sql(
    update(account_counts)
    .where(account_counts.c.account_id == _the)
    .values(posts=account_counts.c.posts + bindparam("more"), last_post_at=bindparam("last"))
)
COUNT_FEWER_POSTS = Sql(
    update(account_counts)
    .where(account_counts.c.account_id == _the)
    .values(posts=account_counts.c.posts + bindparam("more"))
)

# Follows ------------------------------------------------------------------------------------------------------------

_pair = and_(follows.c.follower_id == bindparam("follower"), follows.c.followed_id == bindparam("followed"))
FOLLOW_OF = Sql(
    select(follows.c.id, follows.c.requested, follows.c.boosts, follows.c.notify, follows.c.languages).where(_pair)
)
_there = accounts.alias("there")
FOLLOWING_BY_SERVER = Sql(
    select(_there.c.domain, func.count())
    .join_from(follows, _there, _there.c.id == follows.c.followed_id)
    .where(_there.c.domain != "")
    .group_by(_there.c.domain)
)
FOLLOWERS_BY_SERVER = Sql(
    select(_there.c.domain, func.count())
    .join_from(follows, _there, _there.c.id == follows.c.follower_id)
    .where(_there.c.domain != "")
    .group_by(_there.c.domain)
)
FOLLOWING_AT = Sql(  # the same for some servers
    select(_there.c.domain, func.count())
    .join_from(_there, follows, _there.c.id == follows.c.followed_id)
    .where(among(_there.c.domain, "domains"))
    .group_by(_there.c.domain)
)
FOLLOWERS_AT = Sql(
    select(_there.c.domain, func.count())
    .join_from(_there, follows, _there.c.id == follows.c.follower_id)
    .where(among(_there.c.domain, "domains"))
    .group_by(_there.c.domain)
)
ADD_FOLLOW = insert_into(follows)
CHANGE_FOLLOW = Sql(
    update(follows)
    .where(_pair)
    .values(boosts=bindparam("boosts"), notify=bindparam("notify"), languages=bindparam("languages"))
)
ACCEPT = Sql(update(follows).where(_pair, follows.c.requested).values(requested=False, id=bindparam("new_id")))
END_FOLLOW = Sql(
    delete(follows)
    .where(_pair)
    .returning(follows.c.requested, follows.c.id, follows.c.boosts, follows.c.notify, follows.c.languages)
)
END_REQUEST = Sql(delete(follows).where(_pair, follows.c.requested))
END_FOLLOW_IN_FORCE = Sql(delete(follows).where(_pair, ~follows.c.requested).returning(follows.c.id))
BLOCK_BETWEEN = Sql(
    select(blocks.c.id)
    .where(
        or_(
            and_(blocks.c.account_id == _me, blocks.c.target_id == _other),
            and_(blocks.c.account_id == _other, blocks.c.target_id == _me),
        )
    )
    .limit(literal_column("1"))
)


HAS_MOVED = Sql(select(accounts.c.moved_to_id).where(accounts.c.id == bindparam("the")))


def _page(cursor: Any, other: Any, query: Select[Any]) -> tuple[Sql, Sql]:
    """Two statements for pages of `query`: newest first, and oldest first above `min_id`."""
    part = (
        query.with_only_columns(cursor, other)
        .where(cursor > bindparam("above"), cursor < bindparam("below"))
        .limit(bindparam("most"))
    )
    return Sql(part.order_by(cursor.desc())), Sql(part.order_by(cursor))


def _unhidden(other: Any) -> Any:
    """`other` is nobody whom the viewer blocked or muted, nor who blocked the viewer.

    Source: Mastodon's followers and following lists.
    """
    viewer: BindParameter[Any] = bindparam("viewer")
    return and_(
        ~exists().where(blocks.c.account_id == viewer, blocks.c.target_id == other),
        ~exists().where(blocks.c.account_id == other, blocks.c.target_id == viewer),
        ~exists().where(
            mutes.c.account_id == viewer,
            mutes.c.target_id == other,
            or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > bindparam("now")),
        ),
    )


FOLLOWERS = _page(
    follows.c.id,
    follows.c.follower_id,
    select()
    .join_from(follows, accounts, accounts.c.id == follows.c.follower_id)
    .where(follows.c.followed_id == _the, ~follows.c.requested, _shown, _unhidden(follows.c.follower_id)),
)
FOLLOWING = _page(
    follows.c.id,
    follows.c.followed_id,
    select()
    .join_from(follows, accounts, accounts.c.id == follows.c.followed_id)
    .where(follows.c.follower_id == _the, ~follows.c.requested, _shown, _unhidden(follows.c.followed_id)),
)
REQUESTS = _page(
    follows.c.id,
    follows.c.follower_id,
    select()
    .join_from(follows, accounts, accounts.c.id == follows.c.follower_id)
    .where(follows.c.followed_id == _the, follows.c.requested, _shown),
)
REQUEST_COUNT = Sql(
    select(func.count())
    .select_from(follows.join(accounts, accounts.c.id == follows.c.follower_id))
    .where(follows.c.followed_id == _the, follows.c.requested, _shown)
)
_theirs, _mine = follows.alias("theirs"), follows.alias("mine")
FAMILIAR = Sql(
    select(_theirs.c.followed_id, _theirs.c.follower_id)
    .join_from(_mine, _theirs, _theirs.c.follower_id == _mine.c.followed_id)
    .join(accounts, accounts.c.id == _theirs.c.follower_id)
    .where(
        _mine.c.follower_id == _me,
        ~_mine.c.requested,
        among(_theirs.c.followed_id, "ids"),
        ~_theirs.c.requested,
        ~accounts.c.hide_collections,
        _shown,
    )
    .order_by(_theirs.c.followed_id, _theirs.c.id.desc())
)
HOLD_FOLLOW = Sql(select(follows.c.requested).where(_pair).with_for_update(key_share=True))
ADD_ENDORSEMENT = insert_once(endorsements, keys=["account_id", "target_id"])
END_ENDORSEMENT = Sql(
    delete(endorsements).where(
        endorsements.c.account_id == bindparam("follower"), endorsements.c.target_id == bindparam("followed")
    )
)
DROP_ENDORSEMENTS = Sql(
    delete(endorsements).where(or_(endorsements.c.account_id == _the, endorsements.c.target_id == _the))
)
_viewer: BindParameter[Any] = bindparam("viewer")
ENDORSED = _page(
    endorsements.c.id,
    endorsements.c.target_id,
    select()
    .join_from(endorsements, accounts, accounts.c.id == endorsements.c.target_id)
    .where(
        endorsements.c.account_id == _the,
        _shown,
        ~exists().where(blocks.c.account_id == _viewer, blocks.c.target_id == endorsements.c.target_id),
        ~exists().where(blocks.c.account_id == endorsements.c.target_id, blocks.c.target_id == _viewer),
    ),
)
FOLLOWS_ACROSS = Sql(  # all follows and requests between an account and a domain, either way
    select(follows.c.follower_id, follows.c.followed_id, follows.c.requested)
    .join_from(follows, accounts, accounts.c.id == follows.c.followed_id)
    .where(follows.c.follower_id == _me, accounts.c.domain == bindparam("domain"))
    .union_all(
        select(follows.c.follower_id, follows.c.followed_id, follows.c.requested)
        .join_from(follows, accounts, accounts.c.id == follows.c.follower_id)
        .where(follows.c.followed_id == _me, accounts.c.domain == bindparam("domain"))
    )
)

# Blocks and mutes ---------------------------------------------------------------------------------------------------

ADD_BLOCK = insert_once(blocks, keys=["account_id", "target_id"])
END_BLOCK = Sql(delete(blocks).where(blocks.c.account_id == _me, blocks.c.target_id == _other))
BLOCKED = _page(
    blocks.c.id,
    blocks.c.target_id,
    select()
    .join_from(blocks, accounts, accounts.c.id == blocks.c.target_id)
    .where(blocks.c.account_id == _the, _shown),
)
MUTE_OF = Sql(
    select(mutes.c.id, mutes.c.notifications, mutes.c.expires_at).where(
        mutes.c.account_id == _me, mutes.c.target_id == _other
    )
)
PUT_MUTE = upsert(mutes, ["account_id", "target_id"])
END_MUTE = Sql(
    delete(mutes)
    .where(mutes.c.account_id == _me, mutes.c.target_id == _other)
    .returning(mutes.c.notifications, mutes.c.expires_at)
)
_in_force = or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > bindparam("now"))
MUTED = _page(
    mutes.c.id,
    mutes.c.target_id,
    select()
    .join_from(mutes, accounts, accounts.c.id == mutes.c.target_id)
    .where(mutes.c.account_id == _the, _shown, _in_force),
)
MUTE_ENDS = Sql(
    select(mutes.c.target_id, mutes.c.expires_at).where(
        mutes.c.account_id == _me, among(mutes.c.target_id, "ids"), _in_force
    )
)
_over = mutes.c.expires_at <= bindparam("now")
EXPIRED_MUTES = Sql(
    select(mutes.c.account_id, mutes.c.target_id)
    .where(mutes.c.expires_at.is_not(None), _over)
    .order_by(mutes.c.expires_at)
    .limit(bindparam("most"))
)
END_EXPIRED_MUTE = Sql(delete(mutes).where(mutes.c.account_id == _me, mutes.c.target_id == _other, _over))

# Domain blocks and private notes ------------------------------------------------------------------------------------

ADD_DOMAIN_BLOCK = insert_once(domain_blocks, keys=["account_id", "domain"])
END_DOMAIN_BLOCK = Sql(
    delete(domain_blocks).where(domain_blocks.c.account_id == _me, domain_blocks.c.domain == bindparam("which"))
)
DOMAIN_BLOCK_BETWEEN = Sql(
    select(domain_blocks.c.id)
    .join_from(domain_blocks, accounts, accounts.c.domain == domain_blocks.c.domain)
    .where(
        or_(
            and_(domain_blocks.c.account_id == _me, accounts.c.id == _other),
            and_(domain_blocks.c.account_id == _other, accounts.c.id == _me),
        )
    )
    .limit(literal_column("1"))
)
BLOCKED_DOMAINS = _page(
    domain_blocks.c.id,
    domain_blocks.c.domain,
    select().select_from(domain_blocks).where(domain_blocks.c.account_id == _the),
)
PUT_NOTE = upsert(private_notes, ["account_id", "target_id"])
END_NOTE = Sql(delete(private_notes).where(private_notes.c.account_id == _me, private_notes.c.target_id == _other))

# All of it, for one viewer and many others --------------------------------------------------------------------------

_from, _to = follows.alias("to_them"), follows.alias("to_me")
_by_me, _by_them = blocks.alias("by_me"), blocks.alias("by_them")
RELATIONSHIPS = Sql(
    select(
        accounts.c.id,
        accounts.c.standing,
        _from.c.requested,
        _from.c.boosts,
        _from.c.notify,
        _from.c.languages,
        _to.c.requested,
        _by_me.c.id,
        _by_them.c.id,
        mutes.c.id,
        mutes.c.notifications,
        mutes.c.expires_at,
        domain_blocks.c.id,
        private_notes.c.text,
        endorsements.c.id,
    )
    .select_from(
        accounts.outerjoin(_from, and_(_from.c.follower_id == _me, _from.c.followed_id == accounts.c.id))
        .outerjoin(_to, and_(_to.c.follower_id == accounts.c.id, _to.c.followed_id == _me))
        .outerjoin(_by_me, and_(_by_me.c.account_id == _me, _by_me.c.target_id == accounts.c.id))
        .outerjoin(_by_them, and_(_by_them.c.account_id == accounts.c.id, _by_them.c.target_id == _me))
        .outerjoin(mutes, and_(mutes.c.account_id == _me, mutes.c.target_id == accounts.c.id, _in_force))
        .outerjoin(domain_blocks, and_(domain_blocks.c.account_id == _me, domain_blocks.c.domain == accounts.c.domain))
        .outerjoin(endorsements, and_(endorsements.c.account_id == _me, endorsements.c.target_id == accounts.c.id))
        .outerjoin(private_notes, and_(private_notes.c.account_id == _me, private_notes.c.target_id == accounts.c.id))
    )
    .where(among(accounts.c.id, "ids"))
)
