"""Rows of the server's own limits: other servers, mail domains and addresses, networks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam, column, delete, select, table, update
from sqlalchemy.dialects import postgresql, sqlite

from dunnock.accounts.tables import (
    mail_blocks,
    mail_domain_blocks,
    mail_domain_tries,
    network_blocks,
    server_allows,
    server_blocks,
)
from dunnock.foundation.db import BigId, Sql, among, insert_once

_the = bindparam("the", type_=BigId)


class Rows:
    """The statements that each of these tables needs: one row each, pages by id, all of them."""

    def __init__(self, of: Table, unique: str) -> None:
        """`unique`: the column that no two rows share."""
        every = select(*of.c)
        page = every.where(of.c.id > bindparam("above", type_=BigId), of.c.id < bindparam("below", type_=BigId)).limit(
            bindparam("most")
        )
        self.add = insert_once(of, keys=[unique])
        self.find = Sql(every.where(of.c.id == _the))
        self.called = Sql(every.where(of.c[unique] == bindparam("key")))
        self.among = Sql(every.where(among(of.c[unique], "keys")))
        self.all = Sql(every.order_by(of.c.id))
        self.page = {False: Sql(page.order_by(of.c.id.desc())), True: Sql(page.order_by(of.c.id))}
        self.drop = Sql(delete(of).where(of.c.id == _the))
        rest = {one.name: bindparam(f"new_{one.name}", type_=one.type) for one in of.c if one.name != "id"}
        self.change = Sql(update(of).where(of.c.id == _the).values(rest))


BLOCKS = Rows(server_blocks, "domain")
ALLOWS = Rows(server_allows, "domain")
MAIL_DOMAINS = Rows(mail_domain_blocks, "domain")
MAILS = Rows(mail_blocks, "hash")
NETWORKS = Rows(network_blocks, "network")

_b = server_blocks.c
_now = bindparam("now", type_=BigId)
OVER = Sql(select(_b.id, _b.domain).where(_b.expires_at <= _now))
END_IF_OVER = Sql(delete(server_blocks).where(_b.id == _the, _b.expires_at <= _now))

DROP_MAILS_OF = Sql(delete(mail_blocks).where(mail_blocks.c.account_id == bindparam("account", type_=BigId)))
_t = mail_domain_tries.c


def _count(insert: Any) -> Any:
    values = {name: bindparam(name, type_=_t[name].type) for name in ("block_id", "day")} | {"tries": 1}
    return insert(mail_domain_tries).values(values).on_conflict_do_update(
        index_elements=["block_id", "day"], set_={"tries": mail_domain_tries.c.tries + 1}
    )  # fmt: skip


COUNT_TRY = Sql(_count(sqlite.insert), _count(postgresql.insert))
TRIES = Sql(
    select(_t.block_id, _t.day, _t.tries).where(among(_t.block_id, "ids"), _t.day > bindparam("since", type_=BigId))
)
DROP_TRIES = Sql(delete(mail_domain_tries).where(_t.block_id == _the))
_members = table("members", column("id", BigId), column("email"), column("account_id", BigId))
MAIL_OF = Sql(select(_members.c.email).where(_members.c.account_id == bindparam("account", type_=BigId)))
