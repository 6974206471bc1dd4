"""Rows of weight files, and of what is learnt from: what was shown to whom."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.feeds.tables import for_you_served, for_you_weight_changes, for_you_weights
from dunnock.foundation.db import BigId, Sql, insert_into, insert_once

_w, _c, _s = for_you_weights.c, for_you_weight_changes.c, for_you_served.c

KEEP = insert_once(for_you_weights, keys=["hash"])
NAMED = Sql(select(_w.id, _w.hash, _w.text, _w.compared).where(_w.hash == bindparam("the")))
KEPT = Sql(select(_w.id, _w.hash, _w.text, _w.compared).order_by(_w.id.desc()).limit(bindparam("most")))
CHANGE = insert_into(for_you_weight_changes)
CHANGES = Sql(select(_c.id, _c.hash, _c.because).order_by(_c.id.desc()).limit(bindparam("most")))
LIVE = Sql(select(_w.hash, _w.text).join_from(for_you_weight_changes, for_you_weights).order_by(_c.id.desc()).limit(1))
SHOWN = Sql(  # the latest first
    select(_s.account_id, _s.at, _s.receipt)
    .where(_s.at > bindparam("since", type_=BigId))
    .order_by(_s.at.desc(), _s.account_id, _s.post_id)
    .limit(bindparam("most"))
)
