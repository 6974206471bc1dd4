"""What was kept out of trends because far more accounts took it up than act on their own: told to staff, with who they are."""

from __future__ import annotations

from dunnock import discovery, moderation
from dunnock.discovery import TrendHeldBack
from dunnock.foundation.db import Tx
from dunnock.foundation.reactions import Hears
from dunnock.integrity.model import SubjectKind
from dunnock.integrity.signals import find_signal, raise_signal
from dunnock.integrity.store import signals as store
from dunnock.integrity.story import Story, tell
from dunnock.posts.hashtag_search import hashtag_names

DETECTOR = "trends.held"
CASE_FROM = 50
"""So many accounts open a case by themselves; what is done to them, people decide."""
_NAMED = 500
_MOST_IN_CASE = moderation.MOST_AT_ONCE - 1  # beside what they took up
_KINDS: dict[str, SubjectKind] = {"tag": "hashtag", "post": "post", "link": "link"}
_TECHNIQUES = {"tag": ("T0049.002",), "post": ("T0049.003",), "link": ("T0049",)}
"""Ids of DISARM: Flood Existing Hashtag; Bots Amplify via Automated Forwarding and Reposting; Flood Information Space."""

_REASONS = {
    "unknown_accounts": "most of them did nothing before",
    "acted_together": "most of them have acted together before",
    "one_burst": "they came in one burst, and nobody followed",
    "nobody_vouches": "hardly anybody whom this server knows follows them",
    "few_communities": "they are from too few circles",
}


async def on_held_back(tx: Tx, event: TrendHeldBack) -> None:
    """Raise a signal of the subject; a case, when there are many."""
    who = await discovery.held_accounts(tx, event.what, event.subject_id)
    effective = round(event.effective, 2)
    evidence = {
        "what": event.what,
        "reason": event.reason,
        "accounts": event.accounts,
        "effective": effective,
        "took_part": len(who),
        "account_ids": [str(one) for one in who[:_NAMED]],
    }
    signal_id = await raise_signal(
        tx,
        DETECTOR,
        _KINDS[event.what],
        event.subject_id,
        score=score(event.accounts, effective),
        evidence=evidence,
    )
    held = await find_signal(tx, signal_id)
    if len(who) < CASE_FROM or held.state == "dismissed":
        return
    subjects = (
        *await _taken_up(tx, event),
        *(moderation.Subject(kind="account", subject_id=one, why="Took it up") for one in who[:_MOST_IN_CASE]),
    )
    if held.case_id is not None:
        await moderation.add_subjects_by_server(tx, held.case_id, subjects)
        return
    named = next((f": #{one.name}" for one in subjects if one.kind == "hashtag"), "")
    story = Story(
        title=f"{event.accounts} accounts behind what was kept out of trends{named}",
        why=(
            f"Found by the server: {event.accounts} accounts took up one {event.what} and count as "
            f"{event.effective:.1f} that act on their own: {_REASONS[event.reason]}. It was kept out of trends."
        ),
        severity=1,
        techniques=_TECHNIQUES[event.what],
        subjects=subjects,
    )
    await tx.run(store.JOIN_CASE, the=signal_id, new_case=await tell(tx, story))


async def _taken_up(tx: Tx, event: TrendHeldBack) -> list[moderation.Subject]:
    if event.what == "post":
        return [moderation.Subject(kind="post", subject_id=event.subject_id)]
    if event.what == "tag":
        names = await hashtag_names(tx, [event.subject_id])
        return [moderation.Subject(kind="hashtag", name=one) for one in names.values()]
    return []


def score(accounts: int, effective: float) -> float:
    """How sure it is that one hand led them: the part of them that does not count."""
    return max(0.0, min(1.0, 1 - effective / max(accounts, 1)))


HEARS: Hears = {TrendHeldBack: (on_held_back,)}
