"""An account as the house knows it, local or remote. Mastodon: Account; ActivityPub: Actor (Person, Service, Group)."""

from __future__ import annotations

import enum
import unicodedata
from typing import Final, Literal, get_args

import msgspec

LOCAL = ""
"""The domain of this server's own accounts."""

Kind = Literal["person", "service", "group"]


class Standing(enum.Enum):
    """The server's stance towards an account."""

    ACTIVE = "active"
    LIMITED = "limited"
    SUSPENDED = "suspended"
    DELETED = "deleted"


SHOWN = frozenset((Standing.ACTIVE, Standing.LIMITED))
"""The standings with which an account is there for others."""
ALL_COUNT: Final = 0
NONE_COUNTS: Final = 2**63 - 1
"""The two marks at which an account rests: all of its acts count for others, or none does (`count_anew.py`)."""


class Field(msgspec.Struct, frozen=True):
    """A line of a profile's table: `value` as written, `html` to show; times in Unix milliseconds or None.

    `verified_at`: the page that it is a link to links back since then; `failing_since`: nobody could say since then.
    """

    name: str
    value: str
    html: str = ""
    verified_at: int | None = None
    failing_since: int | None = None


LabelKind = Literal["official", "coordinated", "impersonation", "automated", "context", "renamed"]
LABEL_KINDS: tuple[LabelKind, ...] = get_args(LabelKind)


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One label. `text` is what people read ("Government official, Norway"); `since` in Unix milliseconds.

    `of`: whom it is about, where the words are the server's own and pages say them in the reader's language ("Formerly …").
    """

    kind: LabelKind
    text: str
    since: int
    of: str = ""


_labels = msgspec.json.Decoder(tuple[Label, ...])


def read_labels(stored: str) -> tuple[Label, ...]:
    """The labels as the column holds them."""
    return () if stored == "[]" else _labels.decode(stored)


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """That a named verifier says who an account is. `by_id`, `handle`, `name`: the verifier; `what`: for what it speaks."""

    by_id: int
    handle: str
    name: str
    what: str
    since: int


_attestations = msgspec.json.Decoder(tuple[Attestation, ...])


def read_attestations(stored: str) -> tuple[Attestation, ...]:
    """The attestations as the column holds them."""
    return () if stored == "[]" else _attestations.decode(stored)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account. `avatar` and `header` are JSON of media's Picture, None: the default; local ones have no `url`."""

    id: int
    username: str
    domain: str
    kind: Kind
    display_name: str
    bio: str
    bio_html: str
    fields: tuple[Field, ...]
    avatar: str | None
    header: str | None
    locked: bool
    discoverable: bool
    indexable: bool
    hide_collections: bool
    avatar_description: str = ""
    header_description: str = ""
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True
    attribution_domains: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    """What staff say of it for all to see."""
    attestations: tuple[Attestation, ...] = ()
    """What named verifiers say of it, of what counts now."""
    domain_handle: str = ""
    """The domain that it proved to be its own; empty: none."""
    domain_since: int | None = None
    url: str | None
    uri: str | None
    created_at: int
    imported: bool
    standing: Standing

    @property
    def local(self) -> bool:
        """Is it one of this server's own?"""
        return self.domain == LOCAL

    @property
    def handle(self) -> str:
        """`name` of a local account, `name@domain` of another's (Mastodon: acct)."""
        return self.username if self.local else f"{self.username}@{self.domain}"

    @property
    def shown(self) -> bool:
        """May anybody see it? Suspended and deleted accounts read as missing."""
        return self.standing in {Standing.ACTIVE, Standing.LIMITED}


def name_key(name: str) -> str:
    """A display name as search compares it: compatibility forms and case folded, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


_decode_fields = msgspec.json.Decoder(tuple[Field, ...]).decode


def read_fields(stored: str) -> tuple[Field, ...]:
    """The fields of a stored row."""
    return _decode_fields(stored) if stored != "[]" else ()


SAID_BY_SERVER, VERIFIED_BY = "Server says", "Verified by"
"""Lines of a profile's table in which this server shows labels, and who vouches, to apps and servers that know of neither."""


def is_servers_line(name: str) -> bool:
    """Whether a line of that name would be taken for one that the server itself wrote."""
    return _bare(name) in _SERVERS_LINES


def _bare(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", name).casefold() if char.isalnum())


_SERVERS_LINES = frozenset(map(_bare, (SAID_BY_SERVER, VERIFIED_BY)))


def write_fields(fields: tuple[Field, ...]) -> str:
    """The fields as they are stored."""
    return msgspec.json.encode(fields).decode()
