"""The parts of a parsed text; positions are indexes into `Parsed.text`, end exclusive."""

from __future__ import annotations

import msgspec


class Handle(msgspec.Struct, frozen=True):
    """`name@domain` as it was written; `domain` is canonical, None for an account of this server.

    Compare and look up by `key`: names are the same whatever their case.
    """

    name: str
    domain: str | None = None

    @property
    def key(self) -> str:
        """The identity: `name` or `name@domain`, lower case."""
        name = self.name.lower()
        return name if self.domain is None else f"{name}@{self.domain}"

    def __str__(self) -> str:
        """`name` or `name@domain`, the name in the case that was written."""
        return self.name if self.domain is None else f"{self.name}@{self.domain}"


class Mention(msgspec.Struct, frozen=True, tag=True):
    """`@name` or `@name@domain`."""

    start: int
    end: int
    handle: Handle


class Hashtag(msgspec.Struct, frozen=True, tag=True):
    """`#name`: `name` as written, `key` its identity."""

    start: int
    end: int
    name: str
    key: str


class Link(msgspec.Struct, frozen=True, tag=True):
    """An http or https URL, exactly as written."""

    start: int
    end: int
    url: str


class Emoji(msgspec.Struct, frozen=True, tag=True):
    """`:shortcode:`, which may or may not be known as a custom emoji."""

    start: int
    end: int
    shortcode: str


Span = Mention | Hashtag | Link | Emoji


class Parsed(msgspec.Struct, frozen=True):
    """A cleaned text and what was found in it, in order and without overlap."""

    text: str
    spans: tuple[Span, ...] = ()

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Whom the text mentions, each once, in order of first appearance."""
        found: dict[str, Handle] = {}
        for span in self.spans:
            if isinstance(span, Mention):
                found.setdefault(span.handle.key, span.handle)
        return tuple(found.values())

    @property
    def hashtags(self) -> tuple[Hashtag, ...]:
        """The hashtags, each key once, first spelling kept."""
        found: dict[str, Hashtag] = {}
        for span in self.spans:
            if isinstance(span, Hashtag):
                found.setdefault(span.key, span)
        return tuple(found.values())

    @property
    def links(self) -> tuple[str, ...]:
        """The URLs, each once."""
        return tuple(dict.fromkeys(s.url for s in self.spans if isinstance(s, Link)))

    @property
    def shortcodes(self) -> tuple[str, ...]:
        """The emoji shortcodes, each once, without colons."""
        return tuple(dict.fromkeys(s.shortcode for s in self.spans if isinstance(s, Emoji)))
