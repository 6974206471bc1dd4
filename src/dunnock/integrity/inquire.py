"""Strong signals of identity and money open a case by themselves: who, why, and which former cases have to do with it.

Nothing is done to anybody by it; a person reads the case and decides. Source: DISARM ids beside each kind of story.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

from dunnock import accounts
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Tx
from dunnock.integrity import identity
from dunnock.integrity.errors import SignalMissing
from dunnock.integrity.events import SignalGrew, SignalRaised
from dunnock.integrity.model import Signal
from dunnock.integrity.signals import find_signal
from dunnock.integrity.store import signals as store
from dunnock.integrity.story import Story, still_open, tell
from dunnock.media.nearness import ALIKE
from dunnock.moderation import Subject

STRONG = {
    "identity.lookalike": 0.9,
    "identity.shift": 0.0,
    "identity.return": 0.9,
    "money.same_payee": 0.0,
    "takeover.stolen": 0.9,
}
"""How sure a detector must be; what is raised only when it is serious needs no more."""
_LONGEST_CALLED = 80


async def on_signal(tx: Tx, event: SignalRaised | SignalGrew) -> None:
    """A detector is surer than it was: let people look when it is sure enough."""
    if event.detector not in _STORIES:
        return
    try:
        signal = await find_signal(tx, event.signal_id)
    except SignalMissing:  # erased with its account
        return
    if signal.case_id is not None or signal.state == "dismissed" or signal.score < STRONG[signal.detector]:
        return
    story = await _STORIES[event.detector](tx, signal)
    if story is not None:
        case_id = await tell(tx, story, beside=await _beside(tx, signal.detector, story.beside))
        await tx.run(store.JOIN_CASE, the=signal.id, new_case=case_id)


async def _beside(tx: Tx, detector: str, account_ids: Collection[int]) -> int | None:
    """The open case that the same detector opened of others in the same story."""
    held = await tx.value(store.CASES_OF, the_detector=detector, ids=sorted(account_ids)) if account_ids else None
    return await still_open(tx, held)


async def _impostor(tx: Tx, signal: Signal) -> Story | None:
    name = await identity.find_name(tx, int(signal.evidence["name_id"]))
    if name is None:
        return None
    told = signal.evidence
    ways = ", ".join(f"{what} {how}" for what, how in (("handle", told["handle_is"]), ("name", told["name_is"])) if how)
    ways += f", picture {told['picture']} bits of 256 apart" if 0 <= told.get("picture", -1) <= ALIKE else ""
    target = (Subject(kind="account", subject_id=name.account_id, role="target"),) if name.account_id else ()
    answers = tuple(Subject(kind="post", subject_id=int(one)) for one in told["answers"])
    others = [one for one in await identity.marked_for(tx, name.id) if one != signal.subject_id]
    return Story(
        title=f"Taken for {name.name}",
        why=f"Found by the server: accounts that look like {name.name} and are not it. Readers are told so already.",
        severity=2,
        techniques=("T0146.005", "T0143.003"),
        subjects=(
            Subject(kind="account", subject_id=signal.subject_id, role="core", why=f"Alike: {ways}"),
            *target,
            *answers,
        ),
        beside=tuple(others),
    )


async def _turned(tx: Tx, signal: Signal) -> Story | None:
    if not signal.evidence["badge"]:
        return None  # staff see it in the list; without a badge nobody vouched for the account
    fields, role = ", ".join(signal.evidence["fields"]), signal.evidence["role"]
    since = int(signal.evidence.get("since", 0))
    took = f"step by step within {-(-(signal.evidence['at'] - since) // DAY)} days" if since else "within ten minutes"
    as_what = f", now in the role “{role}”" if role else ""
    return Story(
        title=f"Became another with its badge: {await _called(tx, signal.subject_id)}",
        why=f"Found by the server: {fields} changed {took}{as_what}. Its badge waits until staff looked.",
        severity=2,
        techniques=("T0143.002",),
        subjects=(Subject(kind="account", subject_id=signal.subject_id, role="core", why=f"Changed: {fields}"),),
    )


async def _returned(tx: Tx, signal: Signal) -> Story | None:
    former = int(signal.evidence["former_id"])
    shares = ", ".join(f"{kind} {nats:.1f}" for kind, nats in sorted(signal.evidence["shares"].items()))
    who, whom = await _called(tx, signal.subject_id), await _called(tx, former)
    return Story(
        title=f"Suspended before: {who} and {whom}",
        why=f"Found by the server: {who} has much in common with {whom}, who is suspended ({shares} nats).",
        severity=1,
        techniques=("T0121.001",),
        subjects=(
            Subject(kind="account", subject_id=signal.subject_id, role="core", why=f"In common: {shares}"),
            Subject(kind="account", subject_id=former, why="The suspended account"),
        ),
        former=(former,),
    )


async def _one_payee(_: Tx, signal: Signal) -> Story | None:
    people: Sequence[str] = signal.evidence["accounts"]
    return Story(
        title=f"One payee from {len(people)} protected accounts",
        why=(
            "Found by the server: protected accounts that have nothing to do with each other led to the same payee within "
            "minutes. Probably somebody else is in. What leads there is held."
        ),
        severity=3,
        techniques=("T0150.005", "T0148.009"),
        subjects=(
            *(Subject(kind="account", subject_id=int(one), role="target", why="Posted the payee") for one in people),
            *(Subject(kind="post", subject_id=int(one)) for one in signal.evidence["posts"]),
            Subject(kind="link", name=signal.name),
        ),
    )


async def _stolen(_: Tx, signal: Signal) -> Story | None:
    people = [int(one) for one in signal.evidence["accounts"]]
    return Story(
        title="Passwords in other hands",
        why=(
            f"Found by the server: from one place somebody came with the right passwords of {len(people)} members within a day, "
            "each time with a browser that was never seen. They were asked for mailed codes and showed none; members were told."
        ),
        severity=2,
        techniques=("T0150.005",),
        subjects=tuple(
            Subject(kind="account", subject_id=one, role="target", why="The password was right") for one in people
        ),
        beside=tuple(people),
    )


async def _called(tx: Tx, account_id: int) -> str:
    account = await accounts.find(tx, account_id)
    return f"@{account.username}"[:_LONGEST_CALLED] if account is not None else str(account_id)


_STORIES: dict[str, Callable[[Tx, Signal], Awaitable[Story | None]]] = {
    "identity.lookalike": _impostor,
    "identity.shift": _turned,
    "identity.return": _returned,
    "money.same_payee": _one_payee,
    "takeover.stolen": _stolen,
}
