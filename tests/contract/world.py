"""A small world on a running server, in which every endpoint has something to answer with."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from typing import Any

from stories.pictures import picture
from stories.running import Person, Server, until

_numbers = itertools.count(1)


class World:
    """`me` asks; `other` is followed and follows; `third` is a stranger. Everything else is made when first asked for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.me, self.other, self.third = (server.join(name) for name in ("me", "other", "third"))
        for one, two in ((self.me, self.other), (self.other, self.me)):
            self.ask(one, "POST", f"/api/v1/accounts/{two.id}/follow")
        self.tag = "contract"
        words = f"Hello #{self.tag} @{self.other.name} https://example.com/page"
        self.post = self.make(self.me, status=words, media_ids=[self.media()], sensitive=True)
        self.theirs = self.make(self.other, status=f"Good morning @{self.me.name} #{self.tag}")
        self.reply = self.make(self.other, status=f"@{self.me.name} yes", in_reply_to_id=self.post)
        self.ask(self.me, "POST", f"/api/v1/statuses/{self.theirs}/favourite")
        self.ask(self.me, "POST", f"/api/v1/statuses/{self.theirs}/bookmark")
        self.ask(self.other, "POST", f"/api/v1/statuses/{self.post}/favourite")
        self.ask(self.other, "POST", f"/api/v1/statuses/{self.post}/reblog")
        self.ask(self.me, "PUT", f"/api/v1/statuses/{self.post}", status=f"{words} again", media_ids=[])

    def ask(self, who: Person, method: str, path: str, **json: Any) -> Any:
        """Done through the API itself; what does not work here fails loudly."""
        answer = who.call(method, path, json=json) if json else who.call(method, path)
        assert answer.status_code in {200, 202}, (method, path, answer.status_code, answer.text[:300])
        return answer.json()

    def fresh(self, word: str = "word") -> str:
        """A word that was not there before."""
        return f"{word}{next(_numbers)}"

    def make(self, who: Person | None = None, **form: Any) -> str:
        """The id of a new post."""
        form = {"status": self.fresh("post "), **form}
        made: dict[str, str] = self.ask(who or self.me, "POST", "/api/v1/statuses", **form)
        return made["id"]

    def media(self) -> str:
        """The id of a new picture of mine."""
        file = {"file": ("picture.png", picture(), "image/png")}
        answer = self.me.call("POST", "/api/v2/media", files=file, data={"description": "a picture"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def poll(self) -> str:
        """The id of a poll by somebody else, running."""
        form = {"status": "Which?", "poll": {"options": ["one", "two"], "expires_in": 3600}}
        made = self.ask(self.other, "POST", "/api/v1/statuses", **form)
        return str(made["poll"]["id"])

    def list(self) -> str:
        """The id of a new list of mine, with `other` on it."""
        made: dict[str, str] = self.ask(self.me, "POST", "/api/v1/lists", title=self.fresh("list"))
        self.ask(self.me, "POST", f"/api/v1/lists/{made['id']}/accounts", account_ids=[self.other.id])
        return made["id"]

    def filter(self) -> dict[str, Any]:
        """A new filter of mine, with a keyword."""
        made: dict[str, Any] = self.ask(
            self.me, "POST", "/api/v2/filters", title=self.fresh("filter"), context=["home"],
            keywords_attributes=[{"keyword": self.fresh("bad"), "whole_word": True}],
        )  # fmt: skip
        return made

    def scheduled(self) -> str:
        """The id of a post of mine that is to come."""
        at = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).isoformat()
        made = self.ask(self.me, "POST", "/api/v1/statuses", status=self.fresh("later "), scheduled_at=at)
        return str(made["id"])

    def conversation(self) -> str:
        """The id of a conversation of mine."""
        someone = self.server.join("talker")
        self.make(someone, status=f"@{self.me.name} hush", visibility="direct")
        return self._first(self.me, "/api/v1/conversations", lambda one: one["accounts"][0]["id"] == someone.id)

    def quote(self) -> str:
        """The id of a post of somebody else's that quotes mine."""
        return self.make(self.other, quoted_status_id=self.post)

    def asker(self) -> str:
        """The id of somebody who asks to follow me; I am locked from then on."""
        self.ask(self.me, "PATCH", "/api/v1/accounts/update_credentials", locked=True)
        someone = self.server.join("asker")
        self.ask(someone, "POST", f"/api/v1/accounts/{self.me.id}/follow")
        return someone.id

    def someone(self) -> str:
        """The id of a stranger's account."""
        return self.server.join("someone").id

    def notification(self) -> str:
        """The id of a notification of mine; other tests may have changed what I want to hear."""
        self.ask(self.me, "PATCH", "/api/v2/notifications/policy", for_not_following="accept")
        someone = self.server.join("teller")
        self.ask(someone, "POST", f"/api/v1/statuses/{self.post}/favourite")
        return self._first(self.me, "/api/v1/notifications", lambda one: one["account"]["id"] == someone.id)

    def group(self) -> str:
        """The key of a group of notifications of mine."""
        wanted = self.notification()
        found = self._until(
            lambda: [
                one["group_key"]
                for one in self.ask(self.me, "GET", "/api/v2/notifications")["notification_groups"]
                if one["most_recent_notification_id"] == int(wanted)
            ]
        )
        return str(found[0])

    def request(self) -> str:
        """The id of a request: a stranger wrote to me, and my policy holds strangers back."""
        self.ask(self.me, "PATCH", "/api/v2/notifications/policy", for_not_following="filter")
        someone = self.server.join("stranger")
        self.make(someone, status=f"@{self.me.name} hello?")
        found = self._first(self.me, "/api/v1/notifications/requests", lambda one: one["account"]["id"] == someone.id)
        self.ask(self.me, "PATCH", "/api/v2/notifications/policy", for_not_following="accept")
        return found

    def featured_tag(self) -> str:
        """The id of a hashtag that I feature."""
        made: dict[str, str] = self.ask(self.me, "POST", "/api/v1/featured_tags", name=self.fresh("feature"))
        return made["id"]

    def collection(self) -> str:
        """The id of a collection of mine; the oldest goes before there are too many."""
        held = self.ask(self.me, "GET", f"/api/v1/accounts/{self.me.id}/collections")["collections"]
        for one in held[8:]:
            self.ask(self.me, "DELETE", f"/api/v1/collections/{one['id']}")
        made = self.ask(
            self.me, "POST", "/api/v1/collections", name=self.fresh("collection"), sensitive=False, discoverable=True
        )
        return str(made["collection"]["id"])

    @functools.cached_property
    def subscribed(self) -> dict[str, Any]:
        """What a push subscription is made of."""
        return {
            "subscription": {
                "endpoint": "https://push.example.com/send/abc",
                "keys": {
                    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
                },
            },
            "data": {"alerts": {"mention": True}, "policy": "all"},
        }

    def _first(self, who: Person, path: str, wanted: Any) -> str:
        found = self._until(lambda: [one["id"] for one in self.ask(who, "GET", path) if wanted(one)])
        return str(found[0])

    def _until(self, true: Any) -> Any:
        return until(true)
