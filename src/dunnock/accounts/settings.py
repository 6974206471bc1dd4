"""How a member's account behaves: who follows and finds it, what new posts are like. Mastodon: source, preferences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from dunnock import text
from dunnock.accounts.errors import AccountMissing, SettingInvalid
from dunnock.accounts.events import AccountSettingsChanged
from dunnock.accounts.member import LOCALE_TAG, Role
from dunnock.accounts.store import members
from dunnock.accounts.store import profiles as store
from dunnock.foundation.db import Reader, Tx

Visibility = Literal["public", "unlisted", "followers", "direct"]
QuotePolicy = Literal["public", "followers", "nobody"]
ReplyPolicy = Literal["everyone", "followers", "following", "mentioned", "nobody"]


_PAGE_CHOICES = re.compile(r"[a-z]{1,12}(?:-[a-z]{1,12}){0,15}")
MOST_ATTRIBUTION_DOMAINS = 10
"""Source: Mastodon's documentation, methods/accounts."""


class PostingDefaults(msgspec.Struct, frozen=True):
    """What a new post is like unless it says otherwise; `language` None: not said."""

    visibility: Visibility = "public"
    sensitive: bool = False
    language: str | None = None
    quote_policy: QuotePolicy = "public"
    reply_policy: ReplyPolicy = "everyone"


async def posting_defaults(reader: Reader, account_id: int) -> PostingDefaults:
    """The defaults of an account's member; those of everybody for an account that nobody signs in to."""
    row = await reader.one(store.DEFAULTS, the=account_id)
    return PostingDefaults() if row is None else PostingDefaults(row[0], bool(row[1]), row[2], row[3], row[4])


async def role_of(reader: Reader, account_id: int) -> Role:
    """`member`, `moderator`, `admin` or `owner`; `member` for an account that nobody signs in to."""
    role: Role | None = await reader.value(store.ROLE, the=account_id)
    return role or "member"


async def choose_locale(tx: Tx, member_id: int, locale: str) -> None:
    """Have the member read pages, and be pushed notifications, in this language: a tag such as `de` or `pt-BR`.

    Raises:
        SettingInvalid: it looks like no language's tag.
    """
    if not LOCALE_TAG.fullmatch(locale):
        raise SettingInvalid(locale[:40], say="Validation failed: Language is not included in the list")
    await tx.run(members.CHOOSE_LOCALE, the=member_id, tag=locale)


async def choose_pages(tx: Tx, member_id: int, words: str) -> None:
    """Keep how the member wants pages to be, in the words of the pages; each of their sessions comes with them.

    Raises:
        SettingInvalid: these are no short words in small letters between hyphens.
    """
    if not _PAGE_CHOICES.fullmatch(words):
        raise SettingInvalid(words[:40], say="Validation failed: Appearance is not included in the list")
    await tx.run(members.CHOOSE_PAGES, the=member_id, words=words)


async def change_settings(
    tx: Tx,
    account_id: int,
    *,
    locked: bool | UnsetType = UNSET,
    discoverable: bool | UnsetType = UNSET,
    indexable: bool | UnsetType = UNSET,
    hide_collections: bool | UnsetType = UNSET,
    show_media: bool | UnsetType = UNSET,
    show_media_replies: bool | UnsetType = UNSET,
    show_featured: bool | UnsetType = UNSET,
    attribution_domains: Sequence[str] | UnsetType = UNSET,
    default_visibility: str | UnsetType = UNSET,
    default_sensitive: bool | UnsetType = UNSET,
    default_language: str | UnsetType | None = UNSET,
    default_quote_policy: str | UnsetType = UNSET,
    default_reply_policy: str | UnsetType = UNSET,
) -> None:
    """Change what was given; UNSET settings stay. Requests to an account that is unlocked wait on for an answer.

    Raises:
        AccountMissing: there is no such account.
        SettingInvalid: no such visibility, language or policy; no domains of websites, or too many.
    """
    row = await tx.one(store.FIND_TO_CHANGE, the=account_id)
    if row is None:
        raise AccountMissing(account_id)
    was = store.account_of(row)
    sites = attribution_domains if attribution_domains is UNSET else _domains(attribution_domains)
    before = {name: getattr(was, name) for name in store.SETTINGS}
    given = {
        "locked": locked,
        "discoverable": discoverable,
        "indexable": indexable,
        "hide_collections": hide_collections,
        "show_media": show_media,
        "show_media_replies": show_media_replies,
        "show_featured": show_featured,
        "attribution_domains": sites,
    }
    after = before | {name: value for name, value in given.items() if value is not UNSET}
    old = await posting_defaults(tx, account_id)
    new = PostingDefaults(
        old.visibility if default_visibility is UNSET else _visibility(default_visibility),
        old.sensitive if default_sensitive is UNSET else default_sensitive,
        old.language if default_language is UNSET else _language(default_language),
        old.quote_policy if default_quote_policy is UNSET else _quote_policy(default_quote_policy),
        old.reply_policy if default_reply_policy is UNSET else _reply_policy(default_reply_policy),
    )
    if after == before and new == old:
        return
    if after != before:
        stored = msgspec.json.encode(after["attribution_domains"]).decode()
        await tx.run(store.CHANGE_SETTINGS, the=account_id, **(after | {"attribution_domains": stored}))
    if new != old:
        await tx.run(
            store.CHANGE_DEFAULTS,
            the=account_id,
            default_visibility=new.visibility,
            default_sensitive=new.sensitive,
            default_language=new.language,
            default_quote_policy=new.quote_policy,
            default_reply_policy=new.reply_policy,
        )
    await tx.record(AccountSettingsChanged(account_id=account_id))


def _visibility(asked: str) -> Visibility:
    for known in get_args(Visibility):
        if asked == known:
            found: Visibility = known
            return found
    raise SettingInvalid(asked, say="Validation failed: Default privacy is not included in the list")


def _domains(asked: Sequence[str]) -> tuple[str, ...]:
    """Domains of websites, each once; a whole address or a line break from a text field is forgiven."""
    lines = [line.strip() for one in asked for line in one.split("\n")]
    found: dict[str, None] = {}
    for line in lines:
        if not line:
            continue
        bare = line.removeprefix("https://").removeprefix("http://").split("/", 1)[0].removeprefix("*.")
        try:
            found[text.canonical_domain(bare)] = None
        except text.BadDomain as error:
            raise SettingInvalid(
                line[:80], say=f"Validation failed: Attribution domains {line[:80]} is not a valid domain name"
            ) from error
    if len(found) > MOST_ATTRIBUTION_DOMAINS:
        raise SettingInvalid(
            len(found),
            say=f"Validation failed: Attribution domains are too many (maximum is {MOST_ATTRIBUTION_DOMAINS})",
        )
    return tuple(found)


def _quote_policy(asked: str) -> QuotePolicy:
    for known in get_args(QuotePolicy):
        if asked == known:
            found: QuotePolicy = known
            return found
    raise SettingInvalid(asked[:40], say="Validation failed: Default quote policy is not included in the list")


def _reply_policy(asked: str) -> ReplyPolicy:
    for known in get_args(ReplyPolicy):
        if asked == known:
            found: ReplyPolicy = known
            return found
    raise SettingInvalid(asked[:40], say="Validation failed: Default reply policy is not included in the list")


def _language(asked: str | None) -> str | None:
    if not asked:
        return None
    known = text.check_language(asked)
    if known is None:
        raise SettingInvalid(asked, say="Validation failed: Default language is not a language we know")
    return known
