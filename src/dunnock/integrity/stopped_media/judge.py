"""People look at posts that show what is stopped: they let them go, or refuse them with a reason to which authors can object."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.db import Reader
from dunnock.integrity.meetings.judge import Judge
from dunnock.integrity.meetings.kind import Kind
from dunnock.integrity.meetings.store import SHOWN
from dunnock.integrity.stopped_media.model import Shown, ShownRefused
from dunnock.integrity.stopped_media.store import shown_of as read


async def _facts(_: Reader, shown: Sequence[Shown]) -> str:
    """What the decision says of these posts of one author."""
    return "; ".join(f"post {one.post_id} shows what staff stopped, and reads as unlisted" for one in shown)


def _entry(shown: Shown) -> tuple[int, dict[str, str]]:
    return shown.stop_id, {"post": str(shown.post_id)}


KIND = Kind(rows=SHOWN, read=read, acts="media", entry=_entry, facts=_facts, refused=ShownRefused)
_judge = Judge(KIND)
shown_of, waiting_shown, release_shown, refuse_shown = _judge.met, _judge.waiting, _judge.release, _judge.refuse
