"""People look at what met a rule: they let it go, or refuse it with a reason that its author is told and can object to."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.db import Reader
from dunnock.integrity.meetings.judge import Judge
from dunnock.integrity.meetings.kind import Kind
from dunnock.integrity.meetings.store import HITS
from dunnock.integrity.rules import store
from dunnock.integrity.rules.errors import HitRefused
from dunnock.integrity.rules.model import Hit


async def _facts(reader: Reader, hits: Sequence[Hit]) -> str:
    """What the decision says of these hits of one author."""
    rows = await reader.all(store.NAMES, ids=sorted({hit.rule_id for hit in hits}))
    names: dict[int, str] = {row[0]: row[1] for row in rows}
    return "; ".join(
        f"post {hit.subject_id} met the rule “{names[hit.rule_id]}” (version {hit.version}) and "
        f"{'is not published' if hit.held else 'reads as unlisted'}"
        for hit in hits
    )


def _entry(hit: Hit) -> tuple[int, dict[str, str]]:
    return hit.id, {"rule": str(hit.rule_id), "subject": str(hit.subject_id)}


KIND = Kind(rows=HITS, read=store.hit_of, acts="watch_hit", entry=_entry, facts=_facts, refused=HitRefused)
_judge = Judge(KIND)
hits_of, waiting_hits, release_hits, refuse_hits = _judge.met, _judge.waiting, _judge.release, _judge.refuse
