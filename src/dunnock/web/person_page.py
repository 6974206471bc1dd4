"""What stands above every page of an account: who it is, who it was, and how the visitor stands to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.foundation.settings import Settings
from dunnock.posts.featured import featured_tags
from dunnock.web.cards import Cards, Face
from dunnock.web.show import Show
from dunnock.web.visitor import Visitor

RENAME_IS_NEWS_MS = 30 * DAY
_BRIEF = frozenset(("/history", "/followers", "/following", "/collections"))
"""Pages on which the rest of the profile would only stand in the way."""


class PersonGone(DomainError):
    """The account was here and is deleted."""

    code, kind, safe = "person_gone", Kind.GONE, "This account is gone"


class PersonSuspended(DomainError):
    """This server shows nothing of the account."""

    code, kind, safe = "person_suspended", Kind.DENIED, "This account is suspended"


class PersonWithheld(DomainError):
    """The account is suspended because the law demands it. Source: RFC 7725."""

    code, kind, safe = "person_withheld", Kind.DENIED, "This account is withheld for legal reasons"
    status = 451


class Familiar(msgspec.Struct, frozen=True):
    """One of those whom the member follows and who follow the account, and how many more of them there are."""

    first: Face
    others: int


class PersonPage:
    """Finds the account of an address and shows its pages; the `page` of the handlers."""

    def __init__(
        self,
        db: Db,
        settings: Settings,
        show: Show,
        visitor: Visitor,
        *,
        account_views: AccountViews,
        cards: Cards,
    ) -> None:
        """For one visit."""
        self.cards = cards
        self._db, self._settings, self._show, self._visitor, self._views = db, settings, show, visitor, account_views

    async def find(self, handle: str) -> AccountCard:
        """The account of an address; see `find_person`."""
        return await find_person(self._views, handle, self._settings, self._db)

    def spelt(self, handle: str, card: AccountCard, tab: str) -> Response[None] | None:
        """Leads to the one spelling of the address; None: it is that."""
        return None if handle == f"@{card.handle}" else self._show.go(f"/@{card.handle}{tab}")

    async def __call__(
        self, card: AccountCard, template: str = "person.html", *, tab: str, first: bool = False, **values: Any
    ) -> Response[str]:
        """The page. `tab`: what stands behind the handle in its address; `first`: it is the one that people come to."""
        db, me, an_id = self._db, self._visitor.account_id, card.id
        moved_to = await accounts.moved_to(db, an_id)
        return self._show(
            template,
            person=await self.cards.profile(card),
            full=card.handle if card.domain else f"{card.handle}@{self._settings.domain}",
            host=card.domain,
            tab=tab,
            brief=tab in _BRIEF,
            tabs_hidden=frozenset() if card.show_media or me == an_id else frozenset(("/media",)),
            mine=me == an_id,
            relation=await relation_to(db, self._visitor, an_id),
            moved=next(iter(await self.cards.faces([moved_to])), None) if moved_to is not None else None,
            former=await accounts.former_names(
                db, an_id, now_called=card.display_name, since=now_ms() - RENAME_IS_NEWS_MS
            ),
            featured=await featured_tags(db, an_id) if card.show_featured else [],
            familiar=await self._familiar(an_id) if first else None,
            **values,
        )

    async def _familiar(self, an_id: int) -> Familiar | None:
        me = self._visitor.account_id
        if me is None or me == an_id:
            return None
        ids = (await accounts.familiar_followers(self._db, me, [an_id])).get(an_id, [])
        faces = await self.cards.faces(ids[:1])
        return Familiar(faces[0], len(ids) - 1) if faces else None


async def relation_to(db: Db, visitor: Visitor, account_id: int) -> accounts.Relationship | None:
    """How a member stands to an account; None for strangers, and to oneself."""
    return (await relations_to(db, visitor, [account_id])).get(account_id)


async def relations_to(db: Db, visitor: Visitor, ids: Sequence[int]) -> dict[int, accounts.Relationship]:
    """How a member stands to accounts, by their ids, without themselves; a stranger stands to nobody. One query."""
    me = visitor.account_id
    others = [one for one in ids if one != me]
    if me is None or not others:
        return {}
    return {one.id: one for one in await accounts.relationships(db, me, others)}


async def find_person(account_views: AccountViews, handle: str, settings: Settings, db: Db) -> AccountCard:
    """The account behind `@name` or `@name@domain`.

    Raises:
        Missing: there is no such account, or that is no handle.
        PersonGone, PersonSuspended, PersonWithheld: it was deleted; it is suspended; the law demands that.
    """
    name, _, domain = handle.removeprefix("@").partition("@")
    if not handle.startswith("@") or not name or "\0" in handle:
        raise Missing(handle)
    if not domain and "." in name:  # a domain that is somebody's handle
        found = await accounts.find_by_domain(db, name.casefold())
    else:
        found = await account_views.id_of(name, "" if domain == settings.domain else domain)
    card = None if found is None else await account_views.one(found)
    if card is None:
        raise Missing(handle)
    if card.standing == "deleted":
        raise PersonGone(card.id)
    if card.standing == "suspended":
        if await moderation.rests_on_law(db, card.id):
            raise PersonWithheld(card.id)
        raise PersonSuspended(card.id)
    return card


async def provide_page(
    *,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    account_views: NamedDependency[AccountViews],
    cards: NamedDependency[Cards],
) -> PersonPage:
    """Litestar's dependency behind `page`."""
    return PersonPage(db, settings, show, visitor, account_views=account_views, cards=cards)
