"""D12: strangers flood one member with answers from a content bank and report them by the dozen (DISARM T0048, T0049.005)."""

from __future__ import annotations

from typing import Any

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Person, Stage

_RAIDERS, _FRIENDS, _CROWD, _ROUNDS = 40, 5, 25, 4
_FIRST = 20
_BANK = (
    "Nobody wants you here and you know it, so leave this place now",
    "You are a disgrace and everybody here is laughing at you today",
    "We know who you are and we will not stop until you are gone",
)
_WORDS = "budget school answer mistake council river letter garden paper story train window bridge market candle road".split()
_QUIET = "/api/v1/dunnock/quiet_time"


def _play(stage: Stage) -> list[Measure]:
    owner = stage.staff("owner", "owner")
    target, other = stage.join_all(["target", "other"])
    friends = stage.join_all([f"friend_{n}" for n in range(_FRIENDS)])
    raiders = stage.join_all([f"raider_{n}" for n in range(_RAIDERS)])
    crowd = stage.join_all([f"crowd_{n}" for n in range(_CROWD)])
    for one in friends:
        stage.must("POST", f"/api/v1/accounts/{target.id}/follow", one)
    for one in (target, other):
        stage.call("PUT", _QUIET, one, when_flooded="begin")
    posts = {one.name: stage.must("POST", "/api/v1/statuses", one, status="Here is what I think") for one in (target, other)}

    def answer(who: Person, to: Person, words: str) -> str:
        sent = {"status": f"@{to.name} {words}", "in_reply_to_id": posts[to.name]["id"]}
        return str(stage.must("POST", "/api/v1/statuses", who, **sent)["id"])

    first = [answer(one, target, _BANK[n % 3]) for n, one in enumerate(raiders[:_FIRST])]
    _, took = stage.until(lambda: stage.must("GET", _QUIET, target)["until"], within_s=90)
    later = [
        answer(one, target, f"{_BANK[(n + turn) % 3]} {turn}") for turn in range(_ROUNDS) for n, one in enumerate(raiders)
    ]
    heard = [answer(one, target, "I am with you") for one in friends]
    for number, one in enumerate(crowd):
        words = " ".join(_WORDS[(number * step + step) % len(_WORDS)] for step in range(1, 12))
        answer(one, other, f"{words} {number}")
    for one in raiders:
        stage.must("POST", "/api/v1/reports", one, account_id=target.id, comment="Bad person", category="spam")
    offered, _ = stage.until(lambda: stage.must("GET", _QUIET, other)["offered_at"], within_s=60)
    stage.until(lambda: len(_told(stage, target) & {*heard}) == len(heard), within_s=30)
    told = _told(stage, target)
    below = _below(stage, posts["target"]["id"], None) | _below(stage, posts["target"]["id"], target)
    unseen = sum(one not in told and one not in below for one in later)
    own = sum(one in _below(stage, posts["target"]["id"], raiders[0]) for one in later[::_RAIDERS])
    waiting = stage.must("GET", "/api/v1/notifications/requests?limit=80", target)
    account = stage.must("GET", f"/api/v1/dunnock/admin/accounts/{target.id}", owner) if False else None
    return _measures(took, unseen, len(later), first, below, own, len(waiting), told, heard, offered, stage, target, other, account)
