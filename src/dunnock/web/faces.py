"""People made ready for the templates: pictures, emoji and addresses found in batches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from markupsafe import Markup, escape

from dunnock.accounts.account import Attestation, Field, Label, read_fields
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.foundation.db import Db
from dunnock.media.model import File, read_picture
from dunnock.media.views import find_emoji
from dunnock.text import plain, shortcodes
from dunnock.web.asset import asset_url

_SHORTCODE = re.compile(r":([A-Za-z0-9_]{2,50}):")
_TAGS = re.compile(r"(<[^>]*>)")


class Face(msgspec.Struct, frozen=True):
    """A person in few words: `name` is ready to show (`plain_name` where no markup may be), `avatar` and `url` are addresses."""

    id: int
    name: Markup
    plain_name: str
    handle: str
    url: str
    avatar: str
    bot: bool = False
    locked: bool = False
    labels: tuple[Label, ...] = ()
    """What the people who run this server say of them."""
    attestations: tuple[Attestation, ...] = ()
    """What named verifiers say of them."""
    domain_handle: str = ""
    """The domain that they proved to be theirs."""


class Profile(msgspec.Struct, frozen=True):
    """An account's page."""

    face: Face
    elsewhere: str | None
    bio: Markup
    summary: str
    header: str | None
    fields: list[tuple[Markup, Markup, int | None]]
    counts: tuple[int, int, int]
    created_at: int
    indexable: bool


def file_url(file: File) -> str:
    """Where a stored file is served."""
    return f"/media/{file.path}"


def profile_url(card: AccountCard) -> str:
    """The page of an account on this server; others' accounts have one too, and the way out of it is a link."""
    return f"/@{card.handle}"


def web_address(url: str | None) -> str | None:
    """The address when it may be a link: only ever http or https."""
    return url if url and url.startswith(("https://", "http://")) else None


class Faces:
    """Makes what the templates show of people."""

    def __init__(self, db: Db, account_views: AccountViews) -> None:
        """Reads through `account_views` and, for emoji, `db`."""
        self._db, self._accounts = db, account_views

    async def profile(self, card: AccountCard) -> Profile:
        """The page of an account."""
        await self.draw_faces([card])
        own = (await self.emoji([(card.domain, shortcodes(f"{card.bio_html} {card.fields}"))])).get(card.domain, {})
        lines: tuple[Field, ...] = read_fields(card.fields)
        counts = card.counts
        return Profile(
            face=face_of(card),
            elsewhere=web_address(card.url),
            bio=with_emoji(card.bio_html, own),
            summary=short(plain(card.bio_html)),
            header=file_url(read_picture(card.header).still) if card.header else None,
            fields=[
                (with_emoji(str(escape(line.name)), own), with_emoji(line.html, own), line.verified_at)
                for line in lines
            ],
            counts=counts[:3],
            created_at=card.created_at,
            indexable=bool(card.indexable),
        )

    async def faces(self, ids: Sequence[int]) -> list[Face]:
        """People in the order of `ids`; unknown ones are left out."""
        found = await self._accounts.get(ids)
        await self.draw_faces(found.values())
        return [face_of(found[one]) for one in ids if one in found]

    async def draw_faces(self, cards: Collection[AccountCard]) -> None:
        """Fill in `face` where it is missing: one query a server whose emoji they are called by."""
        bare = [card for card in cards if card.face is None]
        if bare:
            known = await self.emoji([(card.domain, shortcodes(card.display_name)) for card in bare])
            for card in bare:
                card.face = _face(card, known.get(card.domain, {}))

    async def emoji(self, named: Iterable[tuple[str, Collection[str]]]) -> dict[str, dict[str, str]]:
        """Server -> shortcode -> address, for those known here that people of these servers used. One query a server."""
        wanted: dict[str, set[str]] = {}
        for domain, names in named:
            if names:
                wanted.setdefault(domain, set()).update(names)
        return {
            domain: {one.shortcode: f"/media/{one.file}" for one in await find_emoji(self._db, names, domain)}
            for domain, names in wanted.items()
        }


def face_of(card: AccountCard) -> Face:
    """The face of an account whose `face` was drawn."""
    assert card.face is not None
    made: Face = card.face
    return made


def _face(card: AccountCard, emoji: Mapping[str, str]) -> Face:
    avatar = asset_url("avatar.svg")
    if card.avatar:
        picture = read_picture(card.avatar)
        avatar = file_url(picture.small or picture.still)
    return Face(
        id=card.id,
        name=with_emoji(str(escape(card.display_name or card.username)), emoji),
        plain_name=card.display_name or card.username,
        handle=card.handle,
        url=profile_url(card),
        avatar=avatar,
        bot=card.kind == "service",
        locked=bool(card.locked),
        labels=card.labels,
        attestations=card.attestations,
        domain_handle=card.domain_handle,
    )


def with_emoji(html: str, emoji: Mapping[str, str]) -> Markup:
    """Our own HTML (made or made safe by `dunnock.text`), shortcodes outside of tags shown as pictures."""
    if not emoji or ":" not in html:
        return Markup(html)  # noqa: S704 - the one place that trusts stored HTML

    def shown(found: re.Match[str]) -> str:
        url = emoji.get(found[1])
        return (
            found[0]
            if url is None
            else f'<img class="emoji" src="{escape(url)}" alt=":{found[1]}:" width="20" height="20">'
        )

    parts = _TAGS.split(html)
    parts[::2] = [_SHORTCODE.sub(shown, part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704 - see above


def short(words: str, most: int = 200) -> str:
    """The beginning, in one line, for what other sites show of a link."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
