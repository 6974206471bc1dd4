"""How far deletions are."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.foundation.db import BigId, Sql, insert_once
from dunnock.portability.tables import data_import_rows, data_imports, deletions

_the = bindparam("the", type_=BigId)
_COLUMNS = (
    deletions.c.account_id, deletions.c.by_whom, deletions.c.step, deletions.c.things, deletions.c.begun_at,
    deletions.c.finished_at,
)  # fmt: skip
ADD = insert_once(deletions, "account_id", "by_whom", "begun_at", keys=["account_id"])
FIND = Sql(select(*_COLUMNS).where(deletions.c.account_id == _the))
MOVE = Sql(
    update(deletions)
    .where(deletions.c.account_id == _the)
    .values(step=bindparam("new_step"), things=deletions.c.things + bindparam("more"))
)
FINISH = Sql(
    update(deletions).where(deletions.c.account_id == _the).values(step="", finished_at=bindparam("now", type_=BigId))
)
LATELY = Sql(  # what events on their way may have written after all
    select(deletions.c.account_id).where(deletions.c.finished_at > bindparam("since", type_=BigId)).limit(1_000)
)
_imports = select(data_imports.c.id).where(data_imports.c.account_id == _the).scalar_subquery()
DROP_ROWS = Sql(delete(data_import_rows).where(data_import_rows.c.import_id.in_(_imports)))
DROP_IMPORTS = Sql(delete(data_imports).where(data_imports.c.account_id == _the))
