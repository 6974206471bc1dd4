"""Statements about accounts themselves: finding them, what they show, its history, and their settings."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import BindParameter, and_, bindparam, case, exists, func, literal_column, or_, select, text, update

from dunnock.accounts.account import Account, Standing, read_attestations, read_fields, read_labels
from dunnock.accounts.tables import NAME_WORDS, accounts, blocks, follows, members, personas
from dunnock.foundation.db import BigId, Row, Sql, among, insert_into

_the: BindParameter[Any] = bindparam("the")
_viewer: BindParameter[Any] = bindparam("viewer")

_columns = (
    accounts.c.id,
    accounts.c.username,
    accounts.c.domain,
    accounts.c.kind,
    accounts.c.display_name,
    accounts.c.bio,
    accounts.c.bio_html,
    accounts.c.fields,
    accounts.c.avatar,
    accounts.c.header,
    accounts.c.locked,
    accounts.c.discoverable,
    accounts.c.indexable,
    accounts.c.hide_collections,
    accounts.c.url,
    accounts.c.uri,
    accounts.c.created_at,
    accounts.c.imported,
    accounts.c.standing,
    accounts.c.avatar_description,
    accounts.c.header_description,
    accounts.c.show_media,
    accounts.c.show_media_replies,
    accounts.c.show_featured,
    accounts.c.attribution_domains,
    accounts.c.labels,
    accounts.c.attestations,
    accounts.c.domain_handle,
    accounts.c.domain_since,
)
_domains = msgspec.json.Decoder(tuple[str, ...]).decode


def account_of(row: Row) -> Account:
    """The account in a row of the statements here."""
    return Account(
        id=row[0],
        username=row[1],
        domain=row[2],
        kind=row[3],
        display_name=row[4],
        bio=row[5],
        bio_html=row[6],
        fields=read_fields(row[7]),
        avatar=row[8],
        header=row[9],
        locked=bool(row[10]),
        discoverable=bool(row[11]),
        indexable=bool(row[12]),
        hide_collections=bool(row[13]),
        url=row[14],
        uri=row[15],
        created_at=row[16],
        imported=bool(row[17]),
        standing=Standing(row[18]),
        avatar_description=row[19],
        header_description=row[20],
        show_media=bool(row[21]),
        show_media_replies=bool(row[22]),
        show_featured=bool(row[23]),
        attribution_domains=() if row[24] == "[]" else _domains(row[24]),
        labels=read_labels(row[25]),
        attestations=read_attestations(row[26]),
        domain_handle=row[27],
        domain_since=row[28],
    )


FIND = Sql(select(*_columns).where(accounts.c.id == _the))
FIND_MANY = Sql(select(*_columns).where(among(accounts.c.id, "ids")))
ORIGINS = Sql(
    select(accounts.c.id, accounts.c.username, accounts.c.domain, accounts.c.created_at).where(
        among(accounts.c.id, "ids")
    )
)
FIND_AFTER = Sql(
    select(*_columns)
    .where(accounts.c.id > bindparam("after", type_=BigId), accounts.c.standing != "deleted")
    .order_by(accounts.c.id)
    .limit(bindparam("most"))
)
_of_server = (
    select(accounts.c.id)
    .where(accounts.c.domain == bindparam("host"), accounts.c.id < bindparam("before", type_=BigId))
    .limit(bindparam("most"))
)
NUMBER_OF_SERVER = Sql(select(func.count()).select_from(_of_server.subquery()))
FIND_BY_HANDLE = Sql(
    select(*_columns).where(accounts.c.username_key == bindparam("name"), accounts.c.domain == bindparam("host"))
)
FIND_BY_HANDLES = Sql(
    select(*_columns).where(among(accounts.c.username_key, "names"), among(accounts.c.domain, "hosts"))
)
_to_change = select(*_columns).where(accounts.c.id == _the)
FIND_TO_CHANGE = Sql(_to_change, _to_change.with_for_update())

GIVE_UP_PICTURES = Sql(
    update(accounts).where(accounts.c.id == _the, accounts.c.domain != "").values(avatar=None, header=None)
)
CHANGE_PERSONA = Sql(
    update(accounts)
    .where(accounts.c.id == _the)
    .values(
        {
            name: bindparam(name, type_=accounts.c[name].type)
            for name in (
                "kind",
                "display_name",
                "name_key",
                "bio",
                "bio_html",
                "fields",
                "avatar",
                "header",
                "avatar_description",
                "header_description",
            )
        }
    )
)
SET_FIELDS = Sql(update(accounts).where(accounts.c.id == _the).values(fields=bindparam("new_fields")))
LINES_AFTER = Sql(
    select(accounts.c.id, accounts.c.fields)
    .where(
        accounts.c.id > bindparam("after", type_=BigId),
        accounts.c.fields != "[]",
        accounts.c.standing != "suspended",
        accounts.c.standing != "deleted",
    )
    .order_by(accounts.c.id)
    .limit(bindparam("most"))
)
ADD_PERSONA = insert_into(personas)
PERSONAS = Sql(
    select(personas.c.id, personas.c.field, personas.c.old, personas.c.new)
    .where(personas.c.account_id == _the, personas.c.id > bindparam("above"), personas.c.id < bindparam("below"))
    .order_by(personas.c.id.desc())
    .limit(bindparam("most"))
)
CHANGED_BY_MEMBER = Sql(  # the oldest first
    select(personas.c.id, personas.c.field, personas.c.old, personas.c.new)
    .where(
        personas.c.account_id == _the,
        personas.c.id > bindparam("above", type_=BigId),
        personas.c.by_member_id.is_not(None),
    )
    .order_by(personas.c.id)
    .limit(bindparam("most"))
)
PERSONAS_UPWARDS = Sql(
    select(personas.c.id, personas.c.field, personas.c.old, personas.c.new)
    .where(personas.c.account_id == _the, personas.c.id > bindparam("above"), personas.c.id < bindparam("below"))
    .order_by(personas.c.id)
    .limit(bindparam("most"))
)
_seen = personas.c.field.in_(
    [literal_column(f"'{name}'") for name in ("display_name", "username", "avatar", "header", "kind")]
)
_appearances = select(personas.c.id, personas.c.field, personas.c.old, personas.c.new).where(
    personas.c.account_id == _the, personas.c.id > bindparam("above"), personas.c.id < bindparam("below"), _seen
)
APPEARANCES = tuple(
    Sql(_appearances.order_by(order).limit(bindparam("most"))) for order in (personas.c.id.desc(), personas.c.id)
)
"""What one recognises an account by: [newest first, oldest first]."""
_newest = (
    select(personas.c.id, personas.c.field, personas.c.old, personas.c.new)
    .where(personas.c.account_id == _the, personas.c.id > bindparam("above", type_=BigId))
    .order_by(personas.c.id.desc())
    .limit(bindparam("most"))
    .subquery()
)
_stood = select(
    *_newest.c,
    func.lag(_newest.c.id).over(partition_by=_newest.c.field, order_by=_newest.c.id).label("before"),
    func.lead(_newest.c.id).over(partition_by=_newest.c.field, order_by=_newest.c.id).label("after"),
).subquery()
STOOD = Sql(  # of each field the changes that gave up what had stood for so long (in ids), and the last one
    select(_stood.c.id, _stood.c.field, _stood.c.old, _stood.c.new, _stood.c.before)
    .where(
        or_(
            _stood.c.before.is_(None),
            _stood.c.after.is_(None),
            _stood.c.id - _stood.c.before >= bindparam("span", type_=BigId),
        )
    )
    .order_by(_stood.c.id)
)
NAME_AT = Sql(
    select(personas.c.old)
    .where(
        personas.c.account_id == _the,
        personas.c.id > bindparam("above", type_=BigId),
        personas.c.field == "display_name",
    )
    .order_by(personas.c.id)
    .limit(1)
)
RENAMES = Sql(
    select(personas.c.id, personas.c.field, personas.c.old, personas.c.new)
    .where(personas.c.account_id == _the, personas.c.id > bindparam("above"), personas.c.field == "display_name")
    .order_by(personas.c.id.desc())
    .limit(bindparam("most"))
)

SETTINGS = (
    "locked",
    "discoverable",
    "indexable",
    "hide_collections",
    "show_media",
    "show_media_replies",
    "show_featured",
    "attribution_domains",
)
CHANGE_SETTINGS = Sql(
    update(accounts)
    .where(accounts.c.id == _the)
    .values({name: bindparam(name, type_=accounts.c[name].type) for name in SETTINGS})
)
_DEFAULTS = (
    "default_visibility",
    "default_sensitive",
    "default_language",
    "default_quote_policy",
    "default_reply_policy",
)
_defaults = select(*[members.c[name] for name in _DEFAULTS]).where(members.c.account_id == _the)
DEFAULTS = Sql(_defaults)
ROLE = Sql(select(members.c.role).where(members.c.account_id == _the))
CHANGE_DEFAULTS = Sql(
    update(members)
    .where(members.c.account_id == _the)
    .values({name: bindparam(name, type_=members.c[name].type) for name in _DEFAULTS})
)

# Search -------------------------------------------------------------------------------------------------------------

_shown = accounts.c.standing.in_([literal_column("'active'"), literal_column("'limited'")])
# Whom the viewer blocks is found: from a terminal that is the way to end the block.
_near = ~exists().where(blocks.c.account_id == accounts.c.id, blocks.c.target_id == _viewer)


def _starts(column: Any, low: str, high: str, *, pg: bool) -> Any:
    """A range of bytes that an index serves on either engine, whatever PostgreSQL's collation."""
    if pg:
        return and_(column.op("~>=~")(bindparam(low)), column.op("~<~")(bindparam(high)))
    return and_(column >= bindparam(low), column < bindparam(high))


def _search(found: Any, *order: Any) -> Any:
    return select(accounts.c.id).where(found, _shown, _near).order_by(*order).limit(bindparam("most"))


def _handles(*, pg: bool) -> Any:
    found = _starts(accounts.c.username_key, "low", "high", pg=pg)
    return _search(found, accounts.c.username_key, accounts.c.domain)  # of one name this server's first


def _hosts(*, pg: bool) -> Any:
    at_host = and_(accounts.c.username_key == bindparam("name"), _starts(accounts.c.domain, "low", "high", pg=pg))
    return _search(at_host, accounts.c.domain)


def _names(*, pg: bool) -> Any:
    return _search(_starts(accounts.c.name_key, "low", "high", pg=pg), accounts.c.name_key)


SEARCH_NEAR = Sql(
    select(accounts.c.id)
    .where(among(accounts.c.username_key, "names"), _shown, _near)
    # Not by followers, whom one can buy: those of this server, then who is known here for longest.
    .order_by(accounts.c.domain != literal_column("''"), accounts.c.id)
    .limit(bindparam("most"))
)
SEARCH_HANDLES = Sql(_handles(pg=False), _handles(pg=True))
SEARCH_HOSTS = Sql(_hosts(pg=False), _hosts(pg=True))
SEARCH_NAMES = Sql(_names(pg=False), _names(pg=True))
_words_lite = text(
    "SELECT a.id FROM (SELECT rowid FROM account_names WHERE account_names MATCH :fts ORDER BY rowid LIMIT 2000) AS n "
    "JOIN accounts AS a ON a.id = n.rowid WHERE a.standing IN ('active', 'limited') AND NOT EXISTS "
    "(SELECT 1 FROM blocks AS b WHERE b.account_id = a.id AND b.target_id = :viewer) ORDER BY a.domain <> '', a.id LIMIT :most"
)
_words_pg = text(
    "SELECT a.id FROM (SELECT id, domain, standing FROM accounts "
    f"WHERE {NAME_WORDS} @@ CAST(:ts AS tsquery) LIMIT 2000) AS a "
    "WHERE a.standing IN ('active', 'limited') AND NOT EXISTS "
    "(SELECT 1 FROM blocks AS b WHERE b.account_id = a.id AND b.target_id = CAST(:viewer AS bigint)) "
    "ORDER BY a.domain <> '', a.id LIMIT CAST(:most AS bigint)"
)
SEARCH_WORDS = Sql(_words_lite, _words_pg)
"""Accounts that have words that begin so in their display name or handle: this server's first, then who is known for longest."""
_like = {"escape": "\\"}
SEARCH_FOLLOWED = Sql(
    select(accounts.c.id)
    .join_from(follows, accounts, accounts.c.id == follows.c.followed_id)
    .where(
        follows.c.follower_id == _viewer,
        ~follows.c.requested,
        _shown,
        or_(
            and_(
                accounts.c.username_key.like(bindparam("handle_like"), **_like),
                accounts.c.domain.like(bindparam("host_like"), **_like),
            ),
            accounts.c.name_key.like(bindparam("name_like"), **_like),
            accounts.c.name_key.like(bindparam("word_like"), **_like),
        ),
    )
    .order_by(
        case((accounts.c.username_key == bindparam("exact"), literal_column("0")), else_=literal_column("1")),
        follows.c.id.desc(),
    )
    .limit(bindparam("most"))
)
COUNT_FOLLOWED = Sql(
    select(func.count()).select_from(
        select(literal_column("1")).where(follows.c.follower_id == _the).limit(bindparam("most")).subquery()
    )
)
"""How many accounts one follows, counted up to `most`."""
