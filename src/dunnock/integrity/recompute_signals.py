"""Scores of signals made again from their evidence, by a program that shares nothing with the detectors.

`python -m dunnock.integrity.recompute_signals FILE...` reads what the API of staff says (a list of
`/api/v1/dunnock/admin/signals`, or one network of `/api/v1/dunnock/admin/networks/ID`; `-`: standard input) and tells which
scores don't follow from their evidence. Written from docs/integrity-live.md alone; needs nothing but `recompute.py` beside it.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dunnock.integrity import recompute

_CLOSE = 1e-3
"""Detectors round to three digits."""


def lookalike_score(evidence: dict[str, Any]) -> float:
    """Signal `identity.lookalike`: each way in which the name is alike, each answer, and a copied picture leave a doubt."""
    ways = {"": 1.0, "same": 0.05, "affix": 0.1, "slip": 0.2, "near": 0.6}
    doubt: float = ways[evidence["handle_is"]] * ways[evidence["name_is"]] * 0.3 ** len(set(evidence["answers"]))
    picture = evidence["picture"]
    return 1 - doubt * (0.1 if 0 <= picture <= 31 else 0.4 if 31 < picture <= 62 else 1.0)


def return_score(evidence: dict[str, Any]) -> float:
    """Signal `identity.return`: nats of what both accounts have, against those that one link in twenty would have by chance."""
    shares = dict(evidence["shares"])
    words = sum(shares.pop(kind, 0.0) for kind in ("handle", "name", "bio"))
    nats = min(5.5, words) + sum(shares.values())
    if nats < evidence["needed"] - _CLOSE or len(evidence["shares"]) < 2:
        return math.nan
    return 1 / (1 + math.exp(evidence["needed"] - 3 - nats))


def shift_score(evidence: dict[str, Any]) -> float:
    """Signal `identity.shift`: a badge taken along, the word of a role, and each field that changed leave a doubt."""
    doubt: float = 0.8 ** len(set(evidence["fields"]))
    return 1 - doubt * (0.5 if evidence["badge"] else 1.0) * (0.4 if evidence["role"] else 1.0)


def same_payee_score(evidence: dict[str, Any]) -> float:
    """Signal `money.same_payee`: half the doubt goes with each group of protected accounts that leads there by itself."""
    groups = [set(one) for one in evidence["groups"]]
    if sum(map(len, groups)) != len(evidence["accounts"]) or set().union(*groups) != set(evidence["accounts"]):
        return math.nan
    return 1 - 0.5 ** len(groups)


def burst_score(evidence: dict[str, Any]) -> float:
    """Signal `takeover.burst`: which ways into an account changed within an hour, from the changes themselves."""
    changes = evidence["changes"]
    if max(at for at, _ in changes) - min(at for at, _ in changes) > evidence["window_ms"]:
        return math.nan
    what = {name for _, name in changes}
    password = bool(what & {"password", "password_by_mail"})
    second = bool(what & {"totp_on", "totp_off", "passkey_added", "passkey_removed"})
    if "email" not in what or not (password or second):
        return math.nan
    doubt = 0.5 * (0.6 if password and second else 1.0) * (0.7 if "signed_in" in what else 1.0)
    return 1 - doubt * (0.6 if what & {"display_name", "avatar", "header"} else 1.0)


def stolen_score(evidence: dict[str, Any]) -> float:
    """Signal `takeover.stolen`: from how many members' right passwords came from one place."""
    return 1 - 0.5 ** (len(set(evidence["accounts"])) - 1)


def held_score(evidence: dict[str, Any]) -> float:
    """Signal `trends.held`: the part of the accounts that does not count as acting on its own."""
    counts: float = evidence["effective"] / max(evidence["accounts"], 1)
    return max(0.0, min(1.0, 1 - counts))


def stopped_score(evidence: dict[str, Any]) -> float:
    """Signal `media.stopped`: how many bits of 256 two prints differ in; NaN when it is not as many as it says."""
    bits = (int(evidence["print"], 16) ^ int(evidence["stopped"], 16)).bit_count()
    return 1 - bits / 62 if bits == evidence["apart"] else math.nan


def network_score(evidence: dict[str, Any]) -> float:
    """Signals `together.*`: from the nats of the surest account of the network."""
    return 1 - math.exp(-min(evidence["nats"], 30))


_SCORES: dict[str, Callable[[dict[str, Any]], float]] = {
    "identity.lookalike": lookalike_score,
    "identity.return": return_score,
    "identity.shift": shift_score,
    "money.same_payee": same_payee_score,
    "takeover.burst": burst_score,
    "takeover.recalled": lambda _: 1.0,  # its owner says so
    "takeover.stolen": stolen_score,
    "trends.held": held_score,
    "media.stopped": stopped_score,
}


def scorer(detector: str) -> Callable[[dict[str, Any]], float] | None:
    """What makes the scores of a detector again; None: nothing does. `people.X` are made by `recompute.X_score`."""
    area, _, name = detector.partition(".")
    if area == "together":
        return network_score
    if area == "people":
        return getattr(recompute, f"{name}_score", None)
    return _SCORES.get(detector)


def differences(signals: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each signal (as the API has them) whose score is another than its evidence gives, or can't be made again."""
    for one in signals:
        again = scorer(one["detector"])
        if again is None:
            yield f"{one['id']}: nothing makes the scores of {one['detector']} again"
            continue
        try:
            score = again(one["evidence"])
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            yield f"{one['id']}: the evidence of {one['detector']} is not whole ({error!r})"
            continue
        if not abs(score - one["score"]) <= _CLOSE:
            yield f"{one['id']}: {one['detector']} says {one['score']}, its evidence gives {score:.4f}"


def of_network(network: dict[str, Any]) -> Iterator[str]:
    """A line for each account of a network (as the API has it) whose score is another than its evidence gives."""
    for one in network["accounts"]:
        again = recompute.watched_score(one["evidence"])
        if not abs(again - one["score"]) <= _CLOSE:
            yield f"{one['account_id']}: {one['score']} is written, its evidence gives {again:.4f}"


def main(paths: list[str]) -> int:
    """Check files with answers of the API; the exit code."""
    wrong: list[str] = []
    checked = 0
    for path in paths:
        told = json.loads(sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8"))
        checked += len(told if isinstance(told, list) else told["accounts"])
        wrong += differences(told) if isinstance(told, list) else of_network(told)
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{checked} scores, {len(wrong)} don't follow from their evidence\n")
    return 1 if wrong or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
