"""Where a drill is played: a server of its own in a folder that is thrown away, and people who use its public doors."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

T = TypeVar("T")
_STARTS_WITHIN_S = 90
_COMMAND_WITHIN_S = 1_200
_STAFF_SCOPES = "read write follow admin:read admin:write"
_SCOPES = "read write follow"
_PASSWORD = secrets.token_hex(12)
_WAITS = re.compile(r"request (\d+) waits")


class DrillFailed(Exception):
    """The stage broke: the server did not start, or a door answered what no drill can go on with."""


class Answer(msgspec.Struct, frozen=True):
    """What a door said."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return msgspec.json.decode(self.body)


class Person(msgspec.Struct, frozen=True):
    """A member: the name, the id of the account, the token of their app."""

    name: str
    id: str
    token: str


class Stage:
    """One server and the way to it. `tell` hears how far it is."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Nothing runs yet."""
        self.data, self.tell = folder, tell
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._app_token = ""
        self._first: Person | None = None
        self._ahead_s = 0
        self._server: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[Stage]:
        """Start the server; it is gone afterwards.

        Raises:
            DrillFailed: it does not start.
        """
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("DUNNOCK_")} | {
            "DUNNOCK_DEV": "1", "DUNNOCK_SIGN_UP": "open", "DUNNOCK_PORT": str(self._port),
        }  # fmt: skip
        try:
            self._start()
            yield self
        finally:
            self._stop()

    def later(self, seconds: int) -> None:
        """Let so much time pass at once: the server is stopped, and started with its clock put forward. Raises: DrillFailed."""
        self._stop()
        self._ahead_s += seconds
        self._start()

    def _start(self) -> None:
        with (self.data / "server.log").open("a", encoding="utf-8") as log:
            self._server = subprocess.Popen(  # noqa: S603 (ourselves)
                [*self._program(), "up", "--data", str(self.data)],
                stdout=log, stderr=subprocess.STDOUT, env=self._environment,
            )  # fmt: skip
        until = time.monotonic() + _STARTS_WITHIN_S
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > until:
                raise DrillFailed(f"the server does not start: {(self.data / 'server.log').read_text()[-2000:]}")
            time.sleep(0.1)

    def _stop(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def _program(self) -> list[str]:
        later = ("dunnock.cli.drills.later", str(self._ahead_s)) if self._ahead_s else ("dunnock",)
        return [sys.executable, "-P", "-m", *later]

    def dunnock(self, *arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command as whoever owns the machine does; `data`: with another data directory."""
        return self.dunnock_alone(*arguments, "--data", str(data or self.data))

    def dunnock_alone(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that needs no server's data."""
        return subprocess.run(  # noqa: S603 (ourselves)
            [*self._program(), *arguments],
            check=False, capture_output=True, text=True, env=self._environment, timeout=_COMMAND_WITHIN_S,
        )  # fmt: skip

    def agree(self, request_id: str, who: Person) -> None:
        """Agree, as a second person, to what waits. Raises: DrillFailed."""
        at = f"/api/v1/dunnock/admin/requests/{request_id}"
        digest = self.must("GET", at, who)["digest"]
        self.must("POST", f"{at}/approve", who, digest=digest, password=_PASSWORD)

    def call(
        self, method: str, path: str, who: Person | None = None, *, accept: str = "application/json", **sent: Any
    ) -> Answer:
        """One request as a member's app, or as a stranger; `sent` goes as JSON. `accept`: what kind of answer."""
        return self._ask(method, path, "" if who is None else who.token, sent, accept)

    def must(self, method: str, path: str, who: Person | None = None, **sent: Any) -> Any:
        """As `call`, where a refusal ends the drill. Raises: DrillFailed."""
        answer = self.call(method, path, who, **sent)
        if answer.status != 200:
            raise DrillFailed(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
        return answer.json

    def join(self, name: str, *, email: str = "") -> Person | None:
        """Sign up by the API; None: it was refused."""
        if not self._app_token:
            made = self._form(
                "/api/v1/apps", client_name="Drill", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes=_SCOPES
            )
            asked = {"grant_type": "client_credentials", "scope": _SCOPES}
            keys = {name: made[name] for name in ("client_id", "client_secret")}
            self._app_token = self._form("/oauth/token", **asked, **keys)["access_token"]
        sent = {"username": name, "email": email or f"{name}@mail.example", "password": _PASSWORD, "agreement": True}
        answer = self._ask("POST", "/api/v1/accounts", self._app_token, sent, "application/json")
        if answer.status != 200:
            return None
        token = answer.json["access_token"]
        me = self._ask("GET", "/api/v1/accounts/verify_credentials", token, {}, "application/json")
        return Person(name, me.json["id"], token)

    def join_all(self, names: Iterable[str]) -> list[Person]:
        """Many at once. Raises: DrillFailed: one was refused."""
        found = self.at_once(self.join, list(names))
        if None in found:
            raise DrillFailed("somebody could not sign up")
        return [one for one in found if one is not None]

    def staff(self, name: str, role: str) -> Person:
        """A member of the staff, made by commands as on any server, whose app may do all that they may.

        The first one agrees to those who come later, as a second person must.
        """
        made = self.dunnock(
            "members", "create", name, "--email", f"{name}@staff.example", "--password", _PASSWORD, "--role", role
        )
        if made.returncode:
            self._agree(made.stderr)
            self._agreed("members", "role", name, role)
        token = self._agreed("members", "token", name, "--scopes", _STAFF_SCOPES).split()[-1]
        me = self._ask("GET", "/api/v1/accounts/verify_credentials", token, {}, "application/json")
        if me.status != 200:
            raise DrillFailed(f"no token for {name}: {me.body[:300]!r}")
        person = Person(name, me.json["id"], token)
        self._first = self._first or person
        return person

    def at_once(self, do: Callable[[Any], T], what: list[Any], *, hands: int = 6) -> list[T]:
        """Do it for each, a few at a time; results in order."""
        with ThreadPoolExecutor(hands) as pool:
            return list(pool.map(do, what))

    def until(self, true: Callable[[], T], *, within_s: float, every_s: float = 0.25) -> tuple[T | None, float]:
        """What `true` gives once it is true, and after how many seconds; None: it did not come to be in that time."""
        begun = time.monotonic()
        while True:
            found = true()
            took = time.monotonic() - begun
            if found:
                return found, took
            if took > within_s:
                return None, took
            time.sleep(every_s)

    def _agreed(self, *arguments: str) -> str:
        """What a command prints, to which the first of the staff agrees if it needs a second person."""
        done = self.dunnock(*arguments)
        if done.returncode:
            self._agree(done.stderr)
            done = self.dunnock(*arguments)
        if done.returncode:
            raise DrillFailed(f"dunnock {' '.join(arguments[:2])}: {done.stderr[-500:]}")
        return done.stdout

    def _agree(self, said: str) -> None:
        waits = _WAITS.search(said)
        if waits is None or self._first is None:
            raise DrillFailed(said[-500:])
        self.agree(waits[1], self._first)

    def _answers(self) -> bool:
        try:
            return self._ask("GET", "/health", "", {}, "application/json").status == 200
        except OSError:
            return False

    def _form(self, path: str, **fields: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", path, urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
            return msgspec.json.decode(connection.getresponse().read())
        finally:
            connection.close()

    def _ask(self, method: str, path: str, token: str, sent: dict[str, Any], kind: str) -> Answer:
        headers = {"Accept": kind, "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, msgspec.json.encode(sent) if sent else None, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()
