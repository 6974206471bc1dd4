"""D12: strangers flood one member with answers from a content bank and report them by the dozen (DISARM T0048, T0049.005)."""

from __future__ import annotations

from random import Random
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
_WORDS = [
    "budget",
    "school",
    "answer",
    "mistake",
    "council",
    "river",
    "letter",
    "garden",
    "paper",
    "story",
    "train",
    "window",
    "bridge",
    "market",
    "candle",
    "road",
]
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
    posts = {
        one.name: stage.must("POST", "/api/v1/statuses", one, status="Here is what I think") for one in (target, other)
    }

    def answer(who: Person, to: Person, words: str) -> str:
        sent = {"status": f"@{to.name} {words}", "in_reply_to_id": posts[to.name]["id"]}
        return str(stage.must("POST", "/api/v1/statuses", who, **sent)["id"])

    for number, one in enumerate(raiders[:_FIRST]):
        answer(one, target, _BANK[number % 3])
    _, took = stage.until(lambda: stage.must("GET", _QUIET, target)["until"], within_s=90)
    later = [
        answer(one, target, f"{_BANK[(n + turn) % 3]} {turn}")
        for turn in range(_ROUNDS)
        for n, one in enumerate(raiders)
    ]
    heard = [answer(one, target, "I am with you") for one in friends]
    chance = Random(12)  # noqa: S311 (words, no secret)
    for one in crowd:
        words = " ".join(chance.choices(_WORDS, k=12))
        answer(one, other, words)
    for one in raiders:
        stage.must("POST", "/api/v1/reports", one, account_id=target.id, comment="Bad person", category="spam")
    offered, _ = stage.until(lambda: stage.must("GET", _QUIET, other)["offered_at"], within_s=60)
    stage.until(lambda: len(_told(stage, target) & {*heard}) == len(heard), within_s=30)
    told = _told(stage, target)
    below = _below(stage, posts["target"]["id"], None) | _below(stage, posts["target"]["id"], target)
    unseen = sum(one not in told and one not in below for one in later)
    own = sum(one in _below(stage, posts["target"]["id"], raiders[0]) for one in later[::_RAIDERS])
    waiting = len(stage.must("GET", "/api/v1/notifications/requests?limit=80", target))
    standing = stage.must("GET", f"/api/v1/admin/accounts/{target.id}", owner)
    cases = [one["title"] for one in stage.must("GET", "/api/v1/dunnock/admin/cases", owner)]
    raided = [f"Raid on @{one.name}" in cases for one in (target, other)]
    quiet = stage.must("GET", _QUIET, other)["until"]
    untouched = not (standing["suspended"] or standing["silenced"] or standing["disabled"])
    return [
        Measure(
            "from the 20th stranger's answer until what strangers write is held",
            "at most 60 s",
            f"{took:.1f} s",
            held=took <= 60,
        ),
        Measure(
            "later answers of raiders that the target never sees",
            "at least 90 %",
            f"{unseen} of {len(later)}",
            held=unseen >= 0.9 * len(later),
        ),
        Measure("of these, lost: requests of raiders that wait", str(_RAIDERS), str(waiting), held=waiting == _RAIDERS),
        Measure("own answers that a raider sees as ever", str(_ROUNDS), str(own), held=own == _ROUNDS),
        Measure(
            "answers of earlier followers that come through",
            f"{_FRIENDS} of {_FRIENDS}",
            f"{sum(one in told and one in below for one in heard)}",
            held=all(one in told and one in below for one in heard),
        ),
        Measure("a case of the raid for staff", "yes", "yes" if raided[0] else "no", held=raided[0]),
        Measure(
            "the crowd with its own words (control)",
            "offered quiet, nothing by itself, no case",
            f"offered: {bool(offered)}, quiet: {bool(quiet)}, case: {raided[1]}",
            held=bool(offered) and not quiet and not raided[1],
        ),
        Measure(
            f"{_RAIDERS} reports: the target's account",
            "untouched",
            "untouched" if untouched else "acted on",
            held=untouched,
        ),
    ]


def _told(stage: Stage, who: Person) -> set[str]:
    """Posts that notifications are about, the last 80."""
    found: list[dict[str, Any]] = stage.must("GET", "/api/v1/notifications?limit=80", who)
    return {one["status"]["id"] for one in found if one.get("status")}


def _below(stage: Stage, post_id: str, who: Person | None) -> set[str]:
    """What stands under the post for this reader."""
    return {one["id"] for one in stage.must("GET", f"/api/v1/statuses/{post_id}/context", who)["descendants"]}


DRILL = Drill(
    "D12",
    "A raid: strangers flood and report one member (DISARM T0048, T0049.005)",
    "40 raiders of this server, not 120 of three; 180 answers and 40 reports at once, not 600 and 300 in 20 minutes; the"
    " target chose that quiet begins by itself",
    _play,
)
