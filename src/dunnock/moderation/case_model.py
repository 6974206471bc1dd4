"""What a case is: accounts, posts, media, domains and links that staff look into together."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Kind = Literal["account", "post", "media", "domain", "link", "hashtag"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Part = Literal["", "core", "amplifier", "target"]
PARTS: tuple[Part, ...] = get_args(Part)
Audience = Literal["staff", "reporters", "subjects"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
SEVERITIES = ("low", "medium", "high", "critical")
LONGEST_TITLE, LONGEST_HYPOTHESIS, LONGEST_NOTE, LONGEST_WHY, LONGEST_NAME = 200, 5_000, 5_000, 500, 500
MOST_TECHNIQUES = 50
MOST_AT_ONCE = 5_000
"""Subjects that are added in one transaction."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case. `severity` is 0 (low) to 3 (critical); `techniques` are ids of DISARM. Times in Unix milliseconds.

    `opened_by` None: the server itself, by what it observed.
    """

    id: int
    title: str
    hypothesis: str
    severity: int
    techniques: tuple[str, ...]
    opened_by: int | None
    assigned_to: int | None
    closed_at: int | None
    updated_at: int


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a case is about: an account, post or file by its `subject_id`, a domain, link or hashtag by its `name`."""

    kind: Kind
    subject_id: int = 0
    name: str = ""
    role: Part = ""
    why: str = ""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote on a case, for staff, for those who reported, or for those whom it is about."""

    id: int
    audience: Audience
    text: str
    by_account_id: int
