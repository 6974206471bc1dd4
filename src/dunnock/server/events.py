"""What this server announces of itself."""

from __future__ import annotations

from dunnock.foundation.events import Event


class GuideChanged(Event, frozen=True):
    """Rules, a page or the terms are others from now on."""

    what: str


class SettingChosen(Event, frozen=True):
    """Staff changed a setting; `value` is JSON, None: as the file and the variables say."""

    name: str
    value: str | None


class AnnouncementPublished(Event, frozen=True):
    """An announcement is shown from now on."""

    announcement_id: int


class AnnouncementChanged(Event, frozen=True):
    """What an announcement says was changed."""

    announcement_id: int


class AnnouncementRemoved(Event, frozen=True):
    """An announcement is gone, or over."""

    announcement_id: int


class AnnouncementReacted(Event, frozen=True):
    """Somebody reacted to an announcement, or took that back."""

    announcement_id: int
    name: str
