"""Rows of what is published."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from dunnock.foundation.db import BigId, Sql, insert_into, insert_once
from dunnock.transparency.tables import (
    government_requests,
    log_ends,
    monthly_reports,
    ranking_audits,
    release_versions,
    releases,
    statements,
    transparency_keys,
)

_e = log_ends.c
_end = select(_e.id, _e.statement, _e.key, _e.signature)
ADD_END = insert_into(log_ends)
NEWEST_END = Sql(_end.order_by(_e.id.desc()).limit(1))
ENDS = Sql(  # newest first
    _end.where(_e.id < bindparam("below", type_=BigId)).order_by(_e.id.desc()).limit(bindparam("most"))
)
EVERY_END = Sql(_end.order_by(_e.id))

_r = releases.c
_the = bindparam("the", type_=BigId)
ADD_RELEASE = insert_into(releases, "id", "title", "method", "decisions", "key")
SET_MADE = Sql(
    update(releases).where(_r.id == _the).values(manifest=bindparam("new_manifest"), counts=bindparam("new_counts"))
)
RELEASE_KEY = Sql(select(_r.key).where(_r.id == _the))
_release = select(
    _r.id,
    _r.title,
    _r.method,
    _r.decisions,
    _r.counts,
    _r.manifest,
    _r.published_at,
    _r.version,
    _r.stale_at,
    _r.trouble,
)
RELEASE = Sql(_release.where(_r.id == _the))
RELEASES = Sql(_release.where(_r.manifest.is_not(None)).order_by(_r.id.desc()).limit(bindparam("most")))
PUBLISHED = Sql(_release.where(_r.published_at.is_not(None)).order_by(_r.id.desc()).limit(bindparam("most")))
PUBLISH = Sql(
    update(releases)
    .where(_r.id == _the, _r.published_at.is_(None), _r.manifest.is_not(None))
    .values(published_at=bindparam("now", type_=BigId))
)
MADE = Sql(select(_r.id, _r.decisions).where(_r.manifest.is_not(None), _r.stale_at.is_(None)))
SET_STALE = Sql(
    update(releases).where(_r.id == _the, _r.stale_at.is_(None)).values(stale_at=bindparam("now", type_=BigId))
)
STALE = Sql(_release.add_columns(_r.key).where(_r.stale_at.is_not(None), _r.manifest.is_not(None)).order_by(_r.id))
SET_FRESH = Sql(  # as decided again, unless more was taken back meanwhile
    update(releases)
    .where(_r.id == _the, _r.stale_at == bindparam("was_stale", type_=BigId))
    .values(stale_at=None, trouble="")
)
SET_TROUBLE = Sql(update(releases).where(_r.id == _the).values(trouble=bindparam("new_trouble")))
SET_AMENDED = Sql(
    update(releases)
    .where(_r.id == _the, _r.manifest == bindparam("old_manifest"))
    .values(
        manifest=bindparam("new_manifest"),
        counts=bindparam("new_counts"),
        version=_r.version + 1,
    )
)
_v = release_versions.c
ADD_VERSION = insert_into(release_versions)
VERSIONS = Sql(
    select(_v.version, _v.manifest, _v.counts, _v.taken_out, _v.until)
    .where(_v.release_id == _the)
    .order_by(_v.version.desc())
)

_s = statements.c
ADD_STATEMENT = insert_once(statements, "id", "decision_id", "puid", "content", keys=["puid"])
STATEMENTS = Sql(  # newest first
    select(_s.id, _s.content, _s.withdrawn_at)
    .where(_s.id < bindparam("below", type_=BigId))
    .order_by(_s.id.desc())
    .limit(bindparam("most"))
)
WITHDRAW = Sql(
    update(statements)
    .where(_s.puid == bindparam("puid"), _s.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("now", type_=BigId))
)
_k = transparency_keys.c
ADD_KEY = insert_once(transparency_keys, keys=["name"])
KEY = Sql(select(_k.key).where(_k.name == bindparam("the_name")))

_m = monthly_reports.c
ADD_MONTH = insert_once(monthly_reports, keys=["month"])
MONTHS = Sql(select(_m.month).order_by(_m.month.desc()).limit(bindparam("most")))
MONTH = Sql(select(_m.month, _m.content, _m.key, _m.signature).where(_m.month == bindparam("the_month")))

_g = government_requests.c
ADD_GOVERNMENT = insert_into(government_requests)
ANSWER_GOVERNMENT = Sql(
    update(government_requests).where(_g.id == _the, _g.done == "open").values(done=bindparam("new_done"))
)
GOVERNMENT = Sql(
    select(_g.id, _g.authority, _g.country, _g.received_on, _g.law, _g.asked, _g.number, _g.done)
    .order_by(_g.received_on.desc(), _g.id.desc())
    .limit(bindparam("most"))
)

_a = ranking_audits.c
_audit = select(_a.id, _a.plan, _a.report, _a.checksum)
ADD_AUDIT = insert_once(ranking_audits, keys=["plan", "checksum"])
AUDITS = Sql(_audit.order_by(_a.id.desc()).limit(bindparam("most")))
AUDIT = Sql(_audit.where(_a.id == _the))
AUDIT_OF = Sql(_audit.where(_a.plan == bindparam("plan"), _a.checksum == bindparam("checksum")))
AUDIT_BEFORE = Sql(_audit.where(_a.plan == bindparam("plan"), _a.id < _the).order_by(_a.id.desc()).limit(1))
