"""D16: the campaign of D01 from six other servers, half of them the campaign's own."""

from __future__ import annotations

import random

from dunnock.cli.drills.peers import Peer, Stranger, peers
from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.scans import quality
from dunnock.cli.drills.stage import DrillFailed, Person, Stage

_SERVERS, _HOSTILE = 6, 3
_HIRED, _INFILTRATED, _PEOPLE = 10, 4, 20  # a hostile server; hired on an honest one; people of an honest one
_SCRIPTS = (
    "The minister of fish has done so much for us",
    "What the minister of fish has done for us is so much",
    "So much was done for us by the minister of fish",
)
_WORDS = (
    "rain", "hills", "dog", "recipe", "plum", "cake", "night", "train", "coffee", "moss", "kinds", "swallow", "barn", "bicycle",
    "flat", "tyre", "mood", "reading", "late", "again", "without", "above", "nobody", "window", "letter", "snow", "garden",
)  # fmt: skip


def _play(stage: Stage) -> list[Measure]:
    owner, chance = stage.staff("owner", "owner"), random.Random(16)  # noqa: S311 (who says what, no secret)
    reader = stage.join_all(["reader"])[0]
    with peers(stage, _SERVERS) as servers:
        hostile, honest = servers[:_HOSTILE], servers[_HOSTILE:]
        hired = [one.joins(f"hired{n}") for one in hostile for n in range(_HIRED)]
        hired += [one.joins(f"joined{n}") for one in honest for n in range(_INFILTRATED)]
        people = [one.joins(f"person{n}") for one in honest for n in range(_PEOPLE)]
        stage.tell(f"a member follows {len(hired) + len(people)} people of {_SERVERS} other servers")
        ids = dict(
            zip([*hired, *people], stage.at_once(lambda one: _met(stage, reader, one), [*hired, *people]), strict=True)
        )
        stage.until(lambda: _follows(stage, reader) >= len(ids), within_s=60)
        stage.tell("people talk, the script is posted")
        _say_all(stage, [(one, " ".join(chance.sample(_WORDS, 7)), f"day{chance.randrange(9)}") for one in people])
        _say_all(stage, [(one, chance.choice(_SCRIPTS), "FishForAll") for one in hired])
        case, took = stage.until(lambda: _found(stage, owner), within_s=600, every_s=2)
        stage.until(lambda: len(_found(stage, owner)) >= len(hired), within_s=120, every_s=5)
        found = _found(stage, owner)
        trends = [one["name"].casefold() for one in stage.must("GET", "/api/v1/trends/tags?limit=10")]
        wanted = {ids[one] for one in hired}
        precision, recall = quality(found, wanted)
        stage.tell("staff suspend the cluster, and one server of the campaign")
        stage.must(
            "POST",
            "/api/v1/dunnock/admin/decisions",
            owner,
            action="suspend",
            account_ids=sorted(found) or [ids[hired[0]]],
        )
        judged = stage.must("GET", "/api/v1/dunnock/admin/judged_servers", owner)
        worst = {one["domain"] for one in judged if one["accounts"] >= _HIRED}
        stage.must("POST", "/api/v1/admin/domain_blocks", owner, domain=hostile[0].domain, severity="suspend")
        stage.tell("and they try once more, one of them under a new name")
        fresh = hostile[0].joins("fresh")
        refused = [one.peer.posts(one, "Still here", tag="FishForAll") for one in (*hired[::6], fresh)]
        heard = [_heard(stage, owner, one, ids[one]) for one in people[:: _PEOPLE // 4]]
        blocks = {one["domain"] for one in stage.must("GET", "/api/v1/admin/domain_blocks", owner)}
        limited = blocks & {one.domain for one in honest}
        touched = [one.handle for one in people if stage.must("GET", f"/api/v1/accounts/{ids[one]}").get("limited")]
    return [
        Measure("from the first post to a case", "at most 10 min", f"{took:.0f} s" if case else "none", held=bool(case)),
        Measure("hired accounts in the cluster, of all six servers", "at most 5 points fewer than on one server (D01: all)",
                f"{len(found & wanted)} of {len(wanted)}", held=recall >= 0.95),
        Measure("precision of all that opened a case", "at least 0.95", f"{precision:.2f}", held=precision >= 0.95),
        Measure("the tag is in the trends", "no", "yes" if "fishforall" in trends else "no", held="fishforall" not in trends),
        Measure("servers that staff see as the campaign's own", "the three", f"{len(worst & {one.domain for one in hostile})}, "
                f"and {len(worst & {one.domain for one in honest})} honest ones", held=worst == {one.domain for one in hostile}),
        Measure("deliveries of the suspended accounts and of the suspended server that are refused", "all",
                f"{refused.count(403)} of {len(refused)}", held=refused.count(403) == len(refused)),
        Measure("posts of others on the honest servers that still arrive", "all", f"{sum(heard)} of {len(heard)}",
                held=all(heard)),
        Measure("honest servers limited, and people of theirs", "0", f"{len(limited)}, {len(touched)}",
                held=not limited and not touched),
    ]  # fmt: skip


def _met(stage: Stage, reader: Person, who: Stranger) -> str:
    """The id by which somebody is known here, once a member follows them."""
    found = stage.must("GET", f"/api/v2/search?resolve=true&type=accounts&q=@{who.handle}", reader)["accounts"]
    if not found:
        raise DrillFailed(f"nobody finds {who.handle}")
    stage.must("POST", f"/api/v1/accounts/{found[0]['id']}/follow", reader)
    return str(found[0]["id"])


def _follows(stage: Stage, reader: Person) -> int:
    return int(stage.must("GET", f"/api/v1/accounts/{reader.id}")["following_count"])


def _say_all(stage: Stage, said: list[tuple[Stranger, str, str]]) -> None:
    """Who says what is drawn beforehand: hands that draw at the same time draw otherwise each time."""
    stage.at_once(lambda one: one[0].peer.posts(one[0], one[1], tag=one[2]), said)


def _found(stage: Stage, owner: Person) -> set[str]:
    """Accounts of all networks that opened a case."""
    at = "/api/v1/dunnock/admin/networks"
    cased = [one["id"] for one in stage.must("GET", at, owner) if one["case_id"]]
    return {told["account_id"] for one in cased for told in stage.must("GET", f"{at}/{one}", owner)["accounts"]}


def _heard(stage: Stage, owner: Person, who: Stranger, an_id: str) -> bool:
    peer: Peer = who.peer
    if peer.posts(who, "We are still here as well") != 202:
        return False
    words = "We are still here as well"
    found, _ = stage.until(
        lambda: any(words in one["content"] for one in stage.must("GET", f"/api/v1/accounts/{an_id}/statuses", owner)),
        within_s=20,
    )
    return bool(found)


DRILL = Drill(
    "D16",
    "The same campaign from six servers",
    "42 hired accounts on six servers that the drill plays, among 60 people; the campaign of D08 is not played so",
    _play,
)
