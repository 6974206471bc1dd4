"""Every statement about previews."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, delete, exists, select, update

from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_once, upsert
from dunnock.media.model import Picture, read_picture, write_picture
from dunnock.previews.model import Card, Preview, read_card, write_card
from dunnock.previews.tables import post_previews, previews

_p, _of = previews.c, post_previews.c
_the = bindparam("the", type_=BigId)
_post = bindparam("post", type_=BigId)

_KNOWN = Sql(select(_p.id, _p.link_id, _p.state, _p.asked_at, _p.url).where(_p.url == bindparam("url")))
_BY_ID = Sql(select(_p.id, _p.link_id, _p.state, _p.asked_at, _p.url).where(_p.id == _the))
_ADD = insert_once(previews, "id", "url", "link_id", "state", "asked_at", keys=["url"])
_ASK = Sql(update(previews).where(_p.id == _the).values(asked_at=bindparam("now", type_=BigId)))
_ATTACH = upsert(post_previews, ["post_id"], "post_id", "preview_id", "link_id")
_DETACH = Sql(delete(post_previews).where(_of.post_id == _post))
_FOUND = Sql(
    update(previews)
    .where(_p.id == _the)
    .values(
        link_id=bindparam("new_link", type_=BigId),
        state="ready",
        card=bindparam("new_card"),
        image=bindparam("new_image"),
    )
)
_NOTHING = Sql(update(previews).where(_p.id == _the, _p.state == "waiting").values(state="nothing"))
_MOVE = Sql(
    update(post_previews)
    .where(_of.preview_id == _the, _of.link_id != bindparam("new_link", type_=BigId))
    .values(link_id=bindparam("new_link", type_=BigId))
)
_shown = (_p.id, _p.link_id, _p.url, _p.card, _p.image)
_OF_POSTS = Sql(
    select(_of.post_id, *_shown)
    .join_from(post_previews, previews, _p.id == _of.preview_id)
    .where(among(_of.post_id, "ids"), _p.state == "ready")
)
_SHOWN_BY = Sql(select(_of.post_id).where(_of.preview_id == _the).order_by(_of.post_id.desc()).limit(bindparam("most")))
_READY = Sql(select(*_shown).where(among(_p.id, "ids"), _p.state == "ready"))
# Nobody shows it, nor another address of the same page.
_UNUSED = (
    select(_p.id)
    .where(
        _p.id > bindparam("after", type_=BigId),
        _p.asked_at < bindparam("before", type_=BigId),
        ~exists().where(_of.preview_id == _p.id),
        ~exists().where(_of.link_id == _p.id),
    )
    .order_by(_p.id)
    .limit(bindparam("most"))
)
UNUSED = Sql(_UNUSED)
_REMOVE = Sql(
    delete(previews).where(
        among(_p.id, "ids"), ~exists().where(_of.preview_id == _p.id), ~exists().where(_of.link_id == _p.id)
    )
)


class Known(msgspec.Struct, frozen=True):
    """An address that was posted before."""

    id: int
    link_id: int
    state: str
    asked_at: int
    url: str


async def known(reader: Reader, url: str) -> Known | None:
    """What is known of an address in its normal form."""
    row = await reader.one(_KNOWN, url=url)
    return None if row is None else Known(*row)


async def find(reader: Reader, preview_id: int) -> Known | None:
    """The same by id."""
    row = await reader.one(_BY_ID, the=preview_id)
    return None if row is None else Known(*row)


async def shown_by(reader: Reader, preview_id: int, most: int) -> list[int]:
    """Posts that show it, the newest first."""
    return [int(row[0]) for row in await reader.all(_SHOWN_BY, the=preview_id, most=most)]


async def add(tx: Tx, url: str) -> Known:
    """The address, known from now on; two at one moment make one."""
    new_id = tx.new_id()
    await tx.run(_ADD, id=new_id, url=url, link_id=new_id, state="waiting", asked_at=0)
    made = await known(tx, url)
    assert made is not None
    return made


async def note_asked(tx: Tx, preview_id: int) -> None:
    """A job looks from now on."""
    await tx.run(_ASK, the=preview_id, now=tx.now)


async def attach(tx: Tx, post_id: int, one: Known) -> None:
    """The post shows this one from now on."""
    await tx.run(_ATTACH, post_id=post_id, preview_id=one.id, link_id=one.link_id)


async def detach(tx: Tx, post_id: int) -> None:
    """The post shows none."""
    await tx.run(_DETACH, post=post_id)


async def put(tx: Tx, preview_id: int, *, link_id: int, card: Card, picture: Picture | None) -> None:
    """What was found there."""
    image = None if picture is None else write_picture(picture)
    await tx.run(_FOUND, the=preview_id, new_link=link_id, new_card=write_card(card), new_image=image)
    await tx.run(_MOVE, the=preview_id, new_link=link_id)


async def put_nothing(tx: Tx, preview_id: int) -> bool:
    """Nothing was found; what had been found before stays. Whether that is news."""
    return bool(await tx.run(_NOTHING, the=preview_id))


async def of_posts(reader: Reader, ids: Sequence[int]) -> dict[int, Preview]:
    """By post, those that are ready."""
    return {row[0]: _preview(row[1:]) for row in await reader.all(_OF_POSTS, ids=list(ids))}


async def ready(reader: Reader, ids: Sequence[int]) -> dict[int, Preview]:
    """By id, those that are ready."""
    return {row[0]: _preview(row) for row in await reader.all(_READY, ids=list(ids))}


async def remove(tx: Tx, ids: Sequence[int]) -> None:
    """Forget those of these that nobody shows."""
    await tx.run(_REMOVE, ids=list(ids))


def _preview(row: Row) -> Preview:
    return Preview(row[0], row[1], row[2], read_card(row[3]), None if row[4] is None else read_picture(row[4]))
