"""Accounts as they are shown: read in batches, kept in memory, forgotten when a committed event says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dunnock.accounts import events
from dunnock.accounts.account import Standing, read_attestations, read_labels
from dunnock.accounts.member import Role
from dunnock.accounts.server_rules import ServerRules, read_rules, worse
from dunnock.accounts.store import views as store
from dunnock.foundation.cache import Cache
from dunnock.foundation.db import Db
from dunnock.foundation.events import Logged

KEPT_CARDS = 10_000
KEPT_HANDLES = 10_000


class AccountCard:
    """One account, ready to be shown. `counts`: (posts, followers, following, last_post_at); `stale`: to be read again.

    `rendered` and `counted` belong to the edge that shows it: its own bytes for the parts that change rarely and often;
    `face` to the pages.
    """

    __slots__ = (
        "attestations",
        "avatar",
        "avatar_description",
        "bio_html",
        "counted",
        "counts",
        "created_at",
        "discoverable",
        "display_name",
        "domain",
        "domain_handle",
        "domain_since",
        "face",
        "fields",
        "header",
        "header_description",
        "hide_collections",
        "id",
        "indexable",
        "kind",
        "labels",
        "locked",
        "moved_to_id",
        "rendered",
        "role",
        "sensitized",
        "show_featured",
        "show_media",
        "show_media_replies",
        "stale",
        "standing",
        "uri",
        "url",
        "username",
    )

    def __init__(self, row: Sequence[Any]) -> None:
        """From a row of `store.CARDS`."""
        (
            self.id,
            self.username,
            self.domain,
            self.kind,
            self.display_name,
            self.bio_html,
            self.fields,
            self.avatar,
            self.header,
            self.locked,
            self.discoverable,
            self.indexable,
            self.hide_collections,
            self.url,
            self.uri,
            self.created_at,
            self.standing,
            self.sensitized,
        ) = row[:18]
        self.counts: tuple[int, int, int, int | None] = (row[18], row[19], row[20], row[21])
        self.avatar_description, self.header_description = row[22:24]
        self.show_media, self.show_media_replies, self.show_featured = row[24:27]
        self.role: Role = row[27] or "member"
        self.labels = read_labels(row[28])
        self.moved_to_id: int | None = row[29]
        self.attestations = read_attestations(row[30])
        self.domain_handle: str = row[31]
        self.domain_since: int | None = row[32]
        self.stale = False
        self.rendered: bytes | None = None
        self.counted: bytes | None = None
        self.face: Any = None

    @property
    def handle(self) -> str:
        """`name` here, `name@domain` elsewhere."""
        return f"{self.username}@{self.domain}" if self.domain else self.username


class AccountViews:
    """All accounts of one process that were shown lately."""

    def __init__(self, db: Db) -> None:
        """Listens to `db`'s events from now on."""
        self._db = db
        self._rules: ServerRules | None = None
        self._forgotten = 0  # how often everything was
        self.cards: Cache[int, AccountCard] = Cache(KEPT_CARDS)
        self._ids: Cache[str, int] = Cache(KEPT_HANDLES)
        self._apps: dict[int, tuple[str, str | None]] = {}
        db.listen(self._heard)

    async def get(self, ids: Collection[int]) -> dict[int, AccountCard]:
        """The cards of `ids`, with counts; unknown ids are left out. At most two queries."""
        found: dict[int, AccountCard] = {}
        missing: list[int] = []
        stale: list[int] = []
        for an_id in ids:
            card = self.cards.get(an_id)
            if card is None:
                missing.append(an_id)
                continue
            found[an_id] = card
            if card.stale:
                stale.append(an_id)
        if missing:
            known = self._forgotten
            for row in await self._db.all(store.CARDS, ids=missing):
                card = AccountCard(row)
                if card.domain:
                    rules = self._rules or await self._read_rules()
                    card.standing = worse(Standing(card.standing), rules.limit_of(card.domain)).value
                if known == self._forgotten:  # else a rule changed while we read
                    self.cards.put(card.id, card)
                found[card.id] = card
        if stale:
            for row in await self._db.all(store.COUNTS, ids=stale):
                card = found[row[0]]
                card.counts, card.counted, card.stale = (row[1], row[2], row[3], row[4]), None, False
        return found

    async def _read_rules(self) -> ServerRules:
        known = self._forgotten
        rules = await read_rules(self._db)
        if known == self._forgotten:
            self._rules = rules
        return rules

    async def one(self, an_id: int) -> AccountCard | None:
        """The card of one account; None when there is no such account."""
        card = self.cards.young.get(an_id)
        if card is not None and not card.stale:
            return card
        return (await self.get((an_id,))).get(an_id)

    async def id_of(self, username: str, domain: str = "") -> int | None:
        """The id of a handle's account (`domain` "": local); None when there is none."""
        key = f"{username.casefold()}@{domain}"
        known = self._ids.get(key)
        if known is None:
            known = await self._db.value(store.ID_BY_HANDLE, username_key=username.casefold(), domain=domain)
            if known is not None:
                self._ids.put(key, known)
        return known

    async def app(self, app_id: int) -> tuple[str, str | None] | None:
        """Name and website of the app that a post was written with; None when it is gone."""
        known = self._apps.get(app_id)
        if known is None:
            row = await self._db.one(store.APP, id=app_id)
            if row is None:
                return None
            if len(self._apps) > 1000:
                self._apps.clear()
            known = self._apps[app_id] = (row[0], row[1])
        return known

    def count_again(self, an_id: int) -> None:
        """The account's counts changed: read them again when they are next shown."""
        card = self.cards.get(an_id)
        if card is not None:
            card.stale = True

    def count_all_again(self) -> None:
        """Any counts may have changed: read those of each account again when it is next shown."""
        for card in self.cards.values():
            card.stale = True

    def forget_all(self) -> None:
        """Read everything again (after a bulk import)."""
        self._forgotten += 1
        self.cards.clear()
        self._ids.clear()

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            match one.event:
                case events.PersonaChanged(account_id=an_id):
                    self.cards.pop(an_id)
                    self._ids.clear()
                case (
                    events.AccountSettingsChanged(account_id=an_id)
                    | events.StandingChanged(account_id=an_id)
                    | events.AccountSensitized(account_id=an_id)
                    | events.AccountLabelled(account_id=an_id)
                    | events.ProofsChanged(account_id=an_id)
                    | events.AccountMoved(account_id=an_id)
                ):
                    self.cards.pop(an_id)
                case events.CountsMoved():
                    self.count_all_again()
                case events.ServerRulesChanged():
                    self._rules = None
                    self.forget_all()
                case (
                    events.Followed(follower_id=one_id, followed_id=other_id)
                    | events.Unfollowed(follower_id=one_id, followed_id=other_id)
                ):
                    self.count_again(one_id)
                    self.count_again(other_id)
                case _:
                    pass
