"""Facts about accounts, members and what stands between accounts."""

from __future__ import annotations

from dunnock.foundation.events import Event


class AccountMade(Event, frozen=True):
    """An account exists from now on (by sign-up, command or import)."""

    account_id: int


class MemberSignedUp(Event, frozen=True):
    """A person asked to join; `state` is `pending` or `active`."""

    member_id: int
    account_id: int
    state: str


class MemberStateChanged(Event, frozen=True):
    """A member was approved (`active`), refused or disabled (`disabled`). `was`: the state before; empty: not known."""

    member_id: int
    account_id: int
    state: str
    was: str = ""


class MailConfirmed(Event, frozen=True):
    """A new member has shown that mail reaches them: they may come in, unless they still wait for approval."""

    member_id: int
    account_id: int
    state: str


class PasswordChanged(Event, frozen=True):
    """A member has another password; `by_mail`: they had forgotten the old one."""

    member_id: int
    by_mail: bool = False


class AccountRecalled(Event, frozen=True):
    """The owner of an account took it back by the link of a mail: somebody else was in, perhaps since then (Unix ms).

    `doors`: ids of the sessions through which they came, with spaces between.
    """

    member_id: int
    account_id: int
    since: int = 0
    doors: str = ""


class EmailChanged(Event, frozen=True):
    """A member has another e-mail address, which is in force from now on."""

    member_id: int


class SecondFactorsChanged(Event, frozen=True):
    """How a member shows who they are changed.

    `what`: totp_on, totp_off, passkey_added, passkey_removed, codes, reset, put_back (as it was before somebody else).
    """

    member_id: int
    what: str


class SignedInAnew(Event, frozen=True):
    """A member signed in with a browser that was never seen with them before."""

    member_id: int
    session_id: int


class SignInDoubted(Event, frozen=True):
    """Somebody with a member's password came from a browser and a network that are new: they were asked for a mailed code."""

    member_id: int
    account_id: int
    origin: str


class PersonaChanged(Event, frozen=True):
    """What an account shows of itself changed; `fields` names the columns, comma-separated. History: table personas."""

    account_id: int
    fields: str


class AccountSettingsChanged(Event, frozen=True):
    """Locked, discoverable, indexable, hidden collections or posting defaults changed."""

    account_id: int


class AccountLabelled(Event, frozen=True):
    """What staff say of an account for all to see is another."""

    account_id: int


class ProofsChanged(Event, frozen=True):
    """What named verifiers say of an account, or the domain that it proved to be its own, is another."""

    account_id: int


class AccountAttested(Event, frozen=True):
    """A named verifier says that an account is who it says it is."""

    verifier_id: int
    account_id: int


class AttestationDoubted(Event, frozen=True):
    """An account is called otherwise since a verifier said who it is: that counts no more until they say it again."""

    verifier_id: int
    account_id: int


class DomainHandleLost(Event, frozen=True):
    """A domain is no longer an account's: it says so no more, or another account proved it."""

    account_id: int


class AccountProtected(Event, frozen=True):
    """What staff do to an account needs two of them from now on, or no longer."""

    account_id: int
    protected: bool


class StandingChanged(Event, frozen=True):
    """The server's stance towards an account changed: active, limited, suspended, deleted."""

    account_id: int
    standing: str


class CountsMoved(Event, frozen=True):
    """Counts of any number of accounts and posts are others now: the standing of accounts changed whose acts they counted."""


class AccountSensitized(Event, frozen=True):
    """All that an account posts is shown as sensitive from now on, or as each post says again."""

    account_id: int
    sensitized: bool


class AccountMoved(Event, frozen=True):
    """The owner of an account uses another now; `to_id` None: this one again."""

    account_id: int
    to_id: int | None


class FollowRequested(Event, frozen=True):
    """Somebody asked to follow a locked account."""

    follower_id: int
    followed_id: int


class Followed(Event, frozen=True):
    """A follow is in force from now on; `accepted`: it was a request before."""

    follower_id: int
    followed_id: int
    accepted: bool = False


class FollowChanged(Event, frozen=True):
    """Options of a follow changed (boosts, notify, languages)."""

    follower_id: int
    followed_id: int


class Unfollowed(Event, frozen=True):
    """A follow or a request ended, by either side; `requested`: it was still a request."""

    follower_id: int
    followed_id: int
    requested: bool = False


class FollowCarriedOver(Event, frozen=True):
    """Whom somebody follows moved, and they follow, or ask to follow, the new account instead; the old follow ends after it."""

    follower_id: int
    old_id: int
    new_id: int


class Blocked(Event, frozen=True):
    """An account blocked another; follows between them have ended in the same transaction."""

    account_id: int
    target_id: int


class Unblocked(Event, frozen=True):
    """A block ended."""

    account_id: int
    target_id: int


class Muted(Event, frozen=True):
    """An account muted another (or changed how)."""

    account_id: int
    target_id: int


class Unmuted(Event, frozen=True):
    """A mute ended."""

    account_id: int
    target_id: int


class DomainBlocked(Event, frozen=True):
    """A member hid a whole server from themselves."""

    account_id: int
    domain: str


class FollowsSevered(Event, frozen=True):
    """A member lost follows at once, by a block of a server or a suspension."""

    account_id: int
    severance_id: int


class DomainUnblocked(Event, frozen=True):
    """A member shows a server again."""

    account_id: int
    domain: str


class TokensRevoked(Event, frozen=True):
    """Some of a member's tokens or sessions ended; whoever remembers them forgets them now. `member_id` None: an app's."""

    member_id: int | None
    app_id: int | None = None


class ServerRulesChanged(Event, frozen=True):
    """What this server thinks of another changed; everybody's view of accounts there is read anew."""

    domain: str


class NetworkBlocksChanged(Event, frozen=True):
    """Which networks may not come here changed."""

    block_id: int


class IndependenceChanged(Event, frozen=True):
    """Other accounts act together in a group, or how much one of them counts changed."""

    group_id: int
