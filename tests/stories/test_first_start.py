"""A person starts a server in an empty directory, makes the owner and stops it: as processes, as they would."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("DUNNOCK_")} | {
    "PYTHONPATH": str(Path(__file__).parents[2] / "src")
}


def dunnock(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "dunnock", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(data: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A running server: the process, its address, and what it said at its start."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "dunnock", "up", "--data", str(data), "--port", str(port), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        said = process.stdout.readline()
        assert said, process.stderr.read()
        if not (data / "known").exists():
            said += "".join(process.stdout.readline() for _ in range(4))
            (data / "known").touch()
        yield process, f"http://127.0.0.1:{port}", said
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=60)


def ask(url: str, token: str | None = None) -> dict[str, object]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_from_nothing_to_an_owner(tmp_path):
    data = tmp_path / "data"
    with server(data) as (process, address, said):
        assert address in said
        assert re.search(r"members create NAME --email \S+ --role owner --data", said)
        link = re.search(r"http\S+/setup\?key=\S+", said).group()
        with urllib.request.urlopen(link, timeout=60) as answer:
            assert "Your new server" in answer.read().decode()
        assert ask(f"{address}/health/ready")["status"] == "ready"
        assert data.stat().st_mode & 0o077 == 0

        word = ("--password", "a good long one", "--data", str(data))
        made = dunnock("members", "create", "anna", "--email", "a@mail.example", "--role", "owner", *word)
        assert made.returncode == 0, made.stderr
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(link, timeout=60)
        printed = dunnock("members", "token", "anna", "--data", str(data))
        assert len(printed.stdout.splitlines()) == 1
        token = printed.stdout.split()[-1]
        assert ask(f"{address}/api/v1/accounts/verify_credentials", token)["username"] == "anna"
        assert dunnock("members", "create", "anna", "--email", "b@mail.example", *word).returncode == 1
        for change in (("role", "anna", "admin"), ("disable", "anna"), ("approve", "anna"), ("password", "anna", *word[:2]),
                       ("revoke", "anna")):  # fmt: skip
            done = dunnock("members", *change, "--data", str(data))
            assert done.returncode == 0, done.stderr
        with pytest.raises(urllib.error.HTTPError, match="401"):
            ask(f"{address}/api/v1/accounts/verify_credentials", token)
        token = dunnock("members", "token", "anna", "--data", str(data)).stdout.strip()

        second = dunnock("up", "--data", str(data), "--port", str(free_port()))
        assert second.returncode == 1
        assert "already" in second.stderr
        third = dunnock("up", "--data", str(tmp_path / "other"), "--port", address.rpartition(":")[2])
        assert third.returncode == 1
        assert "choose another --port" in third.stderr

        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert "anna" in dunnock("members", "list", "--data", str(data)).stdout
    with server(data) as (process, address, said):
        assert "Nobody" not in said
        assert ask(f"{address}/api/v1/accounts/verify_credentials", token)["username"] == "anna"


def test_several_processes_share_an_address_and_come_again(tmp_path):
    with server(tmp_path / "data", "--workers", "2") as (process, address, _):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            pytest.fail("this test needs Linux")
        first = set(children.read_text().split())
        assert len(first) == 2
        os.kill(int(min(first)), signal.SIGKILL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(set(children.read_text().split()) - first) < 1:
            time.sleep(0.1)
        assert len(set(children.read_text().split())) == 2
        deadline = time.monotonic() + 60
        answered = 0
        while answered < 10 and time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, TimeoutError, ConnectionError):
                ask(f"{address}/api/v1/instance")
                answered += 1
        assert answered == 10
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@pytest.mark.parametrize("word", [("up", "--nonsense"), ("nonsense",), ("members", "create")])
def test_wrong_commands_are_refused(word):
    assert dunnock(*word).returncode != 0


def test_wrong_settings_are_explained(tmp_path):
    (tmp_path / "dunnock.toml").write_text("titel = 'x'")
    done = dunnock("up", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "Did you mean `title`?" in done.stderr
