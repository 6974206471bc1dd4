"""A browser without JavaScript: reads pages, fills in forms, follows links."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


class Form:
    """A form of a page; `fields` are what it would send, `buttons` are (name, value, label)."""

    def __init__(self, page: str, attributes: dict[str, str | None]) -> None:
        self.method = (attributes.get("method") or "get").lower()
        self.action = urljoin(page, attributes.get("action") or page)
        self.multipart = attributes.get("enctype") == "multipart/form-data"
        self.fields: list[tuple[str, str]] = []
        self.names: set[str] = set()
        self.buttons: list[tuple[str, str, str]] = []


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.code: str | None = None
        self._form: Form | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._button: tuple[str, str] | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        name, value = held.get("name") or "", held.get("value") or ""
        if tag == "input" and held.get("id") == "code":
            self.code = value
        if tag == "form":
            self._form = Form(self.page, held)
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name:
            self._form.names.add(name)
            kind = held.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in held:
                    self._form.fields.append((name, value or "on"))
            elif kind != "file":
                self._form.fields.append((name, value))
        elif tag == "textarea":
            self._area, self._words = name, []
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select is not None:
            self._options.append((value, "selected" in held))
        elif tag == "button":
            self._button, self._words = (name, value), []

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._form is None:
            return
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None:
            self._form.names.add(self._area)
            self._form.fields.append((self._area, "".join(self._words).removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            self._form.names.add(self._select)
            chosen = [value for value, selected in self._options if selected] or [
                value for value, _ in self._options[:1]
            ]
            self._form.fields += [(self._select, value) for value in chosen]
            self._select = None
        elif tag == "button" and self._button is not None:
            self._form.buttons.append((*self._button, " ".join("".join(self._words).split())))
            self._button = None


class Browser:
    """Where somebody is: `url`, `status`, `text` (what is read there), `forms`, `code` (the one shown for an app)."""

    def __init__(self, base: str, agent: str = "Story Browser") -> None:
        self._base = base
        self._session = requests.Session()
        self._session.headers["User-Agent"] = agent

    def go(self, path: str) -> Browser:
        """Open an address, and what it leads to."""
        return self._read(self._session.get(urljoin(self._base, path), timeout=20))

    def send(self, button: str, **filled: str) -> Browser:
        """Fill in the form that has this button (or begins its label so) and all these fields, and press it."""
        for form in self.forms:
            pressed = [one for one in form.buttons if one[2].startswith(button)]
            if pressed and form.names.issuperset(filled):
                break
        else:
            raise AssertionError(f"no form with {button!r} and {list(filled)} on {self.url}:\n{self.text}")
        fields = [(name, value) for name, value in form.fields if name not in filled] + list(filled.items())
        if pressed[0][0]:
            fields.append(pressed[0][:2])
        origin = {"Origin": self._base, "Sec-Fetch-Site": "same-origin"}
        if form.method == "get":
            return self._read(self._session.get(form.action, params=fields, timeout=20))
        return self._read(self._session.post(form.action, data=fields, headers=origin, timeout=20))

    def sign_in(self, login: str, password: str) -> Browser:
        """On a sign-in page, or on the way to one."""
        return (self if any("login" in form.names for form in self.forms) else self.go("/auth/sign_in")).send(
            "Sign in", login=login, password=password
        )

    @property
    def signed_in(self) -> bool:
        """Does the server still know this browser?"""
        answer = self._session.get(urljoin(self._base, "/settings/sessions"), timeout=20)
        return urlsplit(answer.url).path == "/settings/sessions"

    forms: list[Form] = []  # noqa: RUF012 (replaced by every page)

    def _read(self, answer: requests.Response) -> Browser:
        reader = _Reader(answer.url)
        reader.feed(answer.text)
        reader.close()
        self.url, self.status, self.forms, self.code = answer.url, answer.status_code, reader.forms, reader.code
        self.text = " ".join(" ".join(reader.text).split())
        return self
