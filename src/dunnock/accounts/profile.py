"""Change what an account shows of itself; each change is kept in its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

from msgspec import UNSET, UnsetType

from dunnock import text
from dunnock.accounts.account import (
    LOCAL,
    SAID_BY_SERVER,
    VERIFIED_BY,
    Account,
    Field,
    Kind,
    is_servers_line,
    name_key,
    read_fields,
    write_fields,
)
from dunnock.accounts.domain_handles import FORGIVEN_MS
from dunnock.accounts.errors import AccountMissing, ProfileInvalid
from dunnock.accounts.events import AccountSettingsChanged, ProofsChanged
from dunnock.accounts.find import find_by_handles
from dunnock.accounts.persona import note_changes
from dunnock.accounts.store import profiles as store
from dunnock.foundation.db import Reader, Tx

# Source: Mastodon's Account::DISPLAY_NAME_LENGTH_LIMIT, NOTE_LENGTH_LIMIT, DEFAULT_FIELDS_SIZE and
# Field::MAX_CHARACTERS_LOCAL.
MOST_NAME = 30
MOST_BIO = 500
MOST_FIELDS = 4
MOST_FIELD = 255
MOST_PICTURE_DESCRIPTION = 150
_LOOKED_AT = 1_000


async def change_profile(
    tx: Tx,
    account_id: int,
    *,
    public_url: str,
    display_name: str | UnsetType = UNSET,
    bio: str | UnsetType = UNSET,
    fields: Sequence[tuple[str, str]] | UnsetType = UNSET,
    avatar: str | UnsetType | None = UNSET,
    header: str | UnsetType | None = UNSET,
    avatar_description: str | UnsetType = UNSET,
    header_description: str | UnsetType = UNSET,
    bot: bool | UnsetType = UNSET,
    by_member_id: int | None,
) -> Account:
    """The account with what was given changed; UNSET parts stay. What is already so changes and announces nothing.

    `fields` are names and values as written, empty ones are dropped; `avatar` and `header` are JSON of media's Picture,
    None takes the picture away. A description goes with its picture: another one begins without. `public_url` is this
    server's address, for links to people and hashtags.
    `by_member_id` is who did it, None: the server.

    Raises:
        AccountMissing: there is no such account.
        ProfileInvalid: something is too long; all reasons are in `details`.
        BadText: something is not valid Unicode.
    """
    row = await tx.one(store.FIND_TO_CHANGE, the=account_id)
    if row is None:
        raise AccountMissing(account_id)
    was = store.account_of(row)
    kind: Kind = was.kind
    if bot is not UNSET:
        kind = "service" if bot else "person" if was.kind == "service" else was.kind
    name = was.display_name if display_name is UNSET else " ".join(text.clean(display_name).split())
    about = text.parse(was.bio if bio is UNSET else bio)
    lines = was.fields if fields is UNSET else _lines(fields)
    picture = was.avatar if avatar is UNSET else avatar
    banner = was.header if header is UNSET else header
    pictured = _described(picture, was.avatar, avatar_description, was.avatar_description)
    bannered = _described(banner, was.header, header_description, was.header_description)
    _check(name, about, lines, {"avatar_description": pictured, "header_description": bannered})
    parts = [about, *(text.parse(line.value) for line in lines)]
    show = await _Shown.of(tx, parts, public_url)
    if fields is not UNSET:
        proved = {(line.name, line.value): line.verified_at for line in was.fields}
        lines = tuple(
            Field(line.name, line.value, show.field(parsed), proved.get((line.name, line.value)))
            for line, parsed in zip(lines, parts[1:], strict=True)
        )
    changes = {
        "kind": (was.kind, kind),
        "display_name": (was.display_name, name),
        "bio": (was.bio, was.bio if bio is UNSET else about.text),
        "fields": (_as_history(was.fields), _as_history(lines)),
        "avatar": (was.avatar or "", picture or ""),
        "header": (was.header or "", banner or ""),
        "avatar_description": (was.avatar_description, pictured),
        "header_description": (was.header_description, bannered),
    }
    if all(old == new for old, new in changes.values()):
        return was
    bio_html = was.bio_html if bio is UNSET else show.bio(about)
    await tx.run(
        store.CHANGE_PERSONA,
        the=account_id,
        kind=kind,
        display_name=name,
        name_key=name_key(name),
        bio=changes["bio"][1],
        bio_html=bio_html,
        fields=write_fields(lines),
        avatar=picture,
        header=banner,
        avatar_description=pictured,
        header_description=bannered,
    )
    await note_changes(tx, account_id, changes, by_member_id=by_member_id)
    return store.account_of(await tx.one(store.FIND, the=account_id) or row)


async def prove_links(tx: Tx, account_id: int, found: Mapping[str, bool | None]) -> None:
    """Write down which links of a profile count as checked: value of a line -> whether that page links back.

    None: nobody answered, which is forgiven for three days.
    """
    row = await tx.one(store.FIND_TO_CHANGE, the=account_id)
    if row is None:
        return
    was = store.account_of(row)
    new = tuple(
        _proved(line, back=found[value], now=tx.now) if (value := line.value.strip()) in found else line
        for line in was.fields
    )
    if new != was.fields:
        await tx.run(store.SET_FIELDS, the=account_id, new_fields=write_fields(new))
    if [line.verified_at for line in new] != [line.verified_at for line in was.fields]:
        await tx.record(ProofsChanged(account_id=account_id))


def _proved(line: Field, *, back: bool | None, now: int) -> Field:
    if back:
        return Field(line.name, line.value, line.html, line.verified_at or now)
    since = line.failing_since or now
    if back is None and line.verified_at is not None and now - since < FORGIVEN_MS:
        return Field(line.name, line.value, line.html, line.verified_at, since)
    return Field(line.name, line.value, line.html)


async def with_checked_links(reader: Reader, *, after: int, most: int) -> tuple[list[int], int | None]:
    """The next shown accounts with a link that counts as checked, by id; and the id to go on after, None: that was all."""
    rows = await reader.all(store.LINES_AFTER, after=after, most=_LOOKED_AT)
    found = [row[0] for row in rows if any(line.verified_at is not None for line in read_fields(row[1]))]
    if len(found) > most:
        return found[:most], found[most - 1]
    return found, rows[-1][0] if len(rows) == _LOOKED_AT else None


async def doubt_links(tx: Tx, account_id: int) -> None:
    """Let no link of an account count as checked any more, until it is checked anew."""
    row = await tx.one(store.FIND_TO_CHANGE, the=account_id)
    if row is None:
        return
    was = store.account_of(row)
    if any(line.verified_at is not None for line in was.fields):
        bare = tuple(Field(line.name, line.value, line.html) for line in was.fields)
        await tx.run(store.SET_FIELDS, the=account_id, new_fields=write_fields(bare))
        await tx.record(AccountSettingsChanged(account_id=account_id))


def _lines(fields: Sequence[tuple[str, str]]) -> tuple[Field, ...]:
    cleaned = ((" ".join(text.clean(name).split()), text.clean(value)) for name, value in fields)
    return tuple(Field(name, value) for name, value in cleaned if name or value)


def _described(picture: str | None, before: str | None, given: str | UnsetType, was: str) -> str:
    """The words for a picture: those given, else those it had; another picture begins without, no picture has none."""
    if picture is None:
        return ""
    if given is UNSET:
        return was if picture == before else ""
    return text.clean(given).strip()


def _check(name: str, about: text.Parsed, lines: Sequence[Field], described: Mapping[str, str]) -> None:
    wrong: dict[str, list[tuple[str, str]]] = {}
    if len(name) > MOST_NAME:
        wrong["display_name"] = [_too_long(MOST_NAME)]
    if text.length(about) > MOST_BIO:
        wrong["note"] = [_too_long(MOST_BIO)]
    for part, words in described.items():
        if len(words) > MOST_PICTURE_DESCRIPTION:
            wrong[part] = [_too_long(MOST_PICTURE_DESCRIPTION)]
    if len(lines) > MOST_FIELDS:
        wrong["fields"] = [("ERR_TOO_MANY", f"are too many (maximum is {MOST_FIELDS})")]
    elif any(len(part) > MOST_FIELD for line in lines for part in (line.name, line.value)):
        wrong["fields"] = [_too_long(MOST_FIELD)]
    elif any(not line.name for line in lines):
        wrong["fields"] = [("ERR_BLANK", "need a name each")]
    elif any(is_servers_line(line.name) for line in lines):
        wrong["fields"] = [
            ("ERR_RESERVED", f"can't be called “{SAID_BY_SERVER}” or “{VERIFIED_BY}”: the server says that")
        ]
    if wrong:
        say = ", ".join(f"{part.replace('_', ' ').capitalize()} {reasons[0][1]}" for part, reasons in wrong.items())
        raise ProfileInvalid(sorted(wrong), say=f"Validation failed: {say}", details=wrong)


def _too_long(most: int) -> tuple[str, str]:
    return "ERR_TOO_LONG", f"is too long (maximum is {most} characters)"


def _as_history(lines: Sequence[Field]) -> str:
    """Names and values only: that a link was verified is no change of what its owner shows."""
    return write_fields(tuple(Field(line.name, line.value) for line in lines)) if lines else ""


class _Shown:
    """Renders texts whose mentions were looked up together."""

    def __init__(self, known: dict[str, tuple[str, str]], public_url: str) -> None:
        self._known, self._tags = known, f"{public_url}/tags/"

    @classmethod
    async def of(cls, tx: Tx, parts: Sequence[text.Parsed], public_url: str) -> _Shown:
        here = urlsplit(public_url).netloc
        asked = {handle.key: handle for parsed in parts for handle in parsed.handles}
        local = {key: text.Handle(one.name) if one.domain == here else one for key, one in asked.items()}
        found = await find_by_handles(tx, local.values())
        known = {}
        for key, handle in local.items():
            account = found.get(handle.key)
            if account is not None and account.shown:
                url = f"{public_url}/@{account.username}" if account.domain == LOCAL else account.url
                known[key] = (url or f"{public_url}/@{account.handle}", account.handle)
        return cls(known, public_url)

    def bio(self, parsed: text.Parsed) -> str:
        return text.render_bio(parsed, mention_url=self._known, tag_url=self._tag)

    def field(self, parsed: text.Parsed) -> str:
        return text.render_field(parsed, mention_url=self._known, tag_url=self._tag)

    def _tag(self, key: str) -> str:
        return self._tags + quote(key)
