"""Is an answer what the documentation says? `entities.csv` has every attribute with its type; `faults` reads it.

Source: mastodon/documentation, entities. Where it is known to be wrong about its own server, `CORRECTIONS` says so.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
# An entity has all that these have, too.
EXTENDS = {
    "CredentialAccount": "Account",
    "MutedAccount": "Account",
    "Trends::Link": "PreviewCard",
    "CredentialApplication": "Application",
}
# Attributes that Mastodon itself leaves out or gives otherwise than its pages say.
CORRECTIONS: dict[tuple[str, str], dict[str, str]] = {
    ("Account", "email_subscriptions"): {"optional": "yes"},  # only where the server has them switched on
    ("Status", "application"): {"nullable": "yes"},  # of posts that no app wrote, and of boosts
    ("Status", "text"): {"optional": "yes"},  # only for a deleted status
    ("Translation", "poll"): {"nullable": "yes"},  # as its own example has it
    # The table says text; the example, Mastodon itself and the apps that read it have a number.
    ("NotificationGroup", "most_recent_notification_id"): {"type": "Integer"},
    ("ScheduledStatus", "params[application_id]"): {"type": "String id"},  # ours: as all ids, see docs/api.md
    ("Report", "action_taken_at"): {"nullable": "yes"},
}
# What the pages call by a shorter name.
ALIASES = {
    "Field": "Account::Field",
    "InstanceIcon": "Instance::InstanceIcon",
    "CohortData": "Admin::Cohort::CohortData",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@cache
def attributes(entity: str) -> dict[str, dict[str, str]]:
    """Attribute -> what is said of it, inherited ones too."""
    found: dict[str, dict[str, str]] = {}
    with (HERE / "entities.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["entity"] == entity and not row["removed"]:
                found[row["attribute"]] = row | CORRECTIONS.get((entity, row["attribute"]), {})
    base = EXTENDS.get(entity)
    return (attributes(base) if base else {}) | found


def faults(kind: str, value: Any, where: str = "") -> list[str]:
    """What is wrong with `value` as a `kind` ("Status", "Array of Account", "String (URL)"); nothing: it is right."""
    where = where or kind
    if match := re.fullmatch(r"(?:Array|List) of (.+)", kind):
        if not isinstance(value, list):
            return [f"{where}: no list but {value!r:.60}"]
        inner = re.sub(r"^Strings\b", "String", match[1])
        return [one for at, each in enumerate(value) for one in faults(inner, each, f"{where}[{at}]")]
    if " or " in kind and not kind.startswith("String"):
        kind = kind.replace(" or ", ", ")
    if ", " in kind and "(" not in kind:
        each = [faults(one, value, where) for one in kind.split(", ")]
        return min(each, key=len)
    kind = ALIASES.get(kind, kind)
    if attributes(kind):
        return _entity(kind, value, where)
    return _plain(kind, value, where)


def _entity(entity: str, value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: no object but {value!r:.60}"]
    found: list[str] = []
    for name, said in attributes(entity).items():
        held = _at(value, name)
        for place, one in held:
            here = f"{where}.{place}"
            if one is _ABSENT:
                if not said["optional"]:
                    found.append(f"{here}: is missing")
            elif one is None:
                if not said["nullable"]:
                    found.append(f"{here}: may not be null")
            else:
                found += faults(said["type"], one, here)
                found += _enum(said, one, here)
    return found


_ABSENT: Any = object()


def _at(value: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """All values of an attribute such as `usage[users][active_month]` or `history[][day]`, with their places.

    Where an outer part is missing or null there is nothing to say of the inner ones.
    """
    steps = re.findall(r"[^\[\].]+|\[\]", name)
    places: list[tuple[str, Any]] = [("", value)]
    for number, step in enumerate(steps):
        moved: list[tuple[str, Any]] = []
        for place, one in places:
            if step == "[]":
                moved += [(f"{place}[{at}]", each) for at, each in enumerate(one if isinstance(one, list) else [])]
            elif isinstance(one, dict):
                inner = one.get(step, _ABSENT)
                if number and one.get(step, _ABSENT) is _ABSENT and number < len(steps) - 1:
                    continue
                moved.append((f"{place}.{step}" if place else step, inner))
        places = moved
    return places


def _enum(said: dict[str, str], value: Any, where: str) -> list[str]:
    allowed = set(said["enum"].split(";")) if said["enum"] else set()
    if not allowed:
        return []
    values = value if isinstance(value, list) else [value]
    return [f"{where}: {one!r} is none of {sorted(allowed)}" for one in values if one not in allowed]


def _plain(kind: str, value: Any, where: str) -> list[str]:
    wrong = [f"{where}: no {kind} but {value!r:.80}"]
    match kind.partition(" (")[0], kind:
        case "String id", _:
            ok = isinstance(value, str) and value.isascii() and value.isdigit()
        case "String", "String (URL)":
            ok = isinstance(value, str) and urlsplit(value).scheme in {"http", "https", "ws", "wss", "urn"}
        case "String", "String (Datetime)":
            ok = isinstance(value, str) and _MOMENT.fullmatch(value) is not None
        case "String", "String (Date)":
            ok = isinstance(value, str) and _DAY.fullmatch(value) is not None
        case "String", "String (Date or Datetime)":
            ok = isinstance(value, str) and _DAY.match(value) is not None
        case "String", "String (UNIX timestamp)":
            ok = isinstance(value, str) and value.isdigit()
        case "String", _:
            ok = isinstance(value, str)
        case "Boolean", _:
            ok = isinstance(value, bool)
        case (("Integer" | "integer"), _):
            ok = isinstance(value, int) and not isinstance(value, bool)
        case (("Float" | "Number"), _):
            ok = isinstance(value, (int, float)) and not isinstance(value, bool)
        case "Hash", _:
            ok = isinstance(value, dict)
        case "Null", _:
            ok = value is None
        case _:
            raise AssertionError(f"{where}: nothing is known of {kind}")
    return [] if ok else wrong
