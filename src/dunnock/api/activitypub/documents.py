"""Accounts, posts and collections as ActivityStreams documents, for other servers. Source: federation.md, section 2."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec

from dunnock import accounts, posts
from dunnock.accounts.account import Account
from dunnock.api.activitypub.inbox import headers_of
from dunnock.api.kit import Lane
from dunnock.federation import Federation, activities
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.posts import Post

PAGE = 20
PEOPLE = 40
_NAME = r"(?P<name>[A-Za-z0-9_]{1,64})"
_ACTOR = re.compile(rf"/(?:users/|@){_NAME}")
_POST = re.compile(rf"/(?:users/{_NAME}/statuses|@(?P<at>[A-Za-z0-9_]{{1,64}}))/(?P<id>[1-9][0-9]{{0,18}})")
_OF_POST = re.compile(
    rf"/users/{_NAME}/statuses/(?P<id>[1-9][0-9]{{0,18}})/(?P<what>activity|replies|likes|shares|quote_authorizations)"
)
_OF_ACTOR = re.compile(
    rf"/users/{_NAME}/(?P<what>outbox|followers|following|collections/featured|collections/tags|followers_synchronization)"
)
_FOLLOW = re.compile(rf"/users/{_NAME}/follows/(?P<id>[1-9][0-9]{{0,18}})")
_TYPE = (b"content-type", b"application/activity+json; charset=utf-8")
_ALL = 2**63 - 1

Handler = Callable[[Any, Any], Awaitable[None]]


class Gone(DomainError):
    """It was there, and is no more."""

    code, kind, safe = "gone", Kind.GONE, "Gone"


class Documents:
    """What other servers read of this one."""

    def __init__(self, house: Federation) -> None:
        """Nothing is read yet."""
        self._house, self._db, self._places = house, house.db, house.places

    def find(self, path: str, *, negotiated: bool) -> Handler | None:
        """What serves the path; `negotiated`: the client wants activities where people get a page."""
        if path == "/actor":
            return self._server
        if not path.startswith(("/users/", "/@")):
            return None
        if negotiated:
            if found := _ACTOR.fullmatch(path):
                return self._with(self._actor, found["name"])
            if found := _POST.fullmatch(path):
                return self._with(self._post, found["name"] or found["at"], int(found["id"]))
        if found := _OF_POST.fullmatch(path):
            return self._with(getattr(self, f"_{found['what']}"), found["name"], int(found["id"]))
        if found := _OF_ACTOR.fullmatch(path):
            return self._with(getattr(self, f"_{found['what'].rpartition('/')[2]}"), found["name"])
        if found := _FOLLOW.fullmatch(path):
            return self._with(self._follow, found["name"], int(found["id"]))
        return None

    def _with(self, make: Callable[..., Awaitable[Any]], *args: Any) -> Handler:
        async def serve(scope: Any, send: Any) -> None:
            await _send(send, await make(scope, *args))

        return serve

    async def _server(self, _: Any, send: Any) -> None:
        pair = await self._house.keys.of(None, None)
        await _send(send, activities.with_context(activities.server_actor(self._places, public_pem=pair.public)))

    async def _account(self, name: str) -> Account:
        found = await accounts.find_by_handle(self._db, name)
        if found is None:
            raise Missing(name)
        if not found.shown:
            raise Gone(found.id)
        return found

    async def _actor(self, _: Any, name: str) -> dict[str, Any]:
        account = await self._account(name)
        pair = await self._house.keys.of(account.id, account.username)
        told = activities.actor(account, self._places, public_pem=pair.public)
        aliases = await accounts.aliases_of(self._db, account.id)
        if aliases:
            told["alsoKnownAs"] = list(aliases)
        moved = await accounts.moved_to(self._db, account.id)
        target = None if moved is None else await accounts.find(self._db, moved)
        if target is not None:
            told["movedTo"] = target.uri or self._places.actor(target.username)
        return activities.with_context(told)

    # Posts ----------------------------------------------------------------------------------------------------------

    async def _own_post(self, scope: Any, name: str, post_id: int) -> tuple[Post, Account]:
        """A post of the account that whoever asks may see: everybody, or whom the signature shows to be one of its readers.

        Raises:
            Missing, Gone: there is none for them; it was deleted.
        """
        author = await self._account(name)
        post = await posts.find_living(self._db, post_id)
        if post is None:
            if await posts.was_deleted(self._db, post_id, by=author.id):
                raise Gone(post_id)
            raise Missing(post_id)
        if post.author_id != author.id:
            raise Missing(post_id)
        if post.visibility not in posts.OPEN:
            reader = await self._house.who_asks(self._house.request_of(scope, headers_of(scope)))
            if reader is None:
                raise Missing(post_id)
            try:
                await posts.find_visible(self._db, post_id, reader.account_id)
            except posts.PostMissing:
                raise Missing(post_id) from None
        return post, author

    async def _post(self, scope: Any, name: str, post_id: int) -> dict[str, Any]:
        try:
            post, author = await self._own_post(scope, name, post_id)
        except Gone:
            uri = self._places.post(name, post_id)
            return {"status": 410, **activities.with_context({"id": uri, "type": "Tombstone"})}
        if post.boost_of_id is not None:
            return await self._activity(scope, name, post_id)
        return activities.with_context(await activities.note(self._db, post, author, self._places))

    async def _activity(self, scope: Any, name: str, post_id: int) -> dict[str, Any]:
        post, author = await self._own_post(scope, name, post_id)
        return activities.with_context(await self._told(post, author))

    async def _told(self, post: Post, author: Account) -> dict[str, Any]:
        """The activity that made the post or boost."""
        if post.boost_of_id is None:
            return activities.create(await activities.note(self._db, post, author, self._places))
        original = await activities.post_uri(self._db, post.boost_of_id, self._places)
        named = (await posts.names_of(self._db, [post.boost_of_id])).get(post.boost_of_id)
        by = None if named is None else await accounts.find(self._db, named.author_id)
        if original is None or by is None:
            raise Missing(post.id)
        return activities.announce(post, author, original, activities.uri_of(by, self._places), self._places)

    async def _replies(self, scope: Any, name: str, post_id: int) -> dict[str, Any]:
        await self._own_post(scope, name, post_id)
        uri = f"{self._places.post(name, post_id)}/replies"
        asked = _query(scope)
        above = _number(asked.get("min_id"), 0)
        found = await posts.replies(self._db, post_id, above=above, most=PAGE)
        named = await posts.names_of(self._db, found)
        items = [one.uri or self._places.post(one.username, an_id) for an_id in found if (one := named.get(an_id))]
        page: dict[str, Any] = {
            "id": f"{uri}?page=true" + (f"&min_id={above}" if above else ""),
            "type": "CollectionPage",
            "partOf": uri,
            "items": items,
        }
        if len(found) == PAGE:
            page["next"] = f"{uri}?page=true&min_id={found[-1]}"
        if "page" in asked:
            return activities.with_context(page)
        return activities.with_context({"id": uri, "type": "Collection", "first": page})

    async def _likes(self, scope: Any, name: str, post_id: int) -> dict[str, Any]:
        return await self._counted(scope, name, post_id, "likes", 2)

    async def _shares(self, scope: Any, name: str, post_id: int) -> dict[str, Any]:
        return await self._counted(scope, name, post_id, "shares", 1)

    async def _counted(self, scope: Any, name: str, post_id: int, what: str, at: int) -> dict[str, Any]:
        await self._own_post(scope, name, post_id)
        counts = await posts.counts_of(self._db, post_id)
        uri = f"{self._places.post(name, post_id)}/{what}"
        return activities.with_context({"id": uri, "type": "Collection", "totalItems": counts[at]})

    async def _quote_authorizations(self, scope: Any, name: str, post_id: int) -> dict[str, Any]:
        """That a post may be quoted by another. Source: FEP-044f."""
        post, author = await self._own_post(scope, name, post_id)
        quoting = _query(scope).get("by", "")
        known = await posts.find_uri(self._db, quoting)
        there = None if known is None else await posts.find_living(self._db, known[0])
        allowed = (
            there.quote_state == "accepted" and there.quoted_id == post.id
            if there is not None
            else post.quote_policy == "public" and bool(quoting)
        )
        if not allowed:
            raise Missing(quoting)
        return activities.with_context(
            {
                "id": self._places.quote_authorization(author.username, post.id, quoting),
                "type": "QuoteAuthorization",
                "attributedTo": self._places.actor(author.username),
                "interactingObject": quoting,
                "interactionTarget": self._places.post(author.username, post.id),
            }
        )

    # Collections ----------------------------------------------------------------------------------------------------

    async def _outbox(self, scope: Any, name: str) -> dict[str, Any]:
        account = await self._account(name)
        uri = f"{self._places.actor(account.username)}/outbox"
        asked = _query(scope)
        if "page" not in asked:
            total = await posts.public_count(self._db, account.id)
            return self._collection(uri, total, first=f"{uri}?page=true")
        below = _number(asked.get("max_id"), _ALL)
        found = await posts.outbox(self._db, account.id, below=below, most=PAGE)
        items = []
        for post in found:
            try:
                items.append(await self._told(post, account))
            except Missing:  # what it boosts is gone
                continue
        page: dict[str, Any] = {
            "id": f"{uri}?page=true" + (f"&max_id={below}" if below != _ALL else ""),
            "type": "OrderedCollectionPage",
            "partOf": uri,
            "orderedItems": items,
        }
        if len(found) == PAGE:
            page["next"] = f"{uri}?page=true&max_id={found[-1].id}"
        return activities.with_context(page)

    async def _followers(self, scope: Any, name: str) -> dict[str, Any]:
        return await self._people(scope, name, "followers", accounts.followers, 1)

    async def _following(self, scope: Any, name: str) -> dict[str, Any]:
        return await self._people(scope, name, "following", accounts.following, 2)

    async def _people(self, scope: Any, name: str, what: str, list_them: Any, _: int) -> dict[str, Any]:
        account = await self._account(name)
        counts = (await accounts.counts_of(self._db, [account.id])).get(account.id, accounts.Counts())
        uri = f"{self._places.actor(account.username)}/{what}"
        total = counts.followers if what == "followers" else counts.following
        asked = _query(scope)
        if account.hide_collections:
            return self._collection(uri, total)
        if "page" not in asked:
            return self._collection(uri, total, first=f"{uri}?page=1")
        cursor = accounts.Cursor(limit=PEOPLE, max_id=_number(asked.get("max_id"), 0) or None)
        found = await list_them(self._db, account.id, cursor)
        people = await accounts.find_many(self._db, found.ids)
        page: dict[str, Any] = {
            "id": f"{uri}?page=1" + (f"&max_id={cursor.max_id}" if cursor.max_id else ""),
            "type": "OrderedCollectionPage",
            "totalItems": total,
            "partOf": uri,
            "orderedItems": [activities.uri_of(people[an_id], self._places) for an_id in found.ids if an_id in people],
        }
        if len(found.ids) == PEOPLE and found.oldest is not None:
            page["next"] = f"{uri}?page=1&max_id={found.oldest}"
        return activities.with_context(page)

    async def _followers_synchronization(self, scope: Any, name: str) -> dict[str, Any]:
        """The followers on the server that asks, which must sign. Source: FEP-8fcf."""
        account = await self._account(name)
        reader = await self._house.who_asks(self._house.request_of(scope, headers_of(scope)))
        if reader is None:
            raise Missing(name)
        uri = f"{self._places.actor(account.username)}/followers_synchronization"
        return activities.with_context(
            {
                "id": uri,
                "type": "OrderedCollection",
                "orderedItems": await self._house.followers_at(account.id, reader.host),
            }
        )

    async def _featured(self, _: Any, name: str) -> dict[str, Any]:
        account = await self._account(name)
        found = await posts.pinned(self._db, account.id)
        items = [await activities.note(self._db, post, account, self._places) for post in found]
        uri = f"{self._places.actor(account.username)}/collections/featured"
        return activities.with_context(
            {"id": uri, "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items}
        )

    async def _tags(self, _: Any, name: str) -> dict[str, Any]:
        account = await self._account(name)
        names = await posts.featured_names(self._db, account.id)
        uri = f"{self._places.actor(account.username)}/collections/tags"
        items = [{"type": "Hashtag", "href": self._places.tag(key), "name": f"#{shown}"} for key, shown in names]
        return activities.with_context({"id": uri, "type": "Collection", "totalItems": len(items), "items": items})

    async def _follow(self, _: Any, name: str, followed_id: int) -> dict[str, Any]:
        account = await self._account(name)
        there = await accounts.relationships(self._db, account.id, [followed_id])
        target = await accounts.find(self._db, followed_id)
        if target is None or not there or not (there[0].following or there[0].requested):
            raise Missing(followed_id)
        return activities.with_context(
            {
                "id": self._places.follow(account.username, followed_id),
                "type": "Follow",
                "actor": self._places.actor(account.username),
                "object": activities.uri_of(target, self._places),
            }
        )

    def _collection(self, uri: str, total: int, **more: Any) -> dict[str, Any]:
        return activities.with_context({"id": uri, "type": "OrderedCollection", "totalItems": total, **more})


def add_to(lane: Lane, house: Federation) -> None:
    """Serve the documents before pages."""
    lane.documents = Documents(house).find


async def _send(send: Any, document: dict[str, Any]) -> None:
    status = document.pop("status", 200)
    body = msgspec.json.encode(document)
    headers = [
        _TYPE,
        (b"content-length", b"%d" % len(body)),
        (b"vary", b"Accept, Signature"),
        (b"cache-control", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _query(scope: Any) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 19 else default
