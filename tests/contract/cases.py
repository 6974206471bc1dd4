"""How each endpoint of priority A and B, and some of C, is asked rightly: `CASES["METHOD /path"](world)` makes what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from contract.world import World
from stories.pictures import picture


class Ask(NamedTuple):
    """One request: path parts in order, query or JSON or form, files; `entity` where the documentation's word is none."""

    parts: tuple[str, ...] = ()
    query: dict[str, Any] = {}  # noqa: RUF012 (never changed)
    json: dict[str, Any] | None = None
    form: dict[str, Any] | None = None
    files: dict[str, Any] | None = None
    entity: str | None = None
    status: tuple[int, ...] = (200,)


Case = Callable[[World], Ask]


def plain(**query: Any) -> Case:
    return lambda _: Ask(query=query)


def on(name: str, json: dict[str, Any] | None = None, **query: Any) -> Case:
    """With the id that the world has, or makes, under `name`."""

    def make(world: World) -> Ask:
        held = getattr(world, name)
        held = held() if callable(held) else held
        held = getattr(held, "id", held)
        return Ask((held["id"] if isinstance(held, dict) else held,), query, json)

    return make


def _file(_: World) -> Ask:
    return Ask(
        files={"file": ("picture.png", picture(), "image/png")}, form={"description": "words"}, status=(200, 202)
    )


def _keyword(world: World) -> Ask:
    return Ask((world.filter()["keywords"][0]["id"],))


def _lists_accounts(world: World) -> Ask:
    made = world.ask(world.me, "POST", "/api/v1/lists", title=world.fresh("list"))
    return Ask((made["id"],), json={"account_ids": [world.other.id]})


def _took(world: World) -> Ask:
    return Ask((world.list(),), {"account_ids[]": world.other.id})


def _apps(_: World) -> Ask:
    return Ask(json={"client_name": "Table", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read"})


def _token(world: World) -> Ask:
    client_id, client_secret = world.server.app
    return Ask(json={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret})


def _revoke(world: World) -> Ask:
    client_id, client_secret = world.server.app
    token = world.server.join("leaver").token
    return Ask(form={"client_id": client_id, "client_secret": client_secret, "token": token})


def _authorize(world: World) -> Ask:
    ask = {"client_id": world.server.app[0], "redirect_uri": "urn:ietf:wg:oauth:2.0:oob", "response_type": "code"}
    return Ask(query=ask, entity="HTML", status=(303,))  # strangers sign in first


def _sign_up(world: World) -> Ask:
    name = world.fresh("newcomer")
    form = {"username": name, "email": f"{name}@mail.example", "password": "a good long one", "agreement": True}
    return Ask(json={**form, "locale": "en"})


def _revoke_quote(world: World) -> Ask:
    return Ask((world.post, world.quote()))


def _vote(world: World) -> Ask:
    return Ask((world.poll(),), json={"choices": [0]})


CASES: dict[str, Case] = {
    "POST /api/v1/accounts": _sign_up,
    "GET /api/v1/accounts/:id": on("other"),
    "POST /api/v1/accounts/:id/block": on("someone"),
    "GET /api/v1/accounts/:id/endorsements": on("other"),
    "GET /api/v1/accounts/:id/featured_tags": on("other"),
    "POST /api/v1/accounts/:id/follow": on("someone", {"reblogs": True, "notify": False}),
    "GET /api/v1/accounts/:id/followers": on("other"),
    "GET /api/v1/accounts/:id/following": on("other"),
    "GET /api/v1/accounts/:id/lists": on("other"),
    "POST /api/v1/accounts/:id/mute": on("someone", {"duration": 60}),
    "POST /api/v1/accounts/:id/note": on("other", {"comment": "a note"}),
    "POST /api/v1/accounts/:id/pin": on("other"),
    "POST /api/v1/accounts/:id/remove_from_followers": on("someone"),
    "GET /api/v1/accounts/:id/statuses": on("other"),
    "POST /api/v1/accounts/:id/unblock": on("someone"),
    "POST /api/v1/accounts/:id/unfollow": on("someone"),
    "POST /api/v1/accounts/:id/unmute": on("someone"),
    "POST /api/v1/accounts/:id/unpin": on("other"),
    "GET /api/v1/accounts/familiar_followers": lambda w: Ask(query={"id[]": w.other.id}),
    "GET /api/v1/accounts/lookup": lambda w: Ask(query={"acct": w.other.name}),
    "GET /api/v1/accounts/relationships": lambda w: Ask(query={"id[]": [w.other.id, w.third.id]}),
    "GET /api/v1/accounts/search": lambda w: Ask(query={"q": w.other.name}),
    "PATCH /api/v1/accounts/update_credentials": lambda _: Ask(json={"note": "words"}),
    "GET /api/v1/accounts/verify_credentials": plain(),
    "GET /api/v1/preferences": lambda _: Ask(entity="Preferences"),
    "GET /api/v2/suggestions": plain(),
    "GET /api/v1/accounts/:account_id/collections": on("me"),
    "GET /api/v1/accounts/:account_id/in_collections": on("me"),
    "POST /api/v1/collections": lambda w: Ask(json={"name": w.fresh("made"), "sensitive": False, "discoverable": True}),
    "GET /api/v1/collections/:id": on("collection"),
    "GET /api/v1/filters": plain(),
    "POST /api/v1/filters": lambda w: Ask(json={"phrase": w.fresh("v1"), "context": ["home"], "irreversible": False}),
    "DELETE /api/v1/filters/:id": _keyword,
    "GET /api/v1/filters/:id": _keyword,
    "PUT /api/v1/filters/:id": lambda w: _keyword(w)._replace(json={"phrase": "other", "context": ["home"]}),
    "GET /api/v2/filters": plain(),
    "POST /api/v2/filters": lambda w: Ask(json={"title": w.fresh("v2"), "context": ["home"], "filter_action": "warn"}),
    "POST /api/v2/filters/:filter_id/keywords": on("filter", {"keyword": "word", "whole_word": True}),
    "DELETE /api/v2/filters/:id": on("filter"),
    "GET /api/v2/filters/:id": on("filter"),
    "PUT /api/v2/filters/:id": on("filter", {"title": "changed", "context": ["public"]}),
    "DELETE /api/v2/filters/keywords/:id": _keyword,
    "PUT /api/v2/filters/keywords/:id": lambda w: _keyword(w)._replace(json={"keyword": "changed"}),
    "GET /api/v1/announcements": plain(),
    "GET /api/v1/custom_emojis": plain(),
    "GET /api/v1/instance": plain(),
    "GET /api/v2/instance": plain(),
    "GET /api/v1/lists": plain(),
    "POST /api/v1/lists": lambda w: Ask(json={"title": w.fresh("list")}),
    "DELETE /api/v1/lists/:id": on("list"),
    "GET /api/v1/lists/:id": on("list"),
    "PUT /api/v1/lists/:id": on("list", {"title": "changed"}),
    "DELETE /api/v1/lists/:id/accounts": _took,
    "GET /api/v1/lists/:id/accounts": on("list"),
    "POST /api/v1/lists/:id/accounts": _lists_accounts,
    "POST /api/v1/media": _file,
    "DELETE /api/v1/media/:id": on("media"),
    "GET /api/v1/media/:id": on("media"),
    "PUT /api/v1/media/:id": on("media", {"description": "others"}),
    "POST /api/v2/media": _file,
    "GET /api/v1/notifications": plain(),
    "GET /api/v1/notifications/:id": on("notification"),
    "POST /api/v1/notifications/clear": plain(),
    "GET /api/v1/notifications/policy": lambda _: Ask(entity="V1::NotificationPolicy"),
    "PATCH /api/v1/notifications/policy": lambda _: Ask(
        json={"filter_not_following": False}, entity="V1::NotificationPolicy"
    ),
    "GET /api/v1/notifications/requests": plain(),
    "POST /api/v1/notifications/requests/:id/accept": on("request"),
    "POST /api/v1/notifications/requests/:id/dismiss": on("request"),
    "GET /api/v2/notifications": plain(),
    "GET /api/v2/notifications/:group_key/accounts": on("group"),
    "GET /api/v2/notifications/policy": plain(),
    "PATCH /api/v2/notifications/policy": lambda _: Ask(json={"for_bots": "accept"}),
    "GET /api/v2/notifications/unread_count": lambda _: Ask(entity="Hash"),
    "GET /.well-known/oauth-authorization-server": lambda _: Ask(entity="Hash"),
    "POST /api/v1/apps": _apps,
    "GET /oauth/authorize": _authorize,
    "POST /oauth/revoke": _revoke,
    "POST /oauth/token": _token,
    "GET /api/v1/profile": plain(),
    "PATCH /api/v1/profile": lambda _: Ask(json={"note": "words"}),
    "DELETE /api/v1/profile/avatar": plain(),
    "DELETE /api/v1/profile/header": plain(),
    "DELETE /api/v1/push/subscription": plain(),
    "GET /api/v1/push/subscription": lambda w: (
        w.ask(w.me, "POST", "/api/v1/push/subscription", **w.subscribed) and Ask()
    ),
    "POST /api/v1/push/subscription": lambda w: Ask(json=w.subscribed),
    "PUT /api/v1/push/subscription": lambda w: (
        w.ask(w.me, "POST", "/api/v1/push/subscription", **w.subscribed)
        and Ask(json={"data": {"alerts": {"poll": True}}})
    ),
    "GET /api/v1/blocks": plain(),
    "DELETE /api/v1/domain_blocks": plain(domain="bad.example"),
    "GET /api/v1/domain_blocks": plain(),
    "POST /api/v1/domain_blocks": lambda _: Ask(json={"domain": "bad.example"}),
    "GET /api/v1/follow_requests": plain(),
    "POST /api/v1/follow_requests/:account_id/authorize": on("asker"),
    "POST /api/v1/follow_requests/:account_id/reject": on("asker"),
    "GET /api/v1/mutes": plain(),
    "POST /api/v1/reports": lambda w: Ask(json={"account_id": w.other.id, "status_ids": [w.theirs], "comment": "look"}),
    "GET /api/v2/search": lambda w: Ask(query={"q": w.other.name}),
    "GET /api/v1/bookmarks": plain(),
    "GET /api/v1/favourites": plain(),
    "GET /api/v1/polls/:id": on("poll"),
    "POST /api/v1/polls/:id/votes": _vote,
    "GET /api/v1/scheduled_statuses": plain(),
    "DELETE /api/v1/scheduled_statuses/:id": on("scheduled"),
    "GET /api/v1/statuses": lambda w: Ask(query={"id[]": [w.post, w.theirs]}),
    "POST /api/v1/statuses": lambda w: Ask(json={"status": w.fresh("post ")}),
    "DELETE /api/v1/statuses/:id": lambda w: Ask((w.make(),), entity="Status"),
    "GET /api/v1/statuses/:id": on("post"),
    "PUT /api/v1/statuses/:id": lambda w: Ask((w.make(),), json={"status": "changed"}),
    "POST /api/v1/statuses/:id/bookmark": on("theirs"),
    "GET /api/v1/statuses/:id/context": on("post"),
    "POST /api/v1/statuses/:id/favourite": on("theirs"),
    "GET /api/v1/statuses/:id/favourited_by": on("post"),
    "GET /api/v1/statuses/:id/history": on("post"),
    "PUT /api/v1/statuses/:id/interaction_policy": on("post", {"quote_approval_policy": "public"}),
    "POST /api/v1/statuses/:id/mute": on("post"),
    "POST /api/v1/statuses/:id/pin": on("post"),
    "GET /api/v1/statuses/:id/quotes": on("post"),
    "POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke": _revoke_quote,
    "POST /api/v1/statuses/:id/reblog": on("theirs"),
    "GET /api/v1/statuses/:id/reblogged_by": on("post"),
    "GET /api/v1/statuses/:id/source": on("post"),
    "POST /api/v1/statuses/:id/translate": lambda w: Ask((w.make(language="en"),), json={"lang": "de"}),
    "POST /api/v1/statuses/:id/unbookmark": on("theirs"),
    "POST /api/v1/statuses/:id/unfavourite": on("theirs"),
    "POST /api/v1/statuses/:id/unmute": on("post"),
    "POST /api/v1/statuses/:id/unpin": on("post"),
    "POST /api/v1/statuses/:id/unreblog": on("theirs"),
    "GET /api/v1/featured_tags": plain(),
    "POST /api/v1/featured_tags": lambda w: Ask(json={"name": w.fresh("tag")}),
    "DELETE /api/v1/featured_tags/:id": on("featured_tag"),
    "GET /api/v1/followed_tags": plain(),
    "GET /api/v1/tags/:name": on("tag"),
    "POST /api/v1/tags/:name/follow": on("tag"),
    "POST /api/v1/tags/:name/unfollow": on("tag"),
    "GET /api/v1/conversations": plain(),
    "DELETE /api/v1/conversations/:id": on("conversation"),
    "GET /api/v1/markers": lambda _: Ask(query={"timeline[]": ["home", "notifications"]}, entity="Hash"),
    "POST /api/v1/markers": lambda w: Ask(json={"home": {"last_read_id": w.post}}, entity="Hash"),
    "GET /api/v1/timelines/home": plain(),
    "GET /api/v1/timelines/link": plain(url="https://example.com/page"),
    "GET /api/v1/timelines/list/:list_id": on("list"),
    "GET /api/v1/timelines/public": plain(),
    "GET /api/v1/timelines/tag/:hashtag": on("tag"),
    "GET /api/v1/trends/links": plain(),
    "GET /api/v1/trends/statuses": plain(),
    "GET /api/v1/trends/tags": plain(),
    # Priority C: called by few apps or none.
    "GET /api/v1/accounts": lambda w: Ask(query={"id[]": [w.me.id, w.other.id]}),
    "POST /api/v1/accounts/:id/endorse": on("other"),
    "POST /api/v1/accounts/:id/unendorse": on("other"),
    "GET /api/v1/directory": plain(),
    "GET /api/v1/endorsements": plain(),
    "GET /api/v1/suggestions": plain(),
    "DELETE /api/v1/suggestions/:account_id": on("someone"),
    "POST /api/v1/collections/:collection_id/items": lambda w: Ask((w.collection(),), json={"account_id": w.third.id}),
    "DELETE /api/v1/collections/:id": on("collection"),
    "PATCH /api/v1/collections/:id": on("collection", {"name": "changed"}),
    "GET /api/v2/filters/:filter_id/keywords": on("filter"),
    "GET /api/v2/filters/:filter_id/statuses": on("filter"),
    "POST /api/v2/filters/:filter_id/statuses": lambda w: Ask((w.filter()["id"],), json={"status_id": w.theirs}),
    "GET /api/v2/filters/keywords/:id": _keyword,
    "GET /api/v1/instance/activity": plain(),
    "GET /api/v1/instance/domain_blocks": plain(),
    "GET /api/v1/instance/extended_description": plain(),
    "GET /api/v1/instance/peers": plain(),
    "GET /api/v1/instance/privacy_policy": plain(),
    "GET /api/v1/instance/rules": plain(),
    "GET /api/v1/instance/translation_languages": lambda _: Ask(entity="Hash"),
    "GET /health": lambda _: Ask(entity="String"),  # text, as Mastodon.py wants it; JSON for who asks for that
    "POST /api/v1/notifications/:id/dismiss": on("notification"),
    "GET /api/v1/notifications/requests/:id": on("request"),
    "POST /api/v1/notifications/requests/accept": lambda w: Ask(json={"id": [w.request()]}),
    "POST /api/v1/notifications/requests/dismiss": lambda w: Ask(json={"id": [w.request()]}),
    "GET /api/v1/notifications/requests/merged": lambda _: Ask(entity="Hash"),
    "GET /api/v1/notifications/unread_count": lambda _: Ask(entity="Hash"),
    "GET /api/v2/notifications/:group_key": on("group"),
    "POST /api/v2/notifications/:group_key/dismiss": on("group"),
    "GET /api/v2_alpha/notifications": plain(),
    "GET /api/v2_alpha/notifications/:group_key": on("group"),
    "POST /api/v2_alpha/notifications/:group_key/dismiss": on("group"),
    "GET /api/v2_alpha/notifications/unread_count": lambda _: Ask(entity="Hash"),
    "GET /api/v1/apps/verify_credentials": plain(),
    "GET /api/v1/scheduled_statuses/:id": on("scheduled"),
    "PUT /api/v1/scheduled_statuses/:id": lambda w: Ask(
        (w.scheduled(),), json={"scheduled_at": "2099-01-01T00:00:00Z"}
    ),
    "GET /api/v1/featured_tags/suggestions": plain(),
    "POST /api/v1/conversations/:id/read": on("conversation"),
    "GET /api/oembed": lambda w: Ask(query={"url": f"{w.server.url}/@{w.other.name}/{w.theirs}"}, entity="Hash"),
}
"""Streams are asked in tests/stories: they do not end."""
