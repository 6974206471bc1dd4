"""Posts in other languages, where the owner has a translator. Wire: Translation."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, media, posts
from dunnock.api.kit import Called, Form, public, require
from dunnock.foundation.db import Db


class TranslateForm(msgspec.Struct):
    """Into which language; None: the member's own."""

    lang: str | None = None


class TranslatedOption(msgspec.Struct):
    """Translation::Poll::Option."""

    title: str


class TranslatedPoll(msgspec.Struct):
    """Translation::Poll."""

    id: str
    options: list[TranslatedOption]


class TranslatedMedia(msgspec.Struct):
    """Translation::Attachment."""

    id: str
    description: str


class Translation(msgspec.Struct, kw_only=True):
    """Translation; `content` is HTML."""

    content: str
    spoiler_text: str
    language: str
    poll: TranslatedPoll | None
    media_attachments: list[TranslatedMedia]
    detected_source_language: str
    provider: str


@post("/api/v1/statuses/{post_id:int}/translate", guards=[require("read:statuses", user=False)], status_code=200)
async def translate_status(
    post_id: FromPath[int],
    form: Form[TranslateForm],
    caller: Called,
    db: NamedDependency[Db],
    translations: NamedDependency[posts.Translations],
) -> Translation:
    """A public post in another language, with its warning, its poll and the descriptions of its media."""
    found = await posts.find_visible(db, post_id, caller.account_id)
    poll = None if found.poll_id is None else (await posts.find_poll(db, found.poll_id, caller.account_id))[0]
    held = await media.find(db, found.media)
    described = [held[one] for one in found.media if one in held and held[one].description]
    said = await translations.of(
        found,
        form.lang or await _own_language(db, caller.member_id),
        options=() if poll is None else poll.options,
        descriptions=[one.description or "" for one in described],
    )
    return Translation(
        content=said.html,
        spoiler_text=said.warning,
        language=said.language,
        poll=None if poll is None else TranslatedPoll(str(poll.id), [TranslatedOption(one) for one in said.options]),
        media_attachments=[
            TranslatedMedia(str(one.id), text) for one, text in zip(described, said.descriptions, strict=True)
        ],
        detected_source_language=said.source,
        provider=said.provider,
    )


async def _own_language(db: Db, member_id: int | None) -> str:
    member = None if member_id is None else await accounts.find_member(db, member_id)
    return "en" if member is None else member.locale or "en"


@get("/api/v1/instance/translation_languages", guards=[public()])
async def list_translation_languages(translations: NamedDependency[posts.Translations]) -> dict[str, list[str]]:
    """What can be translated into what; `und`: a post that does not say its language."""
    return {source: list(targets) for source, targets in (await translations.pairs()).items()}


HANDLERS: list[Any] = [translate_status, list_translation_languages]
"""Both say 503 while the translator does not answer."""
