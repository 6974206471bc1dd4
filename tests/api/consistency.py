"""Asks a database whether it contradicts itself: counters against rows, and rows that point at nothing."""

from __future__ import annotations

from sqlalchemy import text

from dunnock.foundation.db import Db, Sql

_LIVES = "p.deleted_at IS NULL"
_CHECKS = {
    "followers": """SELECT count(*) FROM account_counts c WHERE c.followers <>
        (SELECT count(*) FROM follows f JOIN accounts a ON a.id = f.follower_id
            WHERE f.followed_id = c.account_id AND NOT f.requested AND f.id > a.uncounted_to)""",
    "following": """SELECT count(*) FROM account_counts c WHERE c.following <>
        (SELECT count(*) FROM follows f JOIN accounts a ON a.id = f.followed_id
            WHERE f.follower_id = c.account_id AND NOT f.requested AND f.id > a.uncounted_to)""",
    "posts": """SELECT count(*) FROM account_counts c WHERE c.posts <>
        (SELECT count(*) FROM posts p WHERE p.author_id = c.account_id AND p.deleted_at IS NULL AND p.visibility <> 'direct'
            AND NOT EXISTS (SELECT 1 FROM held_posts h WHERE h.post_id = p.id AND h.account_id = h.author_id))""",
    "favourites": """SELECT count(*) FROM post_counts c JOIN posts p ON p.id = c.post_id WHERE p.deleted_at IS NULL
        AND c.favourites <> (SELECT count(*) FROM interactions i JOIN accounts a ON a.id = i.account_id
            WHERE i.post_id = c.post_id AND i.favourite_id IS NOT NULL AND i.post_id > a.uncounted_to)""",
    "boosts": """SELECT count(*) FROM post_counts c JOIN posts p ON p.id = c.post_id WHERE p.deleted_at IS NULL
        AND c.boosts <> (SELECT count(*) FROM posts b JOIN accounts a ON a.id = b.author_id
            WHERE b.boost_of_id = c.post_id AND b.deleted_at IS NULL AND b.boost_of_id > a.uncounted_to)""",
    "replies": """SELECT count(*) FROM post_counts c JOIN posts p ON p.id = c.post_id WHERE p.deleted_at IS NULL
        AND c.replies <> (SELECT count(*) FROM posts r JOIN accounts a ON a.id = r.author_id
            WHERE r.reply_to_id = c.post_id AND r.deleted_at IS NULL AND r.visibility IN ('public', 'unlisted')
            AND r.id > a.uncounted_to
            AND NOT EXISTS (SELECT 1 FROM held_posts h WHERE h.post_id = r.id AND h.hides))""",
    "quotes": """SELECT count(*) FROM post_counts c JOIN posts p ON p.id = c.post_id WHERE p.deleted_at IS NULL
        AND c.quotes <> (SELECT count(*) FROM posts q JOIN accounts a ON a.id = q.author_id
            WHERE q.quoted_id = c.post_id AND q.deleted_at IS NULL AND q.quote_state = 'accepted' AND q.id > a.uncounted_to
            AND NOT EXISTS (SELECT 1 FROM held_posts h WHERE h.post_id = q.id AND h.account_id = h.author_id))""",
    "accounts without counters": """SELECT count(*) FROM accounts a WHERE NOT EXISTS
        (SELECT 1 FROM account_counts c WHERE c.account_id = a.id)""",
    "posts without counters": """SELECT count(*) FROM posts p WHERE p.boost_of_id IS NULL AND p.deleted_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM post_counts c WHERE c.post_id = p.id)""",
    "boosts of the deleted": """SELECT count(*) FROM posts b JOIN posts p ON p.id = b.boost_of_id
        WHERE b.deleted_at IS NULL AND p.deleted_at IS NOT NULL""",
    "acts on the deleted": """SELECT count(*) FROM interactions i LEFT JOIN posts p ON p.id = i.post_id
        WHERE p.id IS NULL OR p.deleted_at IS NOT NULL""",
    "boosts nobody holds": """SELECT count(*) FROM posts b WHERE b.boost_of_id IS NOT NULL AND b.deleted_at IS NULL AND NOT EXISTS
        (SELECT 1 FROM interactions i WHERE i.boost_id = b.id AND i.account_id = b.author_id AND i.post_id = b.boost_of_id)""",
    "held boosts that are not": """SELECT count(*) FROM interactions i WHERE i.boost_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM posts b WHERE b.id = i.boost_id AND b.deleted_at IS NULL)""",
    "mentions of nothing": """SELECT count(*) FROM mentions m WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = m.post_id)""",
    "hashtags of nothing": """SELECT count(*) FROM hashtag_posts h LEFT JOIN posts p ON p.id = h.post_id
        WHERE p.id IS NULL OR p.deleted_at IS NOT NULL""",
    "media of nothing": """SELECT count(*) FROM media m WHERE m.post_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM posts p WHERE p.id = m.post_id AND p.deleted_at IS NULL)""",
    "media half-made": "SELECT count(*) FROM media WHERE state = 'ready' AND files = '{}'",
    "follows through blocks": """SELECT count(*) FROM follows f JOIN blocks b ON
        (b.account_id = f.follower_id AND b.target_id = f.followed_id)
        OR (b.account_id = f.followed_id AND b.target_id = f.follower_id)""",
    "polls of nothing": """SELECT count(*) FROM polls q LEFT JOIN posts p ON p.id = q.post_id
        WHERE p.id IS NULL OR p.deleted_at IS NOT NULL OR p.poll_id IS NULL OR p.poll_id <> q.id""",
    "posts with a poll that is not": """SELECT count(*) FROM posts p WHERE p.poll_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM polls q WHERE q.id = p.poll_id AND q.post_id = p.id)""",
    "voters": """SELECT count(*) FROM polls q JOIN posts p ON p.id = q.post_id WHERE q.voters <>
        (SELECT count(DISTINCT v.account_id) FROM poll_votes v JOIN accounts a ON a.id = v.account_id
            WHERE v.poll_id = q.id AND (q.id > a.uncounted_to OR NOT p.local))""",
    "media held for nothing": """SELECT count(*) FROM media_holds h WHERE NOT EXISTS
        (SELECT 1 FROM scheduled s WHERE s.id = h.holder_id) AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.id = h.holder_id)""",
    "empty acts": """SELECT count(*) FROM interactions WHERE favourite_id IS NULL AND bookmark_id IS NULL AND boost_id IS NULL
        AND pin_id IS NULL""",
}


async def faults(db: Db) -> list[str]:
    """What is wrong, by name; nothing when all is well."""
    return [name for name, statement in _CHECKS.items() if await db.value(Sql(text(statement)))]
