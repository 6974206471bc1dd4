"""Facts about previews."""

from __future__ import annotations

from dunnock.foundation.events import Event


class PreviewChanged(Event, frozen=True):
    """What a link leads to is known now, or differs from what was known."""

    preview_id: int
