"""Accounts of other servers: made when they are first met, and kept as their own server last described them."""

from __future__ import annotations

import msgspec

from dunnock.accounts.account import Account, Field, Kind, name_key, write_fields
from dunnock.accounts.counts import start_counts
from dunnock.accounts.errors import AccountMissing, HandleTaken
from dunnock.accounts.events import AccountMade, AccountSettingsChanged
from dunnock.accounts.persona import note_changes
from dunnock.accounts.store import profiles as store
from dunnock.accounts.store import remote as remote_store
from dunnock.foundation.db import Tx


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its own server tells of it, with everything made safe and within bounds. `created_at` in milliseconds."""

    uri: str
    url: str | None
    username: str
    domain: str
    kind: Kind
    display_name: str
    bio_html: str
    bio: str
    fields: tuple[Field, ...] = ()
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    hide_collections: bool = False
    attribution_domains: tuple[str, ...] = ()
    created_at: int


async def meet(tx: Tx, one: Described) -> int:
    """An account that was not known; its id.

    Raises:
        HandleTaken: another account has that handle.
    """
    account_id = tx.new_id()
    added = await tx.run(
        remote_store.ADD,
        id=account_id,
        username=one.username,
        username_key=one.username.casefold(),
        domain=one.domain,
        kind=one.kind,
        display_name=one.display_name,
        name_key=name_key(one.display_name),
        bio=one.bio,
        bio_html=one.bio_html,
        fields=write_fields(one.fields) if one.fields else "[]",
        locked=one.locked,
        discoverable=one.discoverable,
        indexable=one.indexable,
        hide_collections=one.hide_collections,
        attribution_domains=msgspec.json.encode(one.attribution_domains).decode(),
        url=one.url,
        uri=one.uri,
        created_at=one.created_at,
    )
    if not added:
        raise HandleTaken(one.domain)
    await start_counts(tx, account_id)
    await tx.record(AccountMade(account_id=account_id))
    return account_id


async def describe_anew(tx: Tx, account_id: int, one: Described, *, avatar: str | None, header: str | None) -> Account:
    """Let an account be as its server describes it now; each change of what it shows is in its history, as members' are.

    `avatar` and `header`: JSON of media's Picture, None: it has none.

    Raises:
        AccountMissing: there is no such account.
    """
    row = await tx.one(store.FIND_TO_CHANGE, the=account_id)
    if row is None:
        raise AccountMissing(account_id)
    was = store.account_of(row)
    changes = {
        "kind": (was.kind, one.kind),
        "display_name": (was.display_name, one.display_name),
        "bio": (was.bio, one.bio),
        "fields": (_shown(was.fields), _shown(one.fields)),
        "avatar": (was.avatar or "", avatar or ""),
        "header": (was.header or "", header or ""),
    }
    if any(old != new for old, new in changes.values()) or was.bio_html != one.bio_html:
        proved = {(line.name, line.value): line.verified_at for line in was.fields}
        fields = tuple(
            msgspec.structs.replace(line, verified_at=proved.get((line.name, line.value))) for line in one.fields
        )
        await tx.run(
            store.CHANGE_PERSONA,
            the=account_id,
            kind=one.kind,
            display_name=one.display_name,
            name_key=name_key(one.display_name),
            bio=one.bio,
            bio_html=one.bio_html,
            fields=write_fields(fields) if fields else "[]",
            avatar=avatar,
            header=header,
            avatar_description=was.avatar_description if avatar == was.avatar else "",
            header_description=was.header_description if header == was.header else "",
        )
        await note_changes(tx, account_id, changes, by_member_id=None)
    settings = {
        "locked": one.locked,
        "discoverable": one.discoverable,
        "indexable": one.indexable,
        "hide_collections": one.hide_collections,
        "show_media": was.show_media,
        "show_media_replies": was.show_media_replies,
        "show_featured": was.show_featured,
    }
    domains = one.attribution_domains
    if was.url != one.url:
        await tx.run(remote_store.URL, the=account_id, new_url=one.url)
    if (
        was.url != one.url
        or domains != was.attribution_domains
        or any(getattr(was, name) != value for name, value in settings.items())
    ):
        await tx.run(
            store.CHANGE_SETTINGS,
            the=account_id,
            attribution_domains=msgspec.json.encode(domains).decode(),
            **settings,
        )
        await tx.record(AccountSettingsChanged(account_id=account_id))
    return store.account_of(await tx.one(store.FIND, the=account_id) or row)


async def show_pictures(tx: Tx, account_id: int, *, avatar: str | None, header: str | None) -> None:
    """Show other pictures of a remote account, which were copied meanwhile. Nothing happens to one that is gone."""
    row = await tx.one(store.FIND_TO_CHANGE, the=account_id)
    if row is None:
        return
    was = store.account_of(row)
    await tx.run(
        store.CHANGE_PERSONA,
        the=account_id,
        kind=was.kind,
        display_name=was.display_name,
        name_key=name_key(was.display_name),
        bio=was.bio,
        bio_html=was.bio_html,
        fields=row[7],
        avatar=avatar,
        header=header,
        avatar_description="",
        header_description="",
    )
    changes = {"avatar": (was.avatar or "", avatar or ""), "header": (was.header or "", header or "")}
    await note_changes(tx, account_id, changes, by_member_id=None)


async def give_up_pictures(tx: Tx, account_id: int) -> None:
    """Keep no copies of a remote account's pictures, which did not change: its history says nothing of it."""
    if await tx.run(store.GIVE_UP_PICTURES, the=account_id):
        await tx.record(AccountSettingsChanged(account_id=account_id))


def _shown(lines: tuple[Field, ...]) -> str:
    return write_fields(tuple(Field(line.name, line.value) for line in lines)) if lines else ""
