"""Mail outlives the server: killed before it could be sent, killed while it was sent."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest
import requests

from mail_server import MailServer, link_in
from stories.running import PASSWORD, Server, until


class Office:
    """A mail server in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self.wait(MailServer().start())

    def wait(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def hold(self, *, on: bool) -> None:
        async def change() -> None:
            if on:
                self.server.hold = asyncio.Event()
            elif self.server.hold is not None:
                self.server.hold.set()
                self.server.hold = None

        self.wait(change())

    def close(self) -> None:
        async def end() -> None:
            self.server._server.close()
            others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
            for one in others:
                one.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.wait(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture
def office():
    made = Office()
    yield made
    made.close()


def kill(server: Server) -> None:
    process, server._process = server._process, None
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def join(server: Server, name: str) -> str:
    joined = requests.post(
        f"{server.url}/api/v1/accounts",
        data={"username": name, "email": f"{name}@mail.example", "password": PASSWORD, "agreement": "true"},
        headers={"Authorization": f"Bearer {server.app_token}"},
        timeout=20,
    )
    assert joined.status_code == 200, joined.text
    return str(joined.json()["access_token"])


def test_killed_and_still_sent(tmp_path, office):
    office.hold(on=True)  # takes mails, and does not say so
    server = Server(tmp_path / "data", DUNNOCK_SIGN_UP="open", DUNNOCK_SMTP_URL=office.server.url).start()
    try:
        token = join(server, "wren")
        until(lambda: len(office.server.taken) == 1, within_s=10)
        kill(server)  # it never heard that the mail was taken
        office.hold(on=False)
        server.start()
        until(lambda: len(office.server.taken) == 2, within_s=15)
        first, second = [message for _, message in office.server.taken]
        assert first["message-id"] == second["message-id"]
        # Both links lead in; the token works from then on.
        assert server.call("GET", "/api/v1/accounts/verify_credentials", token).status_code == 403
        page = requests.Session()
        path = link_in(second, "/auth/confirmation")
        form = page.get(server.url + path, timeout=20).text
        fields = {
            "token": form.split('name="token" value="')[1].split('"')[0],
            "confirmation_token": path.split("=")[1],
        }
        answer = page.post(f"{server.url}/auth/confirmation", data=fields, timeout=20)
        assert "Your e-mail address is confirmed" in answer.text
        assert server.call("GET", "/api/v1/accounts/verify_credentials", token).status_code == 200
    finally:
        server.stop()
