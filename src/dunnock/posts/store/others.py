"""The columns of accounts and media that posts look at in its own statements; named here, never imported, as foreign keys are."""

from __future__ import annotations

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, column, exists, literal_column, or_, select, table

from dunnock.foundation.db import BigId
from dunnock.posts.tables import held_posts, mentions, posts

accounts = table(
    "accounts",
    column("id", BigId),
    column("standing"),
    column("username"),
    column("domain"),
    column("created_at", BigId),
    column("protected", Boolean),
    column("uncounted_to", BigId),
)
posting_stops = table("posting_stops", column("who"), column("newer_than", BigId), column("until", BigId))
access_changes = table("access_changes", column("id", BigId), column("member_id", BigId), column("what"))
watch_rules = table("watch_rules", column("state"), column("effect"), column("expires_at", BigId))
text_stops = table("text_stops", column("until", BigId))
media_stops = table("media_stops", column("ended_at", BigId))
media = table("media", column("id", BigId), column("description"), column("focus"))
members = table(
    "members",
    column("id", BigId),
    column("account_id", BigId),
    column("role"),
    column("default_visibility"),
    column("default_sensitive", Boolean),
    column("default_language"),
    column("default_quote_policy"),
    column("default_reply_policy"),
)
follows = table(
    "follows",
    column("id", BigId),
    column("follower_id", BigId),
    column("followed_id", BigId),
    column("requested", Boolean),
)
blocks = table("blocks", column("account_id", BigId), column("target_id", BigId))

quiet_times = table(
    "quiet_times",
    column("account_id", BigId),
    column("until", BigId),
    column("since_id", BigId),
    column("when_flooded"),
)
raid_accounts = table(
    "raid_accounts", column("raid_id", BigId), column("account_id", BigId), column("left_out", Boolean)
)
permissions = table("notification_permissions", column("account_id", BigId), column("from_id", BigId))

server_blocks = table("server_blocks", column("domain"), column("severity"))
server_allows = table("server_allows", column("domain"))

viewer = bindparam("viewer", type_=BigId)
"""Who looks, in statements with a parameter `viewer`; NOBODY for a stranger."""

NOBODY = 0


def counts_for_others(by: ColumnElement[int], act: ColumnElement[int]) -> ColumnElement[bool]:
    """Does an act of this account count, as those of all who are shown do? Held as it is until the transaction ends.

    `act`: where it stands among theirs, an id (`accounts.uncounted_to`).
    """
    mark = select(accounts.c.uncounted_to).where(accounts.c.id == by).with_for_update(read=True, key_share=True)
    return mark.scalar_subquery() < act


def _below(name: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(accounts.c.domain == name, accounts.c.domain.like(literal_column("'%.'").op("||")(name)))


def stopped() -> ColumnElement[bool]:
    """Is there an emergency for which the account of `accounts` (with its row of `members`, if any) can't post now?

    Or did staff take the second step of a protected account away within a day? Then it may be in others' hands.
    """
    who = posting_stops.c.who
    ordinary = or_(members.c.role.is_(None), members.c.role == "member")
    by_class = exists().where(
        posting_stops.c.until > bindparam("now", type_=BigId),
        or_(
            and_(who == "everybody", ordinary),
            and_(who == "newcomers", ordinary, accounts.c.created_at > posting_stops.c.newer_than),
            and_(who == "protected", accounts.c.protected),
        ),
    )
    reset = exists().where(
        access_changes.c.member_id == members.c.id,
        access_changes.c.what == "reset",
        access_changes.c.id > bindparam("reset_since", type_=BigId),
    )
    return or_(by_class, and_(accounts.c.protected, reset))


def words_stopped() -> ColumnElement[bool]:
    """Is there a text that can't be posted now?"""
    return exists().where(text_stops.c.until > bindparam("now", type_=BigId))


def media_stopped() -> ColumnElement[bool]:
    """Is there a picture that staff stopped?"""
    return exists().where(media_stops.c.ended_at.is_(None))


def watched() -> ColumnElement[bool]:
    """Is there a rule of staff that may hold what members write before it is published?"""
    return exists().where(
        watch_rules.c.state == "live",
        watch_rules.c.effect == "hold",
        watch_rules.c.expires_at > bindparam("now", type_=BigId),
    )


def shown(account_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The account is one that anybody may see."""
    over = or_(
        _below(server_blocks.c.domain),
        and_(server_blocks.c.domain == "*", ~exists().where(_below(server_allows.c.domain)).correlate(accounts)),
    )
    return exists().where(
        accounts.c.id == account_id,
        or_(accounts.c.standing == "active", accounts.c.standing == "limited"),
        or_(accounts.c.domain == "", ~exists().where(server_blocks.c.severity == "suspend", over)),
    )


def no_block(account_id: ColumnElement[int]) -> ColumnElement[bool]:
    """There is no block between `viewer` and the account, either way."""
    return ~exists().where(
        or_(
            and_(blocks.c.account_id == viewer, blocks.c.target_id == account_id),
            and_(blocks.c.account_id == account_id, blocks.c.target_id == viewer),
        )
    )


def visible() -> ColumnElement[bool]:
    """`viewer` may see the row of `posts`: THE rule, as SQL. `posts.may_see` is the same rule over cards."""
    return and_(
        posts.c.deleted_at.is_(None),
        shown(posts.c.author_id),
        no_block(posts.c.author_id),
        or_(
            posts.c.author_id == viewer,
            ~exists().where(held_posts.c.post_id == posts.c.id, held_posts.c.hides, held_posts.c.account_id != viewer),
        ),
        or_(
            posts.c.visibility == "public",
            posts.c.visibility == "unlisted",
            posts.c.author_id == viewer,
            exists().where(mentions.c.account_id == viewer, mentions.c.post_id == posts.c.id),
            and_(
                posts.c.visibility == "followers",
                or_(
                    posts.c.quoted_author_id == viewer,
                    exists().where(
                        follows.c.follower_id == viewer,
                        follows.c.followed_id == posts.c.author_id,
                        ~follows.c.requested,
                    ),
                ),
            ),
        ),
    )
