"""Accounts, posts and collections as ActivityStreams documents, for other servers. Source: federation.md, section 2."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec

from dunnock import accounts, posts
from dunnock.accounts.account import Account
from dunnock.api.activitypub.request import request_of
from dunnock.api.kit import Lane
from dunnock.federation import Claim, Federation, Remote, SignatureWrong, activities
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.posts import Post

PAGE = 20
PEOPLE = 40
_NAME = r"(?P<name>[A-Za-z0-9_]{1,64})"
_ACTOR = re.compile(rf"/(?:users/|@){_NAME}")
_POST = re.compile(rf"/(?:users/{_NAME}/statuses|@(?P<at>[A-Za-z0-9_]{{1,64}}))/(?P<id>[1-9][0-9]{{0,18}})")
_OF_POST = re.compile(
    rf"/users/{_NAME}/statuses/(?P<id>[1-9][0-9]{{0,18}})/(?P<what>activity|replies|likes|shares|context|quote_authorizations)"
)
_OF_ACTOR = re.compile(
    rf"/users/{_NAME}/(?P<what>outbox|followers|following|collections/featured|collections/tags|followers_synchronization)"
)
_FOLLOW = re.compile(rf"/users/{_NAME}/follows/(?P<id>[1-9][0-9]{{0,18}})")
_TYPE = (b"content-type", b"application/activity+json; charset=utf-8")
_ALL = 2**63 - 1

Handler = Callable[[Any, Any], Awaitable[None]]
Make = Callable[..., Awaitable[dict[str, Any]]]


class Gone(DomainError):
    """It was there, and is no more."""

    code, kind, safe = "gone", Kind.GONE, "Gone"


class Asker:
    """Who asks for a document; found out when that matters, as `reader`, and then the answer is for them only (`told`)."""

    def __init__(self, house: Federation, scope: Any) -> None:
        """Nobody is known yet."""
        self._house, self._scope = house, scope
        self._claim: Claim | None = None
        self.reader: Remote | None = None
        self.told = False

    async def check(self) -> None:
        """Look at what the request claims; whose key it is, is not asked for yet.

        Raises:
            ServerRefused: it says to be of a server that this one has nothing to do with.
        """
        self._claim = await self._house.claim_of(request_of(self._scope, self._house.places.scheme))

    @property
    def claims(self) -> bool:
        """Does the request claim to be signed, rightly or not?"""
        return self._claim is not None

    async def who(self) -> Remote | None:
        """Whose signature it carries; None: nobody's that holds. Raises as `Federation.who_asks`."""
        if not self.told:
            self.told = True
            self.reader = None if self._claim is None else await self._house.who_asks(self._claim)
        return self.reader

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address, the last of each name."""
        return {name: values[-1] for name, values in parse_qs(self._scope["query_string"].decode("latin-1")).items()}


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
            if path.startswith("/users/") and "/statuses/" in path and not _OF_POST.fullmatch(path):
                return self._with(self._nothing, path)  # no number of a post: nobody's page either
        if found := _OF_POST.fullmatch(path):
            return self._with(getattr(self, f"_{found['what']}"), found["name"], int(found["id"]))
        if found := _OF_ACTOR.fullmatch(path):
            return self._with(getattr(self, f"_{found['what'].rpartition('/')[2]}"), found["name"])
        if found := _FOLLOW.fullmatch(path):
            return self._with(self._follow, found["name"], int(found["id"]))
        return None

    def _with(self, make: Make, *args: Any) -> Handler:
        async def serve(scope: Any, send: Any) -> None:
            asker = Asker(self._house, scope)
            await asker.check()
            document = await (make(asker, *args) if await self._admits(asker) else self._unsigned(asker, make, *args))
            await _send(send, document, of_asker=asker.told)

        return serve

    async def _admits(self, asker: Asker) -> bool:
        """Is it open to whoever asks? With `authorized_fetch` only to those who sign."""
        return not self._house.settings.authorized_fetch or await asker.who() is not None

    async def _unsigned(self, asker: Asker, make: Make, *args: Any) -> dict[str, Any]:
        """What is there for who does not sign where that is wanted: where an account is and its key, or no key could be had.

        Raises:
            SignatureWrong: it is something else; or the signature is wrong, and whoever made it should not take this for all.
        """
        if make != self._actor or asker.claims:
            raise SignatureWrong("nobody", say="This server gives that to signed requests only")
        account = await self._account(asker, *args)
        pair = await self._house.keys.of(account.id, account.username)
        return activities.with_context(activities.bare_actor(account, self._places, pair=pair))

    async def _server(self, _: Any, send: Any) -> None:
        """The server itself: for everybody, or two strict servers could never learn each other's keys."""
        pair = await self._house.keys.of(None, None)
        document = activities.with_context(activities.server_actor(self._places, pair=pair))
        await _send(send, document, of_asker=False)

    async def _account(self, asker: Asker, name: str) -> Account:
        """The account, unless it blocks who asks, as far as that is known.

        Raises:
            Missing, Gone: there is none for them; it was deleted or suspended.
        """
        found = await accounts.find_by_handle(self._db, name)
        if found is None:
            raise Missing(name)
        if not found.shown:
            raise Gone(found.id)
        if asker.reader is not None:
            there = await accounts.relationships(self._db, found.id, [asker.reader.account_id])
            if there and (there[0].blocking or there[0].domain_blocking):
                raise Missing(name)
        return found

    async def _actor(self, asker: Asker, name: str) -> dict[str, Any]:
        account = await self._account(asker, name)
        pair = await self._house.keys.of(account.id, account.username)
        told = await activities.told_actor(self._db, account, self._places, pair=pair)
        return activities.with_context(told)

    # Posts ----------------------------------------------------------------------------------------------------------

    async def _nothing(self, _: Asker, path: str) -> dict[str, Any]:
        raise Missing(path[:200])

    async def _own_post(self, asker: Asker, name: str, post_id: int) -> tuple[Post, Account]:
        """A post of the account that whoever asks may see: everybody, or whom the signature shows to be one of its readers.

        Raises:
            Missing, Gone: there is none for them; it was deleted.
        """
        author = await self._account(asker, name)
        post = await posts.find_living(self._db, post_id)
        if post is None:
            if await posts.was_deleted(self._db, post_id, by=author.id):
                raise Gone(post_id)
            raise Missing(post_id)
        if post.author_id != author.id:
            raise Missing(post_id)
        reader = asker.reader if post.visibility in posts.OPEN else await asker.who()
        if reader is None and post.visibility in posts.OPEN:
            return post, author
        if reader is None or not await self._house.may_read(post, reader):
            raise Missing(post_id)
        return post, author

    async def _post(self, asker: Asker, name: str, post_id: int) -> dict[str, Any]:
        try:
            post, author = await self._own_post(asker, name, post_id)
        except Gone:
            uri = self._places.post(name, post_id)
            return {"status": 410, **activities.with_context({"id": uri, "type": "Tombstone"})}
        if post.boost_of_id is not None:
            return await self._activity(asker, name, post_id)
        return activities.with_context(await activities.note(self._db, post, author, self._places))

    async def _activity(self, asker: Asker, name: str, post_id: int) -> dict[str, Any]:
        post, author = await self._own_post(asker, name, post_id)
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

    async def _replies(self, asker: Asker, name: str, post_id: int) -> dict[str, Any]:
        await self._own_post(asker, name, post_id)
        uri = f"{self._places.post(name, post_id)}/replies"
        asked = asker.query
        above = _number(asked.get("min_id"), 0)
        found = await posts.replies(self._db, post_id, above=above, most=PAGE)
        items = await self._addresses(found)
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

    async def _context(self, asker: Asker, name: str, post_id: int) -> dict[str, Any]:
        """What is open of the conversation that begins with a post, as far as it is known here. Source: FEP-7888."""
        post, author = await self._own_post(asker, name, post_id)
        if post.thread_id != post.id or post.visibility not in posts.OPEN:
            raise Missing(post_id)
        uri, asked = self._places.context(name, post_id), asker.query
        above = _number(asked.get("min_id"), 0)
        found = await posts.open_thread(self._db, post_id, above=above, most=PAGE)
        page: dict[str, Any] = {
            "id": f"{uri}?page=true" + (f"&min_id={above}" if above else ""),
            "type": "OrderedCollectionPage",
            "partOf": uri,
            "orderedItems": await self._addresses(found),
        }
        if len(found) == PAGE:
            page["next"] = f"{uri}?page=true&min_id={found[-1]}"
        if "page" in asked:
            return activities.with_context(page)
        by = self._places.actor(author.username)
        return activities.with_context({"id": uri, "type": "OrderedCollection", "attributedTo": by, "first": page})

    async def _addresses(self, ids: Sequence[int]) -> list[str]:
        """What these posts are called, without those of accounts that are not shown."""
        named = await posts.names_of(self._db, ids)
        people = await accounts.find_many(self._db, {one.author_id for one in named.values()})
        shown = {an_id for an_id, one in named.items() if one.author_id in people and people[one.author_id].shown}
        return [named[an_id].uri or self._places.post(named[an_id].username, an_id) for an_id in ids if an_id in shown]

    async def _likes(self, asker: Asker, name: str, post_id: int) -> dict[str, Any]:
        return await self._counted(asker, name, post_id, "likes", 2)

    async def _shares(self, asker: Asker, name: str, post_id: int) -> dict[str, Any]:
        return await self._counted(asker, name, post_id, "shares", 1)

    async def _counted(self, asker: Asker, name: str, post_id: int, what: str, at: int) -> dict[str, Any]:
        await self._own_post(asker, name, post_id)
        counts = await posts.counts_of(self._db, post_id)
        uri = f"{self._places.post(name, post_id)}/{what}"
        return activities.with_context({"id": uri, "type": "Collection", "totalItems": counts[at]})

    async def _quote_authorizations(self, asker: Asker, name: str, post_id: int) -> dict[str, Any]:
        """That a post may be quoted by another. Source: FEP-044f."""
        post, author = await self._own_post(asker, name, post_id)
        quoting = asker.query.get("by", "")
        local, known = self._places.local(quoting), await posts.find_uri(self._db, quoting)
        an_id = local.post_id if local is not None else None if known is None else known[0]
        there = None if an_id is None else await posts.find_living(self._db, an_id)
        allowed = (
            there.quote_state == "accepted" and there.quoted_id == post.id
            if there is not None
            else local is None and post.quote_policy == "public" and bool(quoting)
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

    async def _outbox(self, asker: Asker, name: str) -> dict[str, Any]:
        account = await self._account(asker, name)
        uri = f"{self._places.actor(account.username)}/outbox"
        asked = asker.query
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

    async def _followers(self, asker: Asker, name: str) -> dict[str, Any]:
        return await self._people(asker, name, "followers", accounts.followers, 1)

    async def _following(self, asker: Asker, name: str) -> dict[str, Any]:
        return await self._people(asker, name, "following", accounts.following, 2)

    async def _people(self, asker: Asker, name: str, what: str, list_them: Any, _: int) -> dict[str, Any]:
        account = await self._account(asker, name)
        counts = (await accounts.counts_of(self._db, [account.id])).get(account.id, accounts.Counts())
        uri = f"{self._places.actor(account.username)}/{what}"
        total = counts.followers if what == "followers" else counts.following
        asked = asker.query
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

    async def _followers_synchronization(self, asker: Asker, name: str) -> dict[str, Any]:
        """The followers on the server that asks, which must sign. Source: FEP-8fcf."""
        account = await self._account(asker, name)
        reader = await asker.who()
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

    async def _featured(self, asker: Asker, name: str) -> dict[str, Any]:
        account = await self._account(asker, name)
        found = await posts.pinned(self._db, account.id)
        items = [await activities.note(self._db, post, account, self._places) for post in found]
        uri = f"{self._places.actor(account.username)}/collections/featured"
        return activities.with_context(
            {"id": uri, "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items}
        )

    async def _tags(self, asker: Asker, name: str) -> dict[str, Any]:
        account = await self._account(asker, name)
        names = await posts.featured_names(self._db, account.id)
        uri = f"{self._places.actor(account.username)}/collections/tags"
        items = [{"type": "Hashtag", "href": self._places.tag(key), "name": f"#{shown}"} for key, shown in names]
        return activities.with_context({"id": uri, "type": "Collection", "totalItems": len(items), "items": items})

    async def _follow(self, asker: Asker, name: str, followed_id: int) -> dict[str, Any]:
        account = await self._account(asker, name)
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


async def _send(send: Any, document: dict[str, Any], *, of_asker: bool) -> None:
    """`of_asker`: others may get something else there, so nothing between here and there may keep it (SC-052)."""
    status = document.pop("status", 200)
    body = msgspec.json.encode(document)
    headers = [
        _TYPE,
        (b"content-length", b"%d" % len(body)),
        (b"vary", b"Accept, Signature"),
        (b"cache-control", b"private, no-store" if of_asker else b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 19 else default
