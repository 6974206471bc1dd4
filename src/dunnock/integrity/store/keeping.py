"""By what posts are kept."""

from __future__ import annotations

from sqlalchemy import Boolean, bindparam, column, func, select, table

from dunnock.foundation.db import BigId, Sql
from dunnock.integrity.tables import media_stop_hits

# Of the rules of staff, which use this; named here, never imported, as foreign keys are.
_h = table("watch_hits", column("kind"), column("subject_id", BigId), column("limited", Boolean)).c
_m = media_stop_hits.c
_post = bindparam("post", type_=BigId)

TIMES_KEPT = Sql(
    select(
        select(func.count()).where(_h.kind == "post", _h.subject_id == _post, _h.limited).scalar_subquery()
        + select(func.count()).where(_m.post_id == _post, _m.limited).scalar_subquery()
    )
)
