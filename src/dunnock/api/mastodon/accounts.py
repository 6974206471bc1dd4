"""Accounts: show, find, change one's own. Wire names: Account, CredentialAccount, Profile. Follows: relations.py."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import HttpMethod, Response, delete, get, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import accounts, media, text
from dunnock.api.kit import Called, Caller, Form, Id, Paging, Query, Upload, page_limit, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.fragments import VISIBILITY
from dunnock.api.mastodon.pages import ACCOUNTS_A_PAGE, answer, cursor_of, links, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.roles import role_wire
from dunnock.api.mastodon.tags import featured_tags_of
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings

MOST_AT_ONCE = 40
READS, WRITES = "read:accounts", "write:accounts"
OURS = {theirs: ours for ours, theirs in VISIBILITY.items()}
PICTURES = {"avatar": "avatars", "header": "headers"}
_encode = msgspec.json.encode


class FieldForm(msgspec.Struct):
    """A line of the profile's table."""

    name: str = ""
    value: str = ""


class SourceForm(msgspec.Struct):
    """How new posts begin."""

    privacy: str | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    quote_policy: str | UnsetType = UNSET
    reply_policy: str | UnsetType = UNSET


class ProfileForm(msgspec.Struct):
    """What to change of oneself; what is missing stays."""

    display_name: str | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET
    avatar: Upload | None = None
    header: Upload | None = None
    avatar_description: str | UnsetType | None = UNSET
    header_description: str | UnsetType | None = UNSET
    locked: bool | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET
    show_media: bool | UnsetType = UNSET
    show_media_replies: bool | UnsetType = UNSET
    show_featured: bool | UnsetType = UNSET
    attribution_domains: list[str] | UnsetType = UNSET
    fields_attributes: list[FieldForm] | UnsetType = UNSET
    source: SourceForm | UnsetType = UNSET


class AskedAccounts(msgspec.Struct, frozen=True):
    """Which accounts are meant."""

    id: list[Id] = []


class LookupParams(msgspec.Struct, frozen=True):
    """A handle, `name` or `name@domain`."""

    acct: str = ""


class SearchParams(msgspec.Struct, frozen=True):
    """What to look for; `following`: only among those that the caller follows."""

    q: str = ""
    limit: int | None = None
    offset: int = 0
    following: bool = False


# Others -------------------------------------------------------------------------------------------------------------


@get("/api/v1/accounts/{account_id:int}", guards=[public(READS)])
async def show_account(account_id: FromPath[int], render: NamedDependency[Render]) -> Response[wire.Account]:
    """An account; of somebody suspended only that they are."""
    return answer(await render.account_or_shell(account_id))


@get("/api/v1/accounts/{account_id:int}/identity_proofs", guards=[require(())], deprecated=True)
async def list_identity_proofs(account_id: FromPath[int], db: NamedDependency[Db]) -> list[dict[str, str]]:
    """Nothing any more; for clients before Mastodon 3.5."""
    await accounts.find_shown(db, account_id)
    return []


@get("/api/v1/accounts", guards=[public(READS)])
async def show_accounts(params: Query[AskedAccounts], render: NamedDependency[Render]) -> Response[list[wire.Account]]:
    """Several accounts; those that do not exist are left out."""
    return answer(await render.accounts(list(dict.fromkeys(params.id))[:MOST_AT_ONCE]))


@get("/api/v1/accounts/lookup", guards=[public(READS)])
async def look_up_account(
    params: Query[LookupParams],
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[wire.Account]:
    """The account of a handle, among those that this server knows."""
    worn = params.acct.strip().removeprefix("@").casefold()
    if "." in worn and "@" not in worn and (an_id := await accounts.find_by_domain(db, worn)) is not None:
        return answer(await render.account(an_id))
    try:
        handle = text.parse_handle(params.acct)
    except text.BadHandle as error:
        raise accounts.AccountMissing(params.acct[:80]) from error
    domain = handle.domain if handle.domain and handle.domain != settings.domain else accounts.LOCAL
    found = await accounts.find_by_handle(db, handle.name, domain)
    if found is None:
        raise accounts.AccountMissing(params.acct[:80])
    return answer(await render.account(found.id))


@get("/api/v1/accounts/search", guards=[require(READS)])
async def search_accounts(
    params: Query[SearchParams],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Account]]:
    """Accounts by the beginning of handle or name, those that the caller follows first."""
    found = await accounts.search_accounts(
        db,
        params.q.strip().removesuffix(f"@{settings.domain}"),
        limit=page_limit(params.limit, ACCOUNTS_A_PAGE),
        offset=max(params.offset, 0),
        viewer=me(caller),
        following_only=params.following,
    )
    return answer(await render.accounts(found))


@get("/api/v1/dunnock/accounts/{account_id:int}/personas", guards=[public(READS)])
async def list_personas(
    account_id: FromPath[int],
    params: Query[Paging],
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Persona]]:
    """What an account showed itself as before: each change of name, bio, picture and so on, newest first."""
    await accounts.find_shown(db, account_id)
    cursor = cursor_of(params)
    changes = await accounts.personas(db, account_id, cursor)
    newest, oldest = (changes[0].id, changes[-1].id) if changes else (None, None)
    path = f"/api/v1/dunnock/accounts/{account_id}/personas"
    link = links(settings.public_url, path, cursor, count=len(changes), newest=newest, oldest=oldest)
    return answer(
        _encode(
            [
                {
                    "id": str(one.id),
                    "at": iso(one.at),
                    "field": one.field,
                    "old": _shown(one.field, one.old, render),
                    "new": _shown(one.field, one.new, render),
                }
                for one in changes
            ]
        ),
        link=link,
    )


def _shown(field: str, stored: str, render: Render) -> Any:
    """Texts as they were written, pictures as addresses (null: none), profile fields as a list."""
    if field in PICTURES:
        return render.addresses.picture(stored, PICTURES[field])[0] if stored else None
    if field == "fields":
        return _plain_fields(accounts.read_fields(stored or "[]"))
    return stored


def _plain_fields(fields: tuple[accounts.Field, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "value": field.value,
            "verified_at": None if field.verified_at is None else iso(field.verified_at),
        }
        for field in fields
    ]


# Oneself ------------------------------------------------------------------------------------------------------------


async def credential_account(db: Db, render: Render, account_id: int) -> bytes:
    """CredentialAccount: what a member sees of their own account.

    Raises:
        AccountMissing: there is no such account, or it is suspended.
    """
    account = await accounts.find_shown(db, account_id)
    defaults = await accounts.posting_defaults(db, account_id)
    return await render.credential_account(
        account_id,
        {
            "privacy": VISIBILITY[defaults.visibility],
            "sensitive": defaults.sensitive,
            "language": defaults.language or "",
            "note": account.bio,
            "fields": _plain_fields(account.fields),
            "follow_requests_count": await accounts.count_follow_requests(db, account_id),
            "hide_collections": account.hide_collections,
            "discoverable": account.discoverable,
            "indexable": account.indexable,
            "attribution_domains": list(account.attribution_domains),
            "quote_policy": defaults.quote_policy,
            "reply_policy": defaults.reply_policy,
        },
        role_wire(await accounts.role_of(db, account_id)),
    )


@get("/api/v1/accounts/verify_credentials", guards=[require(("profile", READS))])
async def verify_credentials(
    caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.CredentialAccount]:
    """The caller's own account."""
    return answer(await credential_account(db, render, me(caller)))


async def _change(form: ProfileForm, caller: Caller, db: Db, settings: Settings, store: media.MediaStore) -> None:
    """All that the form says, or nothing."""
    source = form.source or SourceForm()
    privacy = source.privacy if source.privacy is UNSET else OURS.get(source.privacy, "")
    avatar = await _picture(form.avatar, "avatar", store)
    header = await _picture(form.header, "header", store)
    fields = form.fields_attributes
    async with db.begin() as tx:
        await accounts.change_profile(
            tx,
            me(caller),
            public_url=settings.public_url,
            display_name=_words(form.display_name),
            bio=_words(form.note),
            fields=[(one.name, one.value) for one in fields] if fields is not UNSET else UNSET,
            avatar=avatar,
            header=header,
            avatar_description=_words(form.avatar_description),
            header_description=_words(form.header_description),
            bot=form.bot,
            by_member_id=caller.member_id,
        )
        await accounts.change_settings(
            tx,
            me(caller),
            locked=form.locked,
            discoverable=form.discoverable,
            indexable=form.indexable,
            hide_collections=form.hide_collections,
            show_media=form.show_media,
            show_media_replies=form.show_media_replies,
            show_featured=form.show_featured,
            attribution_domains=form.attribution_domains,
            default_visibility=privacy,
            default_sensitive=source.sensitive,
            default_language=source.language,
            default_quote_policy=source.quote_policy,
            default_reply_policy=source.reply_policy,
        )


def _words(sent: str | UnsetType | None) -> str | UnsetType:
    """Null is no words."""
    return "" if sent is None else sent


async def _picture(
    upload: Upload | None, kind: Literal["avatar", "header"], store: media.MediaStore
) -> str | UnsetType:
    if upload is None:
        return UNSET
    if not upload.size:
        raise Invalid(say=f"Validation failed: {kind.capitalize()} is empty")
    return await media.take_picture(store, upload.path, kind=kind)


@route("/api/v1/accounts/update_credentials", http_method=[HttpMethod.PATCH, HttpMethod.PUT], guards=[require(WRITES)])
async def update_credentials(
    *,
    form: Form[ProfileForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
) -> Response[wire.CredentialAccount]:
    """Change the caller's profile and settings: all of it, or with an error nothing."""
    await _change(form, caller, db, settings, media_store)
    return answer(await credential_account(db, render, me(caller)))


async def _profile(db: Db, render: Render, account_id: int) -> bytes:
    """Profile: everything as written, pictures null where there are none."""
    account = await accounts.find_shown(db, account_id)
    avatar = render.addresses.picture(account.avatar, "avatars") if account.avatar else (None, None)
    header = render.addresses.picture(account.header, "headers") if account.header else (None, None)
    return _encode(
        {
            "id": str(account.id),
            "display_name": account.display_name,
            "note": account.bio,
            "fields": _plain_fields(account.fields),
            "avatar": avatar[0],
            "avatar_static": avatar[1],
            "avatar_description": account.avatar_description,
            "header": header[0],
            "header_static": header[1],
            "header_description": account.header_description,
            "locked": account.locked,
            "bot": account.kind == "service",
            "hide_collections": account.hide_collections,
            "discoverable": account.discoverable,
            "indexable": account.indexable,
            "show_media": account.show_media,
            "show_media_replies": account.show_media_replies,
            "show_featured": account.show_featured,
            "attribution_domains": list(account.attribution_domains),
            "featured_tags": await featured_tags_of(db, render, account_id),
        }
    )


@get("/api/v1/profile", guards=[require(("profile", READS))])
async def show_profile(
    caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Profile]:
    """The caller's profile as written, to edit it."""
    return answer(await _profile(db, render, me(caller)))


@route("/api/v1/profile", http_method=[HttpMethod.PATCH, HttpMethod.PUT], guards=[require(WRITES)])
async def change_profile(
    *,
    form: Form[ProfileForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
) -> Response[wire.Profile]:
    """Change the caller's profile: all of it, or with an error nothing."""
    await _change(form, caller, db, settings, media_store)
    return answer(await _profile(db, render, me(caller)))


@delete("/api/v1/profile/avatar", guards=[require(WRITES)], status_code=200)
async def remove_avatar(
    caller: Called, db: NamedDependency[Db], render: NamedDependency[Render], settings: NamedDependency[Settings]
) -> Response[wire.CredentialAccount]:
    """Take the caller's avatar away."""
    return await _without(db, render, caller, settings, avatar=None)


@delete("/api/v1/profile/header", guards=[require(WRITES)], status_code=200)
async def remove_header(
    caller: Called, db: NamedDependency[Db], render: NamedDependency[Render], settings: NamedDependency[Settings]
) -> Response[wire.CredentialAccount]:
    """Take the caller's header picture away."""
    return await _without(db, render, caller, settings, header=None)


async def _without(
    db: Db,
    render: Render,
    caller: Caller,
    settings: Settings,
    *,
    avatar: UnsetType | None = UNSET,
    header: UnsetType | None = UNSET,
) -> Response[wire.CredentialAccount]:
    """Take the caller's avatar or header picture away, whichever is None."""
    by, url = caller.member_id, settings.public_url
    async with db.begin() as tx:
        await accounts.change_profile(tx, me(caller), public_url=url, avatar=avatar, header=header, by_member_id=by)
    return answer(await credential_account(db, render, me(caller)))


HANDLERS: list[Any] = [
    show_account,
    show_accounts,
    look_up_account,
    search_accounts,
    list_identity_proofs,
    list_personas,
    verify_credentials,
    update_credentials,
    show_profile,
    change_profile,
    remove_avatar,
    remove_header,
]
