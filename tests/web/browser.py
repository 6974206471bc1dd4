"""A browser without JavaScript: keeps cookies, fills in forms as they are on the page, and is strict about the HTML."""

from __future__ import annotations

import asyncio
import secrets
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from dunnock.accounts import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import EdgeSettings, build_edge
from dunnock.api.mastodon.instance import Instance
from dunnock.discovery import People, Trends
from dunnock.federation import Federation, Resolver
from dunnock.feeds import Feeds
from dunnock.feeds.custom.serve import CustomFeeds
from dunnock.feeds.for_you.live import ForYou
from dunnock.filters import FilterViews
from dunnock.foundation.db import Db
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.integrity.money import Destinations
from dunnock.media import MediaStore
from dunnock.posts import Translations
from dunnock.posts.views import PostViews
from dunnock.web import site
from dunnock.web.status import State, Wellbeing

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
LABELLED = frozenset(("input", "select", "textarea"))


class Site:
    """The pages over a real database."""

    def __init__(self, db: Db, folder: Path, *, translator: Any = None, **settings: Any) -> None:
        self.db = db
        self.settings = Settings(
            data=folder, **({"public_url": "http://127.0.0.1:8000", "sign_up": "open", "title": "Hedgerow"} | settings)
        )
        self.state = State(answers=True, well=True)
        account_views, viewers = AccountViews(db), Viewers(db)
        post_views = PostViews(db, account_views)
        given: dict[str, Any] = {
            "door": Door(agent="test"),
            "db": db,
            "settings": self.settings,
            "instance": Instance(db, self.settings),
            "account_views": account_views,
            "post_views": post_views,
            "viewers": viewers,
            "filter_views": FilterViews(db, post_views),
            "translations": Translations(translator),
            "feeds": (feeds := Feeds(db, account_views, post_views, viewers)),
            "for_you": ForYou(db, feeds, account_views, post_views, viewers),
            "custom_feeds": CustomFeeds(
                db,
                feeds,
                ForYou(db, feeds, account_views, post_views, viewers),
                accounts=account_views,
                posts=post_views,
                viewers=viewers,
                domain=self.settings.domain,
            ),
            "trends": Trends(db),
            "people": People(db, account_views, viewers),
            "media_store": (media_store := MediaStore.local(folder / "media")),
            "wellbeing": Wellbeing(self.look),
            "destinations": Destinations(db),
            "resolver": Resolver(Federation(db, Door(agent="test"), self.settings, media_store)),
        }

        async def nobody(_: bytes) -> None:
            return None

        self.app = build_edge(
            site.HANDLERS,
            authenticate=nobody,
            settings=EdgeSettings(dev=True),
            given=given,
            exception_handlers=site.EXCEPTION_HANDLERS,
        )

    async def look(self) -> State:
        return self.state

    def browser(self) -> Browser:
        return Browser(self)


class Browser:
    """One person's browser; `page` is what it shows."""

    def __init__(self, at: Site) -> None:
        self.site = at
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.address = "127.0.0.1"
        self.page: Page

    async def get(self, path: str, **headers: str) -> Page:
        return await self.ask("GET", path, headers=headers)

    async def follow(self, path: str, most: int = 5) -> Page:
        """As `get`, going on where the answer leads."""
        page = await self.get(path)
        return await self.led(page, most)

    async def led(self, page: Page, most: int = 5) -> Page:
        while page.status == 303 and most:
            page = await self.get(page.location)
            most -= 1
        return page

    async def submit(self, action: str, /, *, follow: bool = True, press: str = "", **values: Any) -> Page:
        """Fill in the form of this page that goes to `action`; values that are tuples are files (name, content)."""
        form = next(one for one in self.page.forms if one.action == action and one.method == "post")
        fields: list[tuple[str, Any]] = [pair for pair in form.fields if pair[0] not in values]
        for name, value in values.items():
            assert name in form.names, f"{name} is not in the form: {form.names}"
            if value is not None:
                fields.append((name, value))
        if press:
            fields.append(next(button for button in form.buttons if button[1] == press))
        page = await self.post(action, fields, multipart=form.enctype == "multipart/form-data")
        return await self.led(page) if follow else page

    async def post(self, path: str, fields: Any, *, multipart: bool = False, **headers: str) -> Page:
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        if multipart:
            edge = secrets.token_hex(8)
            body = b""
            for name, value in pairs:
                file = isinstance(value, tuple)
                extra = f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream' if file else ""
                body += f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode()
                body += (value[1] if file else str(value).encode()) + b"\r\n"
            body += f"--{edge}--\r\n".encode()
            kind = f"multipart/form-data; boundary={edge}"
        else:
            body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        return await self.ask("POST", path, body, {"content-type": kind} | headers)

    async def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Page:
        url = urlsplit(urljoin("http://127.0.0.1:8000", path))
        sent = {"host": "127.0.0.1:8000", "content-length": str(len(body))}
        sent |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": unquote(url.path),
            "raw_path": url.path.encode(),
            "query_string": url.query.encode(),
            "root_path": "",
            "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": (self.address, 5000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }
        messages: list[Any] = []
        answered = asyncio.Event()
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            if not waiting:
                await answered.wait()  # it stays until it has the page
                return {"type": "http.disconnect"}
            return waiting.pop(0)

        async def send(message: Any) -> None:
            messages.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                answered.set()

        await self.site.app(scope, receive, send)
        given = [(name.decode().lower(), value.decode()) for name, value in messages[0]["headers"]]
        self.set_cookies = [value for name, value in given if name == "set-cookie"]
        for one in self.set_cookies:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if not self.cookies[name]:
                del self.cookies[name]
        text = b"".join(one.get("body", b"") for one in messages[1:]).decode()
        page = Page(messages[0]["status"], dict(given), text)
        if page.status != 303:
            self.page = page
        return page


class Page(HTMLParser):
    """An answer. When it is HTML it was checked: tags closed in order, ids once, fields labelled, references real."""

    def __init__(self, status: int, headers: dict[str, str], body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.status, self.headers, self.body = status, headers, body
        self.location = headers.get("location", "")
        self.forms: list[SimpleNamespace] = []
        self.text = ""
        self._open: list[str] = []
        self._ids: list[str] = []
        self._labels: set[str] = set()
        self._controls: list[dict[str, str | None]] = []
        self._refers: list[str] = []
        self._option: Any = None
        self.tags: list[str] = []
        self.images: list[dict[str, str | None]] = []
        if headers.get("content-type", "").startswith("text/html"):
            self.feed(body)
            self.close()
            self._check()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        at = dict(attrs)
        assert len(at) == len(attrs), f"an attribute twice on <{tag}>: {attrs}"
        assert not any(name.startswith("on") or name == "style" for name in at), f"the CSP forbids this: {tag} {at}"
        assert tag != "style"
        if tag == "script":  # only ours, only where the policy says so
            assert at["src"].startswith("/assets/"), at
            assert "script-src 'self';" in self.headers["content-security-policy"]
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        if "id" in at:
            self._ids.append(at["id"])
        self._refers += (at.get("aria-describedby") or "").split() + (at.get("aria-labelledby") or "").split()
        if (at.get("href") or "").startswith("#"):
            self._refers.append(at["href"][1:])
        if tag == "img":
            self.images.append(at)
        if tag == "label" and "for" in at:
            self._labels.add(at["for"])
        if tag == "form":
            form = SimpleNamespace(
                action=at["action"], method=at["method"], enctype=at.get("enctype"), fields=[], names=set(), buttons=[]
            )
            self.forms.append(form)
        if tag in LABELLED or tag == "button":
            self._control(tag, at)
        if tag == "option" and "selected" in at and self.forms:
            self.forms[-1].fields.append((self._option, at["value"]))

    def _control(self, tag: str, at: dict[str, Any]) -> None:
        kind = at.get("type", "text")
        hidden = kind == "hidden" or "hidden" in at
        if tag in LABELLED and not hidden:
            self._controls.append(at)
        if "form" not in self._open or "name" not in at:
            return
        form = self.forms[-1]
        form.names.add(at["name"])
        self._option = at["name"]
        if tag == "button":
            form.buttons.append((at["name"], at["value"]))
        elif tag == "textarea":
            form.fields.append((at["name"], ""))
        elif tag == "input" and kind != "file" and (kind not in ("checkbox", "radio") or "checked" in at):
            form.fields.append((at["name"], at.get("value", "")))

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open and self._open[-1] == "textarea" and self.forms and self.forms[-1].fields:
            name, value = self.forms[-1].fields[-1]
            self.forms[-1].fields[-1] = (name, (value + data).removeprefix("\n"))

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        assert tag in VOID, f"<{tag} /> is not closed by that"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes something else"

    def _check(self) -> None:
        assert not self._open, f"never closed: {self._open}"
        assert len(self._ids) == len(set(self._ids)), f"ids twice: {sorted(self._ids)}"
        for control in self._controls:
            assert control.get("id") in self._labels, f"no label: {control}"
        assert set(self._refers) <= set(self._ids), f"refer to nothing: {set(self._refers) - set(self._ids)}"
        assert self.tags.count("h1") == 1, "a page has one first heading"
        assert self.tags.count("main") == 1
        assert all("alt" in image for image in self.images)
        assert "default-src 'none'" in self.headers["content-security-policy"]
        assert self.headers["x-content-type-options"] == "nosniff"
