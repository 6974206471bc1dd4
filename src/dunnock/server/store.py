"""Rows of rules, choices, pages, terms and announcements."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once, upsert
from dunnock.foundation.erase import Step, of, rows, some_of
from dunnock.server.tables import (
    announcement_reactions,
    announcement_reads,
    announcements,
    choices,
    pages,
    rules,
    terms,
)

_r, _p, _t, _a = rules.c, pages.c, terms.c, announcements.c
_seen, _x = announcement_reads.c, announcement_reactions.c
_now = bindparam("now", type_=BigId)
_the = bindparam("the", type_=BigId)
_who = bindparam("who", type_=BigId)

# Rules ------------------------------------------------------------------------------------------------------------
_rule = select(_r.id, _r.text, _r.hint, _r.translations)
RULES = Sql(_rule.where(_r.removed_at.is_(None)).order_by(_r.position, _r.id))
RULE = Sql(_rule.where(_r.id == _the, _r.removed_at.is_(None)))
RULES_BY_ID = Sql(_rule.where(among(_r.id, "ids")).order_by(_r.position, _r.id))
LAST_POSITION = Sql(select(func.coalesce(func.max(_r.position), 0)))
ADD_RULE = insert_into(rules, "id", "position", "text", "hint", "translations")
CHANGE_RULE = Sql(
    update(rules)
    .where(_r.id == _the)
    .values(text=bindparam("new_text"), hint=bindparam("new_hint"), translations=bindparam("new_translations"))
)
REMOVE_RULE = Sql(update(rules).where(_r.id == _the, _r.removed_at.is_(None)).values(removed_at=_now))
PLACE_RULE = Sql(update(rules).where(_r.id == _the).values(position=bindparam("place")))

# Choices ----------------------------------------------------------------------------------------------------------
CHOICES = Sql(select(choices.c.name, choices.c.value).order_by(choices.c.name))
PUT_CHOICE = upsert(choices, ["name"])
DROP_CHOICE = Sql(delete(choices).where(choices.c.name == bindparam("setting")))

# Pages and terms --------------------------------------------------------------------------------------------------
PAGE = Sql(select(_p.text, _p.updated_at).where(_p.name == bindparam("page")))
PUT_PAGE = upsert(pages, ["name"])
DROP_PAGE = Sql(delete(pages).where(_p.name == bindparam("page")))

_version = select(_t.id, _t.text, _t.changes, _t.effective_on, _t.published_at)
TERMS = Sql(_version.order_by(_t.effective_on))
ADD_TERMS = insert_once(terms, keys=["effective_on"])

# Announcements ----------------------------------------------------------------------------------------------------
_columns = (_a.id, _a.text, _a.starts_at, _a.ends_at, _a.all_day, _a.published_at, _a.updated_at)
_shown = and_(_a.published_at <= _now, or_(_a.ends_at.is_(None), _a.ends_at > _now))
SHOWN = Sql(select(*_columns).where(_shown).order_by(_a.published_at, _a.id).limit(bindparam("most")))
ONE_SHOWN = Sql(select(*_columns).where(_a.id == _the, _shown))
ALL = Sql(select(*_columns).order_by(_a.published_at.desc(), _a.id.desc()).limit(bindparam("most")))
FIND = Sql(select(*_columns).where(_a.id == _the))
ADD = insert_into(announcements)
CHANGE = Sql(
    update(announcements)
    .where(_a.id == _the)
    .values(
        text=bindparam("new_text"),
        starts_at=bindparam("new_start", type_=BigId),
        ends_at=bindparam("new_end", type_=BigId),
        all_day=bindparam("new_all_day"),
        published_at=bindparam("new_published", type_=BigId),
        updated_at=_now,
    )
)
DROP = Sql(delete(announcements).where(_a.id == _the))
DROP_READS = Sql(delete(announcement_reads).where(_seen.announcement_id == _the))
DROP_REACTIONS = Sql(delete(announcement_reactions).where(_x.announcement_id == _the))

READ = Sql(select(_seen.announcement_id).where(_seen.account_id == _who, among(_seen.announcement_id, "ids")))
ADD_READ = insert_once(announcement_reads, keys=["account_id", "announcement_id"])

REACTIONS = Sql(
    select(_x.announcement_id, _x.name, func.count(), func.min(_x.id))
    .where(among(_x.announcement_id, "ids"))
    .group_by(_x.announcement_id, _x.name)
    .order_by(_x.announcement_id, func.min(_x.id))
)
MINE = Sql(select(_x.announcement_id, _x.name).where(_x.account_id == _who, among(_x.announcement_id, "ids")))
NAMES = Sql(select(_x.name).where(_x.announcement_id == _the).distinct())
ADD_REACTION = insert_once(announcement_reactions, keys=["announcement_id", "name", "account_id"])
DROP_REACTION = Sql(
    delete(announcement_reactions).where(
        _x.announcement_id == _the, _x.name == bindparam("emoji"), _x.account_id == _who
    )
)

ANNOUNCEMENTS_OF: Step = rows(
    some_of(announcement_reads, of(announcement_reads.c.account_id), announcement_reads.c.announcement_id),
    some_of(announcement_reactions, of(announcement_reactions.c.account_id), announcement_reactions.c.id),
)
"""What an account read and said of announcements."""
