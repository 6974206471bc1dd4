"""Deleting what is remembered of an account between servers."""

from __future__ import annotations

from dunnock.federation.tables import remote_follows, remote_likes
from dunnock.foundation.erase import Step, of, rows, scanned, some_of

FOLLOWS: Step = rows(some_of(remote_follows, of(remote_follows.c.follower_id), remote_follows.c.followed_id))
FOLLOWED: Step = scanned(remote_follows, of(remote_follows.c.followed_id), remote_follows.c.follower_id)
LIKES: Step = rows(some_of(remote_likes, of(remote_likes.c.account_id), remote_likes.c.post_id))
