"""Say a post in another language, by a translator that `app` hands in. Mastodon: Translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

import msgspec

from dunnock.foundation import ids
from dunnock.foundation.cache import Cache
from dunnock.foundation.errors import DomainError, Kind
from dunnock.posts.model import OPEN, Post
from dunnock.text import check_language, escape, plain, sanitise

KEPT = 2_000  # translations in memory
UNKNOWN = "und"
"""The code of a language that nobody told. Source: ISO 639-2."""


class TranslationBarred(DomainError):
    """This post is not translated: it is not for everybody, or not between these languages."""

    code, kind = "translation_barred", Kind.DENIED
    safe: ClassVar[str] = "This action is not allowed"


class TranslationFailed(DomainError):
    """The translator does not answer, or not rightly."""

    code, kind = "translation_failed", Kind.UNAVAILABLE
    safe: ClassVar[str] = "Service Unavailable"


class NoTranslator(DomainError):
    """This server translates nothing."""

    code, kind = "no_translator", Kind.MISSING
    safe: ClassVar[str] = "This server does not translate posts"


class Said(msgspec.Struct, frozen=True):
    """What a translator answers: `texts` in the order of what was asked, `language` that they were in."""

    texts: tuple[str, ...]
    language: str


class Translator(Protocol):
    """Translates pieces of HTML. Every call may fail with TranslationFailed."""

    provider: str
    """What it is called to people."""

    async def pairs(self) -> Mapping[str, Sequence[str]]:
        """Language -> languages it can be said in; `und` when it finds out by itself which one a text is in."""

    async def translate(self, texts: Sequence[str], *, source: str | None, target: str) -> Said:
        """The texts in another language; `source` None: it finds out."""


class Translation(msgspec.Struct, frozen=True):
    """A post in another language."""

    html: str
    warning: str
    options: tuple[str, ...]
    descriptions: tuple[str, ...]
    language: str
    source: str
    provider: str


class Translations:
    """Translations of one process; the same words are asked for once."""

    def __init__(self, translator: Translator | None) -> None:
        """None: nothing is translated."""
        self._translator = translator
        self._kept: Cache[str, Translation] = Cache(KEPT)

    @property
    def enabled(self) -> bool:
        """Is there a translator?"""
        return self._translator is not None

    async def pairs(self) -> Mapping[str, Sequence[str]]:
        """What can be translated into what; nothing without a translator."""
        return {} if self._translator is None else await self._translator.pairs()

    async def of(
        self, post: Post, target: str, *, options: Sequence[str] = (), descriptions: Sequence[str] = ()
    ) -> Translation:
        """The post in the language `target`; `options` of its poll and `descriptions` of its media too.

        Raises:
            NoTranslator: there is none.
            TranslationBarred: the post is not public, or its language can't be said in that one.
            TranslationFailed: it did not answer.
        """
        translator = self._translator
        if translator is None:
            raise NoTranslator
        if post.visibility not in OPEN or post.boost_of_id is not None:
            raise TranslationBarred(post.id)
        into = check_language(target)
        source = post.language or UNKNOWN
        known = await translator.pairs()
        into = next(
            (one for one in (into, target, (into or "").partition("-")[0]) if one in known.get(source, ())), None
        )
        if into is None:
            raise TranslationBarred(post.id, source, target[:40])
        texts = [post.html, *[escape(one) for one in (post.warning, *options, *descriptions)]]
        key = ids.digest("\0".join([into, source, *texts]))
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        asked = [text for text in texts if text]
        said = await translator.translate(asked, source=None if source == UNKNOWN else source, target=into)
        if len(said.texts) != len(asked):
            raise TranslationFailed("another number of texts")
        answers = iter(said.texts)
        # What comes back is from outside: cleaned like everything that is.
        html, *others = [sanitise(next(answers)) if text else "" for text in texts]
        warning, *rest = [plain(one).strip() for one in others]
        made = Translation(
            html, warning, tuple(rest[: len(options)]), tuple(rest[len(options) :]), into, said.language,
            translator.provider,
        )  # fmt: skip
        self._kept.put(key, made)
        return made
