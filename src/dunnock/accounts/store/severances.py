"""Rows of severances."""

from __future__ import annotations

from sqlalchemy import select

from dunnock.accounts.tables import severances
from dunnock.foundation.db import Sql, among, insert_into

_s = severances.c
ADD = insert_into(severances)
BY_ID = Sql(select(_s.id, _s.kind, _s.target, _s.followers, _s.following).where(among(_s.id, "ids")))
