"""Staff and what the server says of itself and offers: rules, texts, announcements, emoji, invitations, settings, lists, relays.

Ours: /api/v1/dunnock/admin/…; the same use cases as the pages of staff.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import HttpMethod, delete, get, post, put, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, server, transparency
from dunnock.accounts import Power
from dunnock.accounts.server_rules import SEVERITIES
from dunnock.api.kit import Called, Form, Paging, Query, Upload, require
from dunnock.api.mastodon.admin_cases import Asked, asked
from dunnock.api.mastodon.instance import Rule, rule_wire
from dunnock.api.mastodon.pages import cursor_of, me
from dunnock.federation import Places, Relays, Resolver
from dunnock.foundation import jobs, reactions
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings
from dunnock.media import MediaStore
from dunnock.moderation import block_lists, house
from dunnock.moderation.block_list_fetch import FetchBlockList
from dunnock.moderation.block_lists import STATES, BlockList

READS, WRITES = "admin:read", "admin:write"
HERE: Final = "/api/v1/dunnock/admin"
RULES, TEXTS, ANNOUNCEMENTS = f"{HERE}/rules", f"{HERE}/texts", f"{HERE}/announcements"
EMOJI, INVITATIONS, SETTINGS = f"{HERE}/emoji", f"{HERE}/invitations", f"{HERE}/settings"
LISTS, SPARED, RELAYS = f"{HERE}/block_lists", f"{HERE}/spared_servers", f"{HERE}/relays"
RELEASES: Final = f"{HERE}/releases"
_LIST: Final = f"{LISTS}/{{list_id:int}}"
_RELAY: Final = f"{RELAYS}/{{relay_id:int}}"
_MOST_DOMAINS: Final = 1_000


# Rules, texts, announcements ----------------------------------------------------------------------------------------


class RuleForm(msgspec.Struct):
    """What a rule says, and a hint below it."""

    text: str = ""
    hint: str = ""


class MoveForm(msgspec.Struct):
    """`up`: before the rule above it, else behind the one below."""

    up: bool = False


class TextForm(msgspec.Struct):
    """Markdown. For terms: what changed, and the day (2026-12-24) from which they hold; none: today."""

    text: str = ""
    changes: str = ""
    effective_on: str | None = None


class AnnouncementForm(msgspec.Struct):
    """Moments in Unix milliseconds; null: none."""

    text: str = ""
    starts_at: int | None = None
    ends_at: int | None = None
    publish_at: int | None = None


class AdminAnnouncement(msgspec.Struct, kw_only=True):
    """An announcement as staff wrote it; ours."""

    id: str
    text: str
    starts_at: str | None
    ends_at: str | None
    published_at: str


async def _rules(reader: Reader) -> list[Rule]:
    return [rule_wire(one) for one in await server.rules(reader)]


@post(RULES, guards=[require(WRITES)], status_code=200)
async def add_rule(form: Form[RuleForm], caller: Called, db: NamedDependency[Db]) -> list[Rule]:
    """A new last rule; all of them."""
    async with db.begin() as tx:
        await house.add_rule(tx, form.text, hint=form.hint, by=me(caller))
        return await _rules(tx)


@put(f"{RULES}/{{rule_id:int}}", guards=[require(WRITES)])
async def change_rule(
    rule_id: FromPath[int], form: Form[RuleForm], caller: Called, db: NamedDependency[Db]
) -> list[Rule]:
    """What a rule says from now on."""
    async with db.begin() as tx:
        await house.change_rule(tx, rule_id, form.text, hint=form.hint, by=me(caller))
        return await _rules(tx)


@post(f"{RULES}/{{rule_id:int}}/move", guards=[require(WRITES)], status_code=200)
async def move_rule(
    rule_id: FromPath[int], form: Form[MoveForm], caller: Called, db: NamedDependency[Db]
) -> list[Rule]:
    """Change a rule's place with the one above or below it."""
    async with db.begin() as tx:
        await house.move_rule(tx, rule_id, up=form.up, by=me(caller))
        return await _rules(tx)


@delete(f"{RULES}/{{rule_id:int}}", guards=[require(WRITES)], status_code=200)
async def remove_rule(rule_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> list[Rule]:
    """Put a rule away."""
    async with db.begin() as tx:
        await house.remove_rule(tx, rule_id, by=me(caller))
        return await _rules(tx)


@put(f"{TEXTS}/about", guards=[require(WRITES)])
async def write_about(form: Form[TextForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """The longer description of the server."""
    async with db.begin() as tx:
        await house.write_page(tx, "about", form.text, by=me(caller))
    return {}


@put(f"{TEXTS}/privacy", guards=[require(WRITES)])
async def write_privacy(form: Form[TextForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """The privacy policy."""
    async with db.begin() as tx:
        await house.write_page(tx, "privacy", form.text, by=me(caller))
    return {}


@post(f"{TEXTS}/terms", guards=[require(WRITES)], status_code=200)
async def publish_terms(form: Form[TextForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """A new version of the terms of service."""
    async with db.begin() as tx:
        await house.publish_terms(
            tx, form.text, effective_on=form.effective_on, changes=form.changes, by=me(caller)
        )  # fmt: skip
    return {}


@get(ANNOUNCEMENTS, guards=[require(READS)])
async def list_announcements(caller: Called, db: NamedDependency[Db]) -> list[AdminAnnouncement]:
    """All announcements, newest first, also those that are not published yet."""
    await house.permit(db, Power.MANAGE_ANNOUNCEMENTS, by=me(caller))
    return await _announcements(db)


async def _announcements(reader: Reader) -> list[AdminAnnouncement]:
    return [
        AdminAnnouncement(
            id=str(one.id), text=one.text, published_at=iso(one.published_at),
            starts_at=None if one.starts_at is None else iso(one.starts_at),
            ends_at=None if one.ends_at is None else iso(one.ends_at),
        )
        for one in await server.announcements(reader)
    ]  # fmt: skip


@post(ANNOUNCEMENTS, guards=[require(WRITES)], status_code=200)
async def announce(form: Form[AnnouncementForm], caller: Called, db: NamedDependency[Db]) -> list[AdminAnnouncement]:
    """Tell all members, now or later."""
    async with db.begin() as tx:
        await house.announce(
            tx, form.text, starts_at=form.starts_at, ends_at=form.ends_at, publish_at=form.publish_at, by=me(caller)
        )
        return await _announcements(tx)


@put(f"{ANNOUNCEMENTS}/{{announcement_id:int}}", guards=[require(WRITES)])
async def change_announcement(
    announcement_id: FromPath[int], form: Form[AnnouncementForm], caller: Called, db: NamedDependency[Db]
) -> list[AdminAnnouncement]:
    """What an announcement says from now on."""
    async with db.begin() as tx:
        await house.change_announcement(
            tx, announcement_id, form.text, starts_at=form.starts_at, ends_at=form.ends_at, by=me(caller)
        )
        return await _announcements(tx)


@delete(f"{ANNOUNCEMENTS}/{{announcement_id:int}}", guards=[require(WRITES)], status_code=200)
async def remove_announcement(
    announcement_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> list[AdminAnnouncement]:
    """Take an announcement away."""
    async with db.begin() as tx:
        await house.remove_announcement(tx, announcement_id, by=me(caller))
        return await _announcements(tx)


# Emoji, invitations, settings, jobs ---------------------------------------------------------------------------------


class EmojiForm(msgspec.Struct):
    """`file`: the picture, for a new one; `listed`: in pickers; `disabled`: not shown at all."""

    file: Upload | None = None
    shortcode: str = ""
    category: str = ""
    listed: bool = True
    disabled: bool = False


class SettingForm(msgspec.Struct):
    """Its new value, as it is written in the file of settings."""

    value: str = ""


@post(EMOJI, guards=[require(WRITES)], status_code=200)
async def add_emoji(
    form: Form[EmojiForm], caller: Called, db: NamedDependency[Db], media_store: NamedDependency[MediaStore]
) -> dict[str, str]:
    """Add an emoji, or replace the one of that name."""
    await house.permit(db, Power.MANAGE_EMOJI, by=me(caller))
    if form.file is None or not form.file.size:
        raise Invalid(form.shortcode[:40], say="Validation failed: File can't be blank")
    await house.add_emoji(
        db, media_store, form.file.path, shortcode=form.shortcode, category=form.category, listed=form.listed,
        by=me(caller),
    )  # fmt: skip
    return {}


@put(f"{EMOJI}/{{shortcode:str}}", guards=[require(WRITES)])
async def change_emoji(
    shortcode: FromPath[str], form: Form[EmojiForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Say where an emoji stands in pickers, and whether it is shown at all."""
    async with db.begin() as tx:
        await house.change_emoji(
            tx, shortcode, category=form.category, listed=form.listed, disabled=form.disabled, by=me(caller)
        )
    return {}


@delete(f"{EMOJI}/{{shortcode:str}}", guards=[require(WRITES)], status_code=200)
async def remove_emoji(shortcode: FromPath[str], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Remove an emoji."""
    async with db.begin() as tx:
        await house.remove_emoji(tx, shortcode, by=me(caller))
    return {}


class AdminInvitation(msgspec.Struct, kw_only=True):
    """An invitation of a member; ours."""

    id: str
    code: str
    uses: int
    most_uses: int | None
    expires_at: str | None


@get(INVITATIONS, guards=[require(READS)])
async def list_invitations(params: Query[Paging], caller: Called, db: NamedDependency[Db]) -> list[AdminInvitation]:
    """Invitations of all members, newest first."""
    return [
        AdminInvitation(
            id=str(one.id), code=one.code, uses=one.uses, most_uses=one.most_uses,
            expires_at=None if one.expires_at is None else iso(one.expires_at),
        )
        for one in await house.list_invitations(db, cursor_of(params), by=me(caller))
    ]  # fmt: skip


@delete(f"{INVITATIONS}/{{invitation_id:int}}", guards=[require(WRITES)], status_code=200)
async def end_invitation(invitation_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let nobody else join with an invitation."""
    async with db.begin() as tx:
        await house.end_invitation(tx, invitation_id, by=me(caller))
    return {}


class InviteForm(msgspec.Struct):
    """For how many people, and for how many seconds; null: no limit."""

    most_uses: int | None = 1
    expires_in: int | None = 604_800


@post(INVITATIONS, guards=[require(WRITES)], status_code=200)
async def invite(form: Form[InviteForm], caller: Called, db: NamedDependency[Db]) -> AdminInvitation:
    """An invitation of one's own."""
    await house.permit(db, Power.INVITE, by=me(caller))
    if caller.member_id is None or min(form.most_uses or 1, form.expires_in or 1) < 1:
        raise Invalid(form.most_uses, form.expires_in)
    async with db.begin() as tx:
        expires_at = None if form.expires_in is None else tx.now + form.expires_in * 1000
        made = await accounts.invite(
            tx, by_member_id=caller.member_id, most_uses=form.most_uses, expires_at=expires_at
        )  # fmt: skip
    return AdminInvitation(
        id=str(made.id), code=made.code, uses=made.uses, most_uses=made.most_uses,
        expires_at=None if made.expires_at is None else iso(made.expires_at),
    )  # fmt: skip


@put(f"{SETTINGS}/{{name:str}}", guards=[require(WRITES)])
async def change_setting(
    name: FromPath[str], form: Form[SettingForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Change a setting for everybody, at once."""
    async with db.begin() as tx:
        await house.change_setting(tx, name, form.value, by=me(caller))
    return {}


@delete(f"{SETTINGS}/{{name:str}}", guards=[require(WRITES)], status_code=200)
async def reset_setting(name: FromPath[str], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let the file of settings and the variables say again."""
    async with db.begin() as tx:
        await house.reset_setting(tx, name, by=me(caller))
    return {}


@post(f"{HERE}/jobs/revive", guards=[require(WRITES)], status_code=200)
async def revive_jobs(caller: Called, db: NamedDependency[Db]) -> dict[str, int]:
    """Have everything tried again that was given up on; how much that was."""
    await house.permit(db, Power.VIEW_DEVOPS, by=me(caller))
    revived = await reactions.revive(db) + await jobs.revive_jobs(db)
    await house.note_revival(db, revived, by=me(caller))
    return {"revived": revived}


# Other servers ------------------------------------------------------------------------------------------------------


class ListForm(msgspec.Struct):
    """`severity`: noop, limit or suspend, where a line does not say; `applies`, `retracts`: what the list is trusted with."""

    title: str = ""
    url: str = ""
    severity: str = ""
    applies: bool = False
    retracts: bool = False


class DomainsForm(msgspec.Struct):
    """Servers that a list names."""

    domains: list[str] = msgspec.field(default_factory=list)


class FetchForm(msgspec.Struct):
    """`trusting`: also when it suddenly names less than half."""

    trusting: bool = False


class UnfollowForm(msgspec.Struct):
    """`keep`: the rules that were made of it stay."""

    keep: bool = True


class SpareForm(msgspec.Struct):
    """A server about which no list makes rules, and why."""

    domain: str = ""
    why: str = ""


class SaidParams(msgspec.Struct, frozen=True):
    """What is in this state, by name behind `after`."""

    state: str = "waiting"
    after: str = ""


class AdminBlockList(msgspec.Struct, kw_only=True):
    """A block list that this server follows; ours. `states`: how many of its lines are in which state."""

    id: str
    title: str
    url: str
    severity: str
    applies: bool
    retracts: bool
    states: dict[str, int]


class ListedServer(msgspec.Struct, kw_only=True):
    """What a list says of a server, and the follows that a rule would hide."""

    domain: str
    severity: str
    comment: str
    following: int
    followers: int


class SparedServer(msgspec.Struct, kw_only=True):
    """A server about which no list makes rules."""

    domain: str
    why: str


class RelayForm(msgspec.Struct):
    """Where the relay takes activities."""

    inbox: str = ""


class AdminRelay(msgspec.Struct, kw_only=True):
    """A relay; ours. `suspended`: a rule suspends its server, so that it gets and gives nothing."""

    id: str
    inbox: str
    state: str
    suspended: bool


def _wanted(form: ListForm, list_id: int) -> BlockList:
    severity = next((one for one in SEVERITIES if one == form.severity), None)
    if severity is None:
        raise Invalid(form.severity[:40], say="Validation failed: Severity is not included in the list")
    return BlockList(
        id=list_id, title=form.title, url=form.url, severity=severity, applies=form.applies, retracts=form.retracts
    )


@get(LISTS, guards=[require("admin:read:domain_blocks")])
async def list_block_lists(caller: Called, db: NamedDependency[Db]) -> list[AdminBlockList]:
    """The block lists that this server follows."""
    return [
        AdminBlockList(
            id=str(one.id), title=one.title, url=one.url, severity=one.severity, applies=one.applies,
            retracts=one.retracts, states=states,
        )
        for one, states in await block_lists.lists(db, by=me(caller))
    ]  # fmt: skip


@post(LISTS, guards=[require("admin:write:domain_blocks")], status_code=200)
async def follow_block_list(form: Form[ListForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Follow a block list; its id."""
    await house.permit(db, Power.MANAGE_FEDERATION, by=me(caller))
    async with db.begin() as tx:
        made = await block_lists.follow(tx, _wanted(form, 0), by=me(caller))
        await tx.enqueue(FetchBlockList(made.id))
    return {"id": str(made.id)}


@route(_LIST, http_method=[HttpMethod.PUT], guards=[require("admin:write:domain_blocks")])
async def change_block_list(
    list_id: FromPath[int], form: Form[ListForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Change what a list is called and trusted with; it is read anew."""
    await house.permit(db, Power.MANAGE_FEDERATION, by=me(caller))
    async with db.begin() as tx:
        await block_lists.change(tx, _wanted(form, list_id), by=me(caller))
        await tx.enqueue(FetchBlockList(list_id))
    return {}


@get(f"{_LIST}/servers", guards=[require("admin:read:domain_blocks")])
async def list_listed_servers(
    list_id: FromPath[int], params: Query[SaidParams], caller: Called, db: NamedDependency[Db]
) -> list[ListedServer]:
    """What a list says, by what came of it."""
    await house.permit(db, Power.MANAGE_FEDERATION, by=me(caller))
    state = next((one for one in STATES if one == params.state), None)
    if state is None:
        raise Invalid(params.state[:40])
    return [
        ListedServer(
            domain=one.domain, severity=one.severity, comment=one.comment, following=one.following,
            followers=one.followers,
        )
        for one in await block_lists.said(db, list_id, state, after=params.after, by=me(caller))
    ]  # fmt: skip


@post(f"{_LIST}/adopt", guards=[require("admin:write:domain_blocks")], status_code=200)
async def adopt_listed_servers(
    list_id: FromPath[int], form: Form[DomainsForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, int]:
    """Make rules of what a list says of these servers; how many that changed."""
    async with db.begin() as tx:
        changed = await block_lists.decide(tx, list_id, form.domains[:_MOST_DOMAINS], adopt=True, by=me(caller))
    return {"changed": changed}


@post(f"{_LIST}/dismiss", guards=[require("admin:write:domain_blocks")], status_code=200)
async def dismiss_listed_servers(
    list_id: FromPath[int], form: Form[DomainsForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, int]:
    """Make no rules of it; how many that changed."""
    async with db.begin() as tx:
        changed = await block_lists.decide(tx, list_id, form.domains[:_MOST_DOMAINS], adopt=False, by=me(caller))
    return {"changed": changed}


@post(f"{_LIST}/fetch", guards=[require("admin:write:domain_blocks")], status_code=200)
async def fetch_block_list(
    list_id: FromPath[int], form: Form[FetchForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Have a list read now."""
    async with db.begin() as tx:
        await block_lists.show(tx, list_id, by=me(caller))
        await tx.enqueue(FetchBlockList(list_id, trusting=form.trusting))
    return {}


@delete(_LIST, guards=[require("admin:write:domain_blocks")], status_code=200)
async def unfollow_block_list(
    list_id: FromPath[int], form: Form[UnfollowForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Follow a list no longer."""
    async with db.begin() as tx:
        await block_lists.unfollow(tx, list_id, keep=form.keep, by=me(caller))
    return {}


@get(SPARED, guards=[require("admin:read:domain_blocks")])
async def list_spared_servers(caller: Called, db: NamedDependency[Db]) -> list[SparedServer]:
    """Servers about which no list makes rules."""
    return [SparedServer(domain=one.domain, why=one.why) for one in await block_lists.list_spared(db, by=me(caller))]


@post(SPARED, guards=[require("admin:write:domain_blocks")], status_code=200)
async def spare_server(form: Form[SpareForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let no list make rules about a server."""
    async with db.begin() as tx:
        await block_lists.spare(tx, form.domain, form.why, by=me(caller))
    return {}


@delete(SPARED, guards=[require("admin:write:domain_blocks")], status_code=200)
async def spare_server_no_longer(form: Form[SpareForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let lists make rules about it again."""
    async with db.begin() as tx:
        await block_lists.spare_no_longer(tx, form.domain, by=me(caller))
    return {}


def _relays(settings: Settings) -> Relays:
    return Relays(Places(settings.public_url), plain_http=settings.plain_http)


@get(RELAYS, guards=[require(READS)])
async def list_relays(caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]) -> list[AdminRelay]:
    """All relays, and whether they take this server."""
    found = await _relays(settings).every(db, by=me(caller))
    return [AdminRelay(id=str(one.id), inbox=one.inbox, state=one.state, suspended=out) for one, out in found]


@post(RELAYS, guards=[require(WRITES)], status_code=200)
async def add_relay(
    form: Form[RelayForm],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    resolver: NamedDependency[Resolver],
) -> dict[str, str]:
    """Have members' public posts handed on by a relay; `inbox`: the address of its inbox, or of its actor."""
    inbox, followed = await _relays(settings).seek(resolver.house, form.inbox, by=me(caller))
    async with db.begin() as tx:
        await _relays(settings).add(tx, inbox, followed=followed, by=me(caller))
    return {}


@post(f"{_RELAY}/enable", guards=[require(WRITES)], status_code=200)
async def enable_relay(
    relay_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> dict[str, str]:
    """Turn a relay on."""
    async with db.begin() as tx:
        await _relays(settings).enable(tx, relay_id, by=me(caller))
    return {}


@post(f"{_RELAY}/disable", guards=[require(WRITES)], status_code=200)
async def disable_relay(
    relay_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> dict[str, str]:
    """Turn a relay off."""
    async with db.begin() as tx:
        await _relays(settings).disable(tx, relay_id, by=me(caller))
    return {}


@delete(_RELAY, guards=[require(WRITES)], status_code=200)
async def remove_relay(
    relay_id: FromPath[int], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> dict[str, str]:
    """Remove a relay."""
    async with db.begin() as tx:
        await _relays(settings).remove(tx, relay_id, by=me(caller))
    return {}


# Releases -----------------------------------------------------------------------------------------------------------


class AdminRelease(msgspec.Struct, kw_only=True):
    """A release of what was taken down, published or not; ours."""

    id: str
    title: str
    manifest: str
    published_at: str | None


@get(RELEASES, guards=[require(READS)])
async def list_releases(caller: Called, db: NamedDependency[Db]) -> list[AdminRelease]:
    """Releases that are made, published or not."""
    return [
        AdminRelease(
            id=str(one.id), title=one.title, manifest=one.manifest,
            published_at=None if one.published_at is None else iso(one.published_at),
        )
        for one in await transparency.list_releases(db, by=me(caller))
    ]  # fmt: skip


@post(f"{RELEASES}/{{release_id:int}}/publish", guards=[require(WRITES)], status_code=200)
async def publish_release(release_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Publish a release, or ask the second person."""
    async with db.begin() as tx:
        return asked(await transparency.publish_release(tx, release_id, by=me(caller)))


HANDLERS: list[Any] = [
    add_rule, change_rule, move_rule, remove_rule, write_about, write_privacy, publish_terms, list_announcements,
    announce, change_announcement, remove_announcement, add_emoji, change_emoji, remove_emoji, list_invitations,
    invite, end_invitation, change_setting, reset_setting, revive_jobs, list_block_lists, follow_block_list,
    change_block_list, list_listed_servers, adopt_listed_servers, dismiss_listed_servers, fetch_block_list,
    unfollow_block_list, list_spared_servers, spare_server, spare_server_no_longer, list_relays, add_relay,
    enable_relay, disable_relay, remove_relay, list_releases, publish_release,
]  # fmt: skip
