"""D04: one rogue session of staff against protected accounts; then a wallet is posted by several of them (DISARM T0146.004)."""

from __future__ import annotations

import re
from pathlib import Path

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import DrillFailed, Person, Stage

_STARS, _POSTING = 20, 6
_WALLET = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


def _play(stage: Stage) -> list[Measure]:
    rogue = stage.staff("insider", "owner")
    stage.staff("colleague", "admin")
    stars = stage.join_all([f"star_{n}" for n in range(_STARS)])
    for one in stars:
        stage.must("POST", f"/api/v1/dunnock/admin/accounts/{one.id}/protect", rogue)
    stage.tell("the insider tries every door on each of them")
    at = "/api/v1/dunnock/admin/accounts"
    tries = 0
    for one in stars:
        for act in ("reset_factors", "sign_out", "unprotect"):
            stage.call("POST", f"{at}/{one.id}/{act}", rogue)
            tries += 1
        stage.call("POST", f"{at}/{one.id}/role", rogue, role="moderator")
        stage.call("POST", f"/api/v1/admin/accounts/{one.id}/action", rogue, type="disable")
        tries += 2
    held = [one for one in stars if stage.call("GET", "/api/v1/accounts/verify_credentials", one).status == 200]
    asked = _asked_before_alarm(_log(stage, rogue))
    stage.tell("several of them post one wallet")
    posted = 0
    for n, one in enumerate(stars[:3]):
        posted += (
            stage.call("POST", "/api/v1/statuses", one, status=f"I give back twice what you send {n}: {_WALLET}").status
            == 200
        )
    later = stars[3:_POSTING]
    stopped, took = stage.until(
        lambda: stage.call("POST", "/api/v1/statuses", later[0], status=f"Double your coins: {_WALLET}").status != 200,
        within_s=60, every_s=1,
    )  # fmt: skip
    after = [
        stage.call("POST", "/api/v1/statuses", one, status=f"Send and get twice: {_WALLET}").status for one in later
    ]
    sound = stage.dunnock("audit-log", "verify")
    copy = _break(stage)
    broken = stage.dunnock("audit-log", "verify", data=copy)
    named = re.search(r"entry \d+ is broken", broken.stderr)
    return [
        Measure(
            "protected accounts that a session alone took over",
            "0",
            f"{_STARS - len(held)} after {tries} tries",
            held=len(held) == _STARS,
        ),
        Measure(
            "an alarm to the staff",
            "after at most 3 requests",
            "none" if asked is None else f"after {asked}",
            held=asked is not None and asked <= 3,
        ),
        Measure("first three posts of the wallet", "come through", f"{posted} of 3", held=posted == 3),
        Measure(
            "posts with the wallet are stopped",
            "at most 60 s after the third account",
            f"{took:.0f} s",
            held=bool(stopped),
        ),
        Measure("later posts of it", "0", str(after.count(200)), held=200 not in after),
        Measure("the log of what staff did", "is sound", sound.stdout.strip()[:60], held=sound.returncode == 0),
        Measure(
            "one byte changed in the log",
            "which entry",
            broken.stderr.strip()[:60],
            held=broken.returncode == 1 and named is not None,
        ),
    ]


def _log(stage: Stage, who: Person) -> list[dict[str, str]]:
    return list(stage.must("GET", "/api/v1/dunnock/admin/log?limit=200", who))


def _asked_before_alarm(log: list[dict[str, str]]) -> int | None:
    """How many requests of the insider came before the first alarm; None: there was none."""
    asked = 0
    for one in sorted(log, key=lambda one: int(one["id"])):
        if one["act"] == "account.protect":
            asked = 0  # what came before the attack
        elif one["act"] == "request.alarm":
            return asked
        asked += one["act"] == "request.ask"
    return None


def _break(stage: Stage) -> Path:
    """A copy of all data in which one byte of the log is another, as somebody with the disk could have it."""
    kept, copy = stage.data / "kept", stage.data / "copy"
    for arguments in (("backup", str(kept)), ("restore", str(kept))):
        done = stage.dunnock(*arguments, data=stage.data if arguments[0] == "backup" else copy)
        if done.returncode:
            raise DrillFailed(f"dunnock {arguments[0]}: {done.stderr[-300:]}")
    file = copy / "dunnock.db"
    held = file.read_bytes()
    at = held.index(b"account.protect") + len("account.protec")
    file.write_bytes(held[:at] + b"x" + held[at + 1 :])
    return copy


DRILL = Drill(
    "D04",
    "A rogue session of staff",
    "20 protected accounts instead of 130, 6 post instead of 45; the accounts are one's own from the start",
    _play,
)
