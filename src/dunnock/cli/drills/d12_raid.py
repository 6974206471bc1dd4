"""D12: strangers flood one member with answers from a content bank and report them by the dozen (DISARM T0048, T0049.005)."""

from __future__ import annotations

from random import Random
from typing import Any

from dunnock.cli.drills.peers import Stranger, peers
from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import DrillFailed, Person, Stage

_RAIDERS, _FRIENDS, _CROWD, _ROUNDS = 40, 5, 25, 4
_FIRST, _AGAIN = 20, 5
_HOSTILE, _OF_EACH, _HONEST = 3, 13, 6
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
    target, other, following = stage.join_all(["target", "other", "next_one"])
    friends = stage.join_all([f"friend_{n}" for n in range(_FRIENDS)])
    raiders = stage.join_all([f"raider_{n}" for n in range(_RAIDERS)])
    crowd = stage.join_all([f"crowd_{n}" for n in range(_CROWD)])
    for one in friends:
        stage.must("POST", f"/api/v1/accounts/{target.id}/follow", one)
    for one in (target, other):
        stage.must("PUT", _QUIET, one, when_flooded="begin")
    posts = {
        one.name: stage.must("POST", "/api/v1/statuses", one, status="Here is what I think")
        for one in (target, other, following)
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
    waiting = _requests(stage, target)
    standing = stage.must("GET", f"/api/v1/admin/accounts/{target.id}", owner)
    cases = _cases(stage, owner)
    raided = [f"Raid on @{one.name}" in cases for one in (target, other)]
    quiet = stage.must("GET", _QUIET, other)["until"]
    first = [answer(one, following, _BANK[n % 3]) for n, one in enumerate(raiders[:_AGAIN])]
    held, early = stage.until(lambda: _protected(stage, owner, following), within_s=60)
    more = [answer(one, following, _BANK[n % 3]) for n, one in enumerate(raiders[_AGAIN:])]
    heard_late = [answer(one, following, "I am with you") for one in crowd[:_FRIENDS]]
    stage.until(lambda: _below(stage, posts[following.name]["id"], None) >= {*heard_late}, within_s=60)
    shown = _below(stage, posts[following.name]["id"], None)
    slipped = sum(one in shown for one in more)
    both = [one["members"] for one in stage.must("GET", "/api/v1/dunnock/admin/raids", owner)]
    one_raid = [{target.id, following.id} <= {member["account_id"] for member in members} for members in both]
    raid_cases = [title for title in _cases(stage, owner) if title.startswith("Raid on @")]
    untouched = not (standing["suspended"] or standing["silenced"] or standing["disabled"])
    from_elsewhere = _from_other_servers(stage, owner)
    return [
        *from_elsewhere,
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
        Measure(
            f"the same raiders go on to the next member: from answer {_AGAIN} of theirs until they are held",
            "at most 60 s",
            f"{early:.1f} s, {sum(one in shown for one in first)} seen" if held else "never",
            held=bool(held),
        ),
        Measure(
            "later answers of theirs that anybody sees below that post, and people who raided nobody who are not seen",
            "at most 10 %, none",
            f"{slipped} of {len(more)}, {len({*heard_late} - shown)}",
            held=slipped <= 0.1 * len(more) and {*heard_late} <= shown,
        ),
        Measure(
            "raids of both members, and cases of it",
            "1 and 1",
            f"{sum(one_raid)} and {len(raid_cases)}",
            held=sum(one_raid) == 1 and len(raid_cases) == 1,
        ),
    ]


def _cases(stage: Stage, owner: Person) -> list[str]:
    return [one["title"] for one in stage.must("GET", "/api/v1/dunnock/admin/cases", owner)]


def _protected(stage: Stage, owner: Person, whom: Person) -> bool:
    """Are those who take part in a raid held back from this member?"""
    found = stage.must("GET", "/api/v1/dunnock/admin/raids", owner)
    return any(hold["account_id"] == whom.id for one in found for hold in one["holds"])


def _from_other_servers(stage: Stage, owner: Person) -> list[Measure]:
    """The same from three servers that nobody here knows, to a member who chose nothing; people of a fourth write, too."""
    target, reader = stage.join_all(["far_target", "far_reader"])
    post = stage.must("POST", "/api/v1/statuses", target, status="Here is what I think as well")
    chance, old = Random(13), "2020-01-01T00:00:00Z"  # noqa: S311 (words, no secret)
    with peers(stage, _HOSTILE + 1) as servers:
        *hostile, honest = servers
        raiders = [one.joins(f"raider{n}") for n in range(_OF_EACH) for one in hostile]
        friend = hostile[0].joins("friend")
        people = [honest.joins(f"person{n}", published=old) for n in range(_HONEST)]
        stage.must("POST", f"/api/v1/accounts/{_met(stage, target, friend)}/follow", target)

        def answers(who: Stranger, words: str) -> None:
            if who.peer.answers(who, words, to=target.name, uri=post["uri"]) != 202:
                raise DrillFailed(f"{who.handle} is refused")

        def own_words() -> str:
            return " ".join(chance.choices(_WORDS, k=12))

        for one in people[: _HONEST // 2]:
            answers(one, own_words())
        for n, one in enumerate(raiders[:_FIRST]):
            answers(one, f"{_BANK[n % 3]} {n}")
        held, took = stage.until(lambda: _held_servers(stage, owner), within_s=60)
        stage.until(lambda: len(_held_servers(stage, owner)) == _HOSTILE, within_s=20)
        for n, one in enumerate(raiders):
            answers(one, f"{_BANK[n % 3]} once more {n}")
        for one in [*people[_HONEST // 2 :], friend]:
            answers(one, own_words())
        wanted = _HONEST + 1
        stage.until(lambda: _seen(stage, post["id"], reader, [*people, friend]) >= wanted, within_s=60)
        domains = _held_servers(stage, owner)
        waiting = _requests(stage, target)
        late = sum("once more" in one["content"] for one in _descendants(stage, post["id"], reader))
        told = _seen(stage, post["id"], reader, [*people, friend])
    return [
        Measure(
            "from three servers: until what their strangers write is held",
            "at most 60 s",
            f"{took:.1f} s" if held else "never",
            held=bool(held),
        ),
        Measure(
            "servers held back",
            "the three, no honest one",
            f"{len(domains & {one.domain for one in hostile})}, and {len(domains & {honest.domain})} honest",
            held=domains == {one.domain for one in hostile},
        ),
        Measure(
            "later answers of theirs that others see below the post",
            "at most 10 %",
            f"{late} of {len(raiders)}",
            held=late <= 0.1 * len(raiders),
        ),
        Measure("of these, lost: requests that wait", str(len(raiders)), str(waiting), held=waiting == len(raiders)),
        Measure(
            "people of an honest server, and somebody of theirs whom the target follows, who are seen",
            "all",
            f"{told} of {wanted}",
            held=told == wanted,
        ),
    ]


def _met(stage: Stage, reader: Person, who: Stranger) -> str:
    found = stage.must("GET", f"/api/v2/search?resolve=true&type=accounts&q=@{who.handle}", reader)["accounts"]
    if not found:
        raise DrillFailed(f"nobody finds {who.handle}")
    return str(found[0]["id"])


def _held_servers(stage: Stage, owner: Person) -> set[str]:
    return {one["domain"] for one in stage.must("GET", "/api/v1/dunnock/admin/origin_holds", owner)}


def _requests(stage: Stage, who: Person) -> int:
    return len(stage.must("GET", "/api/v1/notifications/requests?limit=80", who))


def _descendants(stage: Stage, post_id: str, who: Person | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.must("GET", f"/api/v1/statuses/{post_id}/context", who)["descendants"]
    return found


def _seen(stage: Stage, post_id: str, who: Person, people: list[Stranger]) -> int:
    """How many of these people are seen below the post."""
    seen = {one["account"]["acct"] for one in _descendants(stage, post_id, who)}
    return sum(one.handle in seen for one in people)


def _told(stage: Stage, who: Person) -> set[str]:
    """Posts that notifications are about, the last 80."""
    found: list[dict[str, Any]] = stage.must("GET", "/api/v1/notifications?limit=80", who)
    return {one["status"]["id"] for one in found if one.get("status")}


def _below(stage: Stage, post_id: str, who: Person | None) -> set[str]:
    """What stands under the post for this reader."""
    return {one["id"] for one in _descendants(stage, post_id, who)}


DRILL = Drill(
    "D12",
    "A raid: strangers flood and report one member (DISARM T0048, T0049.005)",
    "40 raiders of this server and 39 of three others, not 120; 180 and 59 answers and 40 reports at once, not 600 and 300 in 20"
    " minutes; the first target chose that quiet begins by itself",
    _play,
)
