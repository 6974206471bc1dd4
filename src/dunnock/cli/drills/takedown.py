"""What follows a finding, as staff do it: an import, a case, a decision by two persons, its undoing."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from dunnock.cli.drills.stage import DrillFailed, Person, Stage

_AT_ONCE = 1_000
_DECISIONS = "/api/v1/dunnock/admin/decisions"
_WITHIN_S = 900


class Staff(msgspec.Struct, frozen=True):
    """Who decides, and who agrees."""

    owner: Person
    second: Person


def staffed(stage: Stage) -> Staff:
    """Two persons, as a decision about many needs."""
    return Staff(stage.staff("owner", "owner"), stage.staff("colleague", "admin"))


def brought_in(stage: Stage, accounts: Collection[str]) -> dict[str, str]:
    """Import the posts of these accounts from the stage's table; name -> id on the server. Raises: DrillFailed."""
    import duckdb  # noqa: PLC0415 (only who plays pays)

    names = sorted(accounts)
    source, table = stage.data / "posts.parquet", stage.data / "import.parquet"
    with duckdb.connect() as db:
        db.execute("CREATE TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS account_id", [names])
        db.sql(
            "SELECT account_id, post_id, created_at, CASE WHEN is_repost THEN 'RT @' || repost_of_author || ': …' "
            f"WHEN text = '' THEN post_id ELSE text END AS text FROM '{source}' SEMI JOIN wanted USING (account_id)"
        ).write_parquet(str(table))
    done = stage.dunnock("import", "posts", str(table))
    if done.returncode:
        raise DrillFailed(f"dunnock import posts: {done.stderr[-300:]}")
    found = stage.at_once(lambda name: stage.must("GET", f"/api/v1/accounts/lookup?acct={name}")["id"], names)
    return dict(zip(names, found, strict=True))


def case_about(stage: Stage, staff: Staff, title: str, parts: Mapping[str, str]) -> str:
    """A case about accounts: id -> part; the number of the case."""
    case = str(stage.must("POST", "/api/v1/dunnock/admin/cases", staff.owner, title=title)["id"])
    rows = [{"kind": "account", "id": one, "part": part} for one, part in sorted(parts.items())]
    for at in range(0, len(rows), _AT_ONCE):
        path = f"/api/v1/dunnock/admin/cases/{case}/subjects"
        stage.must("POST", path, staff.owner, subjects=rows[at : at + _AT_ONCE])
    return case


def suspended(stage: Stage, staff: Staff, case: str) -> tuple[str, float]:
    """Suspend all of a case; the decision, and the seconds it took, with those of the second person. Raises: DrillFailed."""
    begun = time.monotonic()
    made = str(stage.must("POST", _DECISIONS, staff.owner, action="suspend", case_id=case)["id"])
    state, _ = stage.until(
        lambda: _told(stage, staff, made)["state"] in {"waiting", "applied"}, within_s=_WITHIN_S, every_s=0.5
    )
    if state and _told(stage, staff, made)["state"] == "waiting":
        (request,) = stage.must("GET", "/api/v1/dunnock/admin/requests", staff.second)
        stage.agree(request["id"], staff.second)
    done, _ = stage.until(lambda: _told(stage, staff, made)["state"] == "applied", within_s=_WITHIN_S, every_s=0.5)
    if not done:
        raise DrillFailed(f"the decision was not carried out: {_told(stage, staff, made)}")
    return made, time.monotonic() - begun


def undone(stage: Stage, staff: Staff, decision: str) -> float | None:
    """Take all of it back; after how many seconds all of it was, None: it was not."""
    begun = time.monotonic()
    asked = stage.must("POST", f"{_DECISIONS}/{decision}/undo", staff.owner)
    if asked["request_id"]:
        stage.agree(asked["request_id"], staff.second)
    done, _ = stage.until(lambda: _told(stage, staff, decision)["state"] == "undone", within_s=_WITHIN_S, every_s=0.5)
    return time.monotonic() - begun if done else None


def reached(stage: Stage, staff: Staff, decision: str) -> int:
    """How many accounts it is carried out for."""
    return int(_told(stage, staff, decision)["applied"])


def _told(stage: Stage, staff: Staff, decision: str) -> Any:
    return stage.must("GET", f"{_DECISIONS}/{decision}", staff.owner)
