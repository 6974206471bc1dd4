"""Deleting what an account recommends, and where it is recommended."""

from __future__ import annotations

from sqlalchemy import select

from dunnock.discovery.tables import (
    brought_by,
    collection_follows,
    collection_items,
    collections,
    dismissals,
    saved_searches,
    trend_gathered,
    trend_held_accounts,
    vouched,
)
from dunnock.foundation.erase import Step, of, rows, some_of

_own = select(collections.c.id).where(of(collections.c.account_id))

FINDING: Step = rows(
    some_of(brought_by, of(brought_by.c.account_id), brought_by.c.account_id),
    some_of(collection_follows, of(collection_follows.c.account_id), collection_follows.c.collection_id),
    some_of(collection_items, collection_items.c.collection_id.in_(_own.scalar_subquery()), collection_items.c.id),
    some_of(collection_items, of(collection_items.c.account_id), collection_items.c.id),
    some_of(collections, of(collections.c.account_id), collections.c.id),
    some_of(saved_searches, of(saved_searches.c.account_id), saved_searches.c.id),
    some_of(dismissals, of(dismissals.c.account_id), dismissals.c.target_id),
    some_of(dismissals, of(dismissals.c.target_id), dismissals.c.account_id),
    some_of(trend_gathered, of(trend_gathered.c.account_id), trend_gathered.c.gathering_id),
    some_of(trend_held_accounts, of(trend_held_accounts.c.account_id), trend_held_accounts.c.subject_id),
    some_of(vouched, of(vouched.c.account_id), vouched.c.account_id),
)
