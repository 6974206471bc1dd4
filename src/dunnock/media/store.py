"""Every statement about media and custom emoji."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Boolean,
    bindparam,
    column,
    delete,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    update,
)

from dunnock.foundation.db import BigId, Db, Reader, Row, Sql, Tx, among, insert_into, insert_once, upsert
from dunnock.media.model import (
    Emoji,
    Focus,
    Kind,
    Media,
    Picture,
    read_focus,
    read_picture,
    write_focus,
    write_picture,
)
from dunnock.media.tables import emoji, media, media_holds, media_stop_keys, media_stop_prints, media_stops

_the = bindparam("the", type_=BigId)
_shown = (
    media.c.id,
    media.c.account_id,
    media.c.post_id,
    media.c.kind,
    media.c.state,
    media.c.files,
    media.c.description,
    media.c.focus,
    media.c.blurhash,
    media.c.remote_url,
)
_one = select(*_shown).where(media.c.id == _the)
BY_ID = Sql(_one)
BY_IDS = Sql(select(*_shown).where(among(media.c.id, "ids")))
_lockable = select(*_shown).where(among(media.c.id, "ids")).order_by(media.c.id)
LOCKED_BY_IDS = Sql(_lockable, _lockable.with_for_update())
SHOWN_BEFORE = Sql(
    select(*_shown)
    .where(media.c.id < bindparam("below", type_=BigId), media.c.post_id.is_not(None), media.c.state == "ready")
    .order_by(media.c.id.desc())
    .limit(bindparam("most", type_=BigId))
)
ATTACH = Sql(
    update(media)
    .where(media.c.id == _the, media.c.post_id.is_(None), media.c.state == "ready")
    .values(post_id=bindparam("new_post"))
)
DETACH = Sql(update(media).where(media.c.post_id == _the).values(post_id=None, unused_since=bindparam("now")))
REMOVE_OF = Sql(delete(media).where(media.c.post_id == _the))
ADD = insert_into(
    media,
    "id",
    "account_id",
    "kind",
    "state",
    "files",
    "description",
    "focus",
    "blurhash",
    "sha256",
    "bytes",
    "created_at",
    "unused_since",
)
ADD_REMOTE = insert_into(
    media,
    "id",
    "account_id",
    "post_id",
    "kind",
    "state",
    "files",
    "description",
    "focus",
    "blurhash",
    "created_at",
    "remote_url",
)
DESCRIBE = Sql(
    update(media).where(media.c.id == _the).values(description=bindparam("new_text"), focus=bindparam("new_focus"))
)
FINISH = Sql(
    update(media)
    .where(media.c.id == _the, media.c.state == "processing")
    .values(
        state=bindparam("new_state"),
        kind=bindparam("new_kind"),
        thumbnail=None,
        files=bindparam("new_files"),
        blurhash=bindparam("new_blurhash"),
        sha256=bindparam("new_sha256"),
        bytes=bindparam("new_bytes"),
    )
)
THUMBNAIL = Sql(select(media.c.thumbnail).where(media.c.id == _the))
KEEP_THUMBNAIL = Sql(
    update(media)
    .where(media.c.id == _the, media.c.state == "processing")
    .values(thumbnail=bindparam("new_thumbnail"), blurhash=bindparam("new_blurhash"))
)
SHOW_OTHERWISE = Sql(
    update(media)
    .where(media.c.id == _the, media.c.state == "ready")
    .values(files=bindparam("new_files"), blurhash=bindparam("new_blurhash"), bytes=bindparam("new_bytes"))
)
_copied = (media.c.remote_url.is_not(None), media.c.bytes > literal_column("0"))
COPIED_BYTES = Sql(select(func.coalesce(func.sum(media.c.bytes), literal_column("0"))).where(*_copied))
NEXT_COPIES = Sql(
    select(media.c.id, media.c.post_id, media.c.bytes, media.c.files, media.c.turn)
    .where(*_copied)
    .order_by(media.c.turn, media.c.id)
    .limit(bindparam("most"))
)
ANOTHER_TURN = Sql(update(media).where(media.c.id == _the).values(turn=bindparam("now", type_=BigId)))
GIVE_UP_COPY = Sql(
    update(media).where(media.c.id == _the).values(state="failed", kind="unknown", files="{}", sha256=None, bytes=0)
)
REMOVE = Sql(delete(media).where(media.c.id == _the, media.c.post_id.is_(None)))
REMOVE_UNUSED = Sql(
    delete(media).where(
        media.c.id.in_(
            select(media.c.id)
            .where(
                media.c.post_id.is_(None),
                media.c.unused_since < bindparam("before"),
                ~exists().where(media_holds.c.media_id == media.c.id),
            )
            .order_by(media.c.unused_since)
            .limit(bindparam("most"))
            .scalar_subquery()
        )
    )
)

_held_by = media_holds.c.holder_id == bindparam("holder", type_=BigId)
HOLD = insert_once(media_holds, keys=["holder_id", "media_id"])
LET_GO = Sql(delete(media_holds).where(_held_by))
FREE = Sql(  # a day from now on, as if it came just now
    update(media)
    .where(media.c.post_id.is_(None), media.c.id.in_(select(media_holds.c.media_id).where(_held_by).scalar_subquery()))
    .values(unused_since=bindparam("now", type_=BigId))
)
FIRMLY_HELD = Sql(select(media_holds.c.media_id).where(among(media_holds.c.media_id, "ids"), media_holds.c.firm))
OF_ACCOUNT = Sql(select(media.c.id).where(media.c.account_id == _the).limit(bindparam("most")))
UNHOLD_MANY = Sql(delete(media_holds).where(among(media_holds.c.media_id, "ids")))
DROP_MANY = Sql(delete(media).where(among(media.c.id, "ids")))
UNHOLD = Sql(delete(media_holds).where(media_holds.c.media_id == _the))

_s, _p, _k = media_stops.c, media_stop_prints.c, media_stop_keys.c
_stop = select(_s.id, _s.effect, _s.why, _s.tells, _s.source, _s.by_account_id, _s.until, _s.ended_at)
ADD_STOP = insert_into(media_stops, "id", "effect", "why", "tells", "source", "by_account_id", "until")
ADD_STOP_PRINT = insert_into(media_stop_prints, "id", "stop_id", "print")
ADD_STOP_KEY = insert_into(media_stop_keys, "key", "print_id")
ANY_STOP = Sql(select(exists().where(_s.ended_at.is_(None))))
COUNT_STOPS = Sql(select(func.count()).select_from(media_stops).where(_s.ended_at.is_(None)))
STOP = Sql(_stop.where(_s.id == _the))
STOPS = Sql(
    _stop.where(_s.ended_at.is_(None), _s.id < bindparam("below", type_=BigId))
    .order_by(_s.id.desc())
    .limit(bindparam("most", type_=BigId))
)
ENDED_STOPS = Sql(
    _stop.where(_s.ended_at.is_not(None), _s.id < bindparam("below", type_=BigId))
    .order_by(_s.id.desc())
    .limit(bindparam("most", type_=BigId))
)
STOP_PRINTS = Sql(select(_p.stop_id, _p.print).where(among(_p.stop_id, "ids")).order_by(_p.id))
STOPS_OVER = Sql(
    _stop.where(_s.ended_at.is_(None), _s.until <= bindparam("now", type_=BigId))
    .order_by(_s.id)
    .limit(bindparam("most", type_=BigId))
)
NEAR_STOPS = Sql(  # prints that share a part with what is asked; only those in force have keys
    select(_p.print, _s.id, _s.effect)
    .join_from(media_stop_prints, media_stops, _s.id == _p.stop_id)
    .where(_p.id.in_(select(_k.print_id).where(among(_k.key, "keys"))))
    .order_by(_p.id)
    .limit(bindparam("most", type_=BigId))
)
COUNT_STOP_PRINTS = Sql(
    select(_p.stop_id, func.count()).where(among(_p.stop_id, "ids")).group_by(_p.stop_id).order_by(_p.stop_id)
)
END_STOP = Sql(
    update(media_stops).where(_s.id == _the, _s.ended_at.is_(None)).values(ended_at=bindparam("now", type_=BigId))
)
SOFTEN_STOP = Sql(update(media_stops).where(_s.id == _the).values(effect="review"))
DROP_STOP_KEYS = Sql(delete(media_stop_keys).where(_k.print_id.in_(select(_p.id).where(_p.stop_id == _the))))

_emoji = (emoji.c.shortcode, emoji.c.file, emoji.c.still_file, emoji.c.category, emoji.c.listed)
EMOJI = Sql(
    select(*_emoji)
    .where(emoji.c.domain == bindparam("domain"), among(emoji.c.shortcode, "shortcodes"), emoji.c.disabled == false())
    .order_by(emoji.c.shortcode)
)
ALL_EMOJI = Sql(select(*_emoji).where(emoji.c.domain == "", emoji.c.disabled == false()).order_by(emoji.c.shortcode))
PUT_EMOJI = upsert(
    emoji, ["shortcode", "domain"], "shortcode", "domain", "file", "still_file", "category", "listed", "created_at"
)
EVERY_EMOJI = Sql(select(*_emoji, emoji.c.disabled).where(emoji.c.domain == "").order_by(emoji.c.shortcode))
CHANGE_EMOJI = Sql(
    update(emoji)
    .where(emoji.c.shortcode == bindparam("name"), emoji.c.domain == "")
    .values(
        category=bindparam("new_category"),
        listed=bindparam("new_listed", type_=Boolean()),
        disabled=bindparam("new_disabled", type_=Boolean()),
    )
)
REMOVE_EMOJI = Sql(delete(emoji).where(emoji.c.shortcode == bindparam("name"), emoji.c.domain == bindparam("of")))

# What other domains keep of our pictures; named here, never imported, as foreign keys are.
_accounts = table("accounts", column("id", BigId), column("domain"), column("avatar"), column("header"))
_personas = table("personas", column("id", BigId), column("field"), column("old"), column("new"))
_previews = table("previews", column("id", BigId), column("image"))
_after = bindparam("after", type_=BigId)
_most = bindparam("most", type_=BigId)
# In this order: a picture that an account gives up is in its history by the time that we look there.
USES = (
    Sql(
        select(media.c.id, media.c.files, media.c.thumbnail)
        .where(media.c.id > _after)
        .order_by(media.c.id)
        .limit(_most)
    ),
    Sql(
        select(_accounts.c.id, _accounts.c.avatar, _accounts.c.header)
        .where(_accounts.c.id > _after, or_(_accounts.c.avatar.is_not(None), _accounts.c.header.is_not(None)))
        .order_by(_accounts.c.id)
        .limit(_most)
    ),
    Sql(
        select(_personas.c.id, _personas.c.old, _personas.c.new)
        .where(_personas.c.id > _after, or_(_personas.c.field == "avatar", _personas.c.field == "header"))
        .order_by(_personas.c.id)
        .limit(_most)
    ),
    Sql(
        select(_previews.c.id, _previews.c.image)
        .where(_previews.c.id > _after, _previews.c.image.is_not(None))
        .order_by(_previews.c.id)
        .limit(_most)
    ),
)
"""Rows (id, JSON of a Picture or nothing, ...) that refer to files, above an id."""
REMOTE_PICTURES = Sql(
    select(_accounts.c.id, _accounts.c.avatar, _accounts.c.header)
    .where(
        _accounts.c.id > _after,
        _accounts.c.domain != "",
        or_(_accounts.c.avatar.is_not(None), _accounts.c.header.is_not(None)),
    )
    .order_by(_accounts.c.id)
    .limit(_most)
)
EMOJI_USES = Sql(select(emoji.c.file, emoji.c.still_file))


def _media(row: Row) -> Media:
    picture = None if row[5] == "{}" else read_picture(row[5])
    return Media(row[0], row[1], row[2], row[3], row[4], picture, row[6], read_focus(row[7]), row[8], row[9])


async def find(reader: Reader, an_id: int) -> Media | None:
    """One media; None when there is none."""
    row = await reader.one(BY_ID, the=an_id)
    return None if row is None else _media(row)


async def find_many(reader: Reader, ids: Sequence[int]) -> dict[int, Media]:
    """Those that exist."""
    return {row[0]: _media(row) for row in await reader.all(BY_IDS, ids=ids)}


async def shown_before(db: Db, below: int, *, most: int) -> list[Media]:
    """What posts show, the newest first, below an id."""
    return [_media(row) for row in await db.slow(SHOWN_BEFORE, below=below, most=most)]


async def lock_many(tx: Tx, ids: Sequence[int]) -> dict[int, Media]:
    """Those that exist; nobody else changes them until the transaction ends."""
    return {row[0]: _media(row) for row in await tx.all(LOCKED_BY_IDS, ids=ids)}


async def add(tx: Tx, media_: Media, *, sha256: str | None, unused_since: int) -> None:
    """A new row, which no post uses."""
    picture = media_.picture
    await tx.run(
        ADD,
        id=media_.id,
        account_id=media_.account_id,
        kind=media_.kind,
        state=media_.state,
        files=_files(picture),
        description=media_.description,
        focus=write_focus(media_.focus),
        blurhash=media_.blurhash,
        sha256=sha256,
        bytes=_size(picture),
        created_at=tx.now,
        unused_since=unused_since,
    )


async def add_remote(tx: Tx, media_: Media) -> None:
    """A new row for a file of another server, which a post uses."""
    await tx.run(
        ADD_REMOTE,
        id=media_.id,
        account_id=media_.account_id,
        post_id=media_.post_id,
        kind=media_.kind,
        state=media_.state,
        files="{}",
        description=media_.description,
        focus=write_focus(media_.focus),
        blurhash=media_.blurhash,
        created_at=tx.now,
        remote_url=media_.remote_url,
    )


async def finish(
    tx: Tx, an_id: int, *, kind: Kind, picture: Picture | None, blurhash: str | None, sha256: str | None
) -> bool:
    """What was processing is ready, or without a picture failed; False when it was not processing."""
    return bool(
        await tx.run(
            FINISH,
            the=an_id,
            new_state="failed" if picture is None else "ready",
            new_kind=kind,
            new_files=_files(picture),
            new_blurhash=blurhash,
            new_sha256=sha256,
            new_bytes=_size(picture),
        )
    )


async def keep_thumbnail(tx: Tx, an_id: int, picture: Picture, blurhash: str | None) -> bool:
    """What is to be shown for a media once it is processed; False when it is no longer processing."""
    return bool(await tx.run(KEEP_THUMBNAIL, the=an_id, new_thumbnail=write_picture(picture), new_blurhash=blurhash))


async def thumbnail_of(reader: Reader, an_id: int) -> Picture | None:
    """What is to be shown for a media that is being processed; None: its own."""
    text = await reader.value(THUMBNAIL, the=an_id)
    return None if text is None else read_picture(text)


async def show_otherwise(tx: Tx, an_id: int, picture: Picture, blurhash: str | None) -> None:
    """The files of a ready media are these."""
    await tx.run(SHOW_OTHERWISE, the=an_id, new_files=_files(picture), new_blurhash=blurhash, new_bytes=_size(picture))


def _files(picture: Picture | None) -> str:
    return "{}" if picture is None else write_picture(picture)


def _size(picture: Picture | None) -> int:
    if picture is None:
        return 0
    return sum(file.bytes for file in (picture.original, picture.small, picture.static) if file is not None)


async def describe(tx: Tx, an_id: int, *, description: str | None, focus: Focus | None) -> None:
    """Replace both."""
    await tx.run(DESCRIBE, the=an_id, new_text=description, new_focus=write_focus(focus))


async def emoji_named(reader: Reader, shortcodes: Sequence[str], domain: str) -> list[Emoji]:
    """Those that exist and are not disabled, by name."""
    return [_emoji_of(row) for row in await reader.all(EMOJI, shortcodes=shortcodes, domain=domain)]


async def all_emoji(reader: Reader) -> list[Emoji]:
    """Those of this server that are not disabled, by name."""
    return [_emoji_of(row) for row in await reader.all(ALL_EMOJI)]


def _emoji_of(row: Row) -> Emoji:
    return Emoji(row[0], row[1], row[2], row[3], bool(row[4]))


async def every_emoji(reader: Reader) -> list[tuple[Emoji, bool]]:
    """Those of this server, by name, each with whether it is disabled."""
    return [(_emoji_of(row[:-1]), bool(row[-1])) for row in await reader.all(EVERY_EMOJI)]
