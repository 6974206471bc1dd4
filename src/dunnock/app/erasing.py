"""All that belongs to an account, in the order in which it is deleted: first who it is, last what others may still look at."""

from __future__ import annotations

from dunnock.accounts import erase as accounts
from dunnock.discovery import erase as discovery
from dunnock.federation import erase as federation
from dunnock.feeds import erase as feeds
from dunnock.filters import erase as filters
from dunnock.integrity import erase as integrity
from dunnock.integrity.identity import erase as identity
from dunnock.integrity.meetings import erase as meetings
from dunnock.integrity.money import erase as money
from dunnock.integrity.raids import erase as raids
from dunnock.letters import erase as letters
from dunnock.media import erase as media
from dunnock.moderation import erase as moderation
from dunnock.notifications import erase as notifications
from dunnock.portability import erase as portability
from dunnock.posts import erase as posts
from dunnock.push import erase as push
from dunnock.server import erase as server

STEPS: portability.Steps = (
    *push.ERASES,
    *letters.ERASES,
    *accounts.ERASES[:1],  # the e-mail address and all that signs in
    *posts.ERASES,
    *media.ERASES,
    *accounts.ERASES[1:],
    *federation.ERASES,
    *feeds.ERASES,
    *filters.ERASES,
    *discovery.ERASES,
    *server.ERASES,
    *moderation.ERASES,
    *identity.ERASES,
    *money.ERASES,
    *meetings.ERASES,
    *raids.ERASES,
    *notifications.ERASES,
    *integrity.ERASES,
    *portability.ERASES,
    *accounts.PROFILE,
)
