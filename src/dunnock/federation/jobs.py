"""What is asked of other servers after the commit: never in the way of a request."""

from __future__ import annotations

from dunnock.foundation.clock import HOUR, MINUTE
from dunnock.foundation.job import Job

PAUSES_MS = (MINUTE, 15 * MINUTE, 4 * HOUR)
"""Between the tries where a server does not answer; then nothing more is asked for."""


class AsksOthers(Job, frozen=True, kw_only=True):
    """A job that needs another server's answer; `tries`: how often there was none."""

    tries: int = 0


class CopyPictures(AsksOthers, frozen=True):
    """Copy avatar and header of a remote account."""

    account_id: int
    host: str

    @property
    def lane(self) -> str | None:
        """One server's pictures wait for each other only."""
        return f"pictures {self.host}"


class ReadFeatured(AsksOthers, frozen=True):
    """Read which posts a remote account pins."""

    account_id: int
    host: str

    @property
    def lane(self) -> str | None:
        """One server is not asked for much at once."""
        return f"fetch {self.host}"


class FetchPost(AsksOthers, frozen=True):
    """Read a post of another server, and do with it what it is wanted for.

    `boost_by` and `boost_uri`: it is to be boosted by that account; `child_id`: what answers it, which is to be put
    under it; `quote_id`: what quotes it. `depth`: how far up a conversation this is.
    """

    uri: str
    host: str
    boost_by: int | None = None
    boost_uri: str | None = None
    boost_visibility: str | None = None
    child_id: int | None = None
    quote_id: int | None = None
    quote_approval: str = ""
    depth: int = 0

    @property
    def lane(self) -> str | None:
        """One server is not asked for much at once."""
        return f"fetch {self.host}"


class CheckQuote(AsksOthers, frozen=True):
    """Ask whether the word is there that lets a post quote another; `approval` is its address."""

    post_id: int
    approval: str
    host: str

    @property
    def lane(self) -> str | None:
        """One server is not asked for much at once."""
        return f"fetch {self.host}"


class ReadReplies(Job, frozen=True):
    """Read what answers a post of another server."""

    post_id: int
    host: str

    @property
    def lane(self) -> str | None:
        """One server is not asked for much at once."""
        return f"fetch {self.host}"


class RefreshActor(AsksOthers, frozen=True):
    """Ask a remote account's server how it is now."""

    account_id: int
    host: str

    @property
    def lane(self) -> str | None:
        """One server is not asked for much at once."""
        return f"fetch {self.host}"


class MoveFollowers(AsksOthers, frozen=True):
    """See whether an account moved to another, as it says; then whoever follows it here is carried over."""

    account_id: int
    target: str
    host: str

    @property
    def lane(self) -> str | None:
        """One server is not asked for much at once."""
        return f"fetch {self.host}"


class CarryOver(Job, frozen=True):
    """Let some of those here who follow (stage 0), block (1) or mute (2) an account do so with where it moved to.

    `above`: the last one who was carried over before.
    """

    account_id: int
    to_id: int
    stage: int = 0
    above: int = 0

    @property
    def lane(self) -> str | None:
        """One move does not hold up others."""
        return f"move {self.account_id}"


class SynchronizeFollowers(Job, frozen=True):
    """See who of this server's accounts follows a remote one, as its server has it."""

    account_id: int
    url: str
    digest: str
    host: str

    @property
    def lane(self) -> str | None:
        """One server is not asked for much at once."""
        return f"fetch {self.host}"


class CopyEmoji(Job, frozen=True):
    """Copy custom emoji of another server (name, address), then show what uses them anew: a post, or an account."""

    domain: str
    icons: tuple[tuple[str, str], ...]
    account_id: int
    post_id: int | None = None

    @property
    def lane(self) -> str | None:
        """One server's pictures wait for each other only."""
        return f"pictures {self.domain}"


class MeetNamed(Job, frozen=True):
    """Ask other servers for those whom a post of this server names, then tell of the post."""

    post_id: int


class TellProfile(Job, frozen=True):
    """Tell other servers how an account of this one is now."""

    account_id: int


class TellPoll(Job, frozen=True):
    """Tell other servers how a poll of this one stands."""

    post_id: int


class ForgetActivities(Job, frozen=True):
    """Forget which activities came long ago."""
