"""What can go wrong with accounts, members and what stands between accounts."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class AccountMissing(DomainError):
    """No such account, or nobody may see it (suspended, deleted)."""

    code, kind, safe = "account_missing", Kind.MISSING, "Record not found"


class LabelRefused(DomainError):
    """There is no such label, or its text is empty or too long."""

    code, kind, safe = "label_refused", Kind.INVALID, "Validation failed: Label is invalid"


class VerifierRefused(DomainError):
    """It can't be a verifier: no account of this server that all can see, or what for is empty or too long."""

    code, kind, safe = "verifier_refused", Kind.INVALID, "Validation failed: Verifier is invalid"


class AttestationRefused(DomainError):
    """One can't say who that account is: one is no verifier, it does not want it, or there are too many."""

    code, kind, safe = "attestation_refused", Kind.INVALID, "Validation failed: Attestation is invalid"


class AttestationsLimited(DomainError):
    """A verifier said of too many accounts within an hour who they are."""

    code, kind, safe = "attestations_limited", Kind.LIMITED, "A verifier can vouch for at most 60 accounts an hour"


class RelationRefused(DomainError):
    """Accounts can't stand like this to each other: one follows, blocks or mutes itself, or a block is between them."""

    code, kind, safe = "relation_refused", Kind.DENIED, "This action is not allowed"


class TooManyFollows(DomainError):
    """The account follows as many others as it may."""

    code, kind, safe = "too_many_follows", Kind.INVALID, "Validation failed: You are following too many people"


class RequestMissing(DomainError):
    """There is no such follow request (any more)."""

    code, kind, safe = "request_missing", Kind.MISSING, "Record not found"


class ProfileInvalid(DomainError):
    """A profile or a note on somebody is longer than allowed; `details` tells which part."""

    code, kind, safe = "profile_invalid", Kind.INVALID, "Validation failed"


class SettingInvalid(DomainError):
    """No such visibility or language to post with."""

    code, kind, safe = "setting_invalid", Kind.INVALID, "Validation failed: This setting has no such value"


class AgeRefused(DomainError):
    """That is no date of birth, band or time zone; or a member under 18 says that they are older."""

    code, kind, safe = "age_refused", Kind.INVALID, "Validation failed: Date of birth is invalid"


class SignUpRefused(DomainError):
    """The form of a sign-up breaks rules; `details` tells which, per field."""

    code, kind, safe = "sign_up_refused", Kind.INVALID, "Validation failed"


class SignUpClosed(DomainError):
    """This server takes no new members (without an invitation)."""

    code, kind, safe = "sign_up_closed", Kind.DENIED, "This server takes no new members at the moment"


class SignInRefused(DomainError):
    """Unknown name or wrong password: the same for both."""

    code, kind, safe = "sign_in_refused", Kind.UNAUTHENTICATED, "Unknown name or wrong password"


class NotYetApproved(DomainError):
    """The member's sign-up has not been looked at."""

    code, kind, safe = "not_yet_approved", Kind.DENIED, "Your sign-up is waiting for a moderator's approval"


class MailUnconfirmed(DomainError):
    """Nobody has shown yet that mail reaches the member. `token`: what they called with, when it was a token."""

    code, kind, safe = "mail_unconfirmed", Kind.DENIED, "Your login is missing a confirmed e-mail address"

    def __init__(self, member_id: int | None, *, token: object = None) -> None:
        """Make it for a member."""
        super().__init__(member_id)
        self.token = token


class SecondStepNeeded(DomainError):
    """The password is right; a second factor is to be shown for `step`, a secret that stands for this sign-in."""

    code, kind, safe = "second_step_needed", Kind.UNAUTHENTICATED, "Please show your second factor"

    def __init__(self, member_id: int, step: str) -> None:
        """Make it for a member's sign-in."""
        super().__init__(member_id)
        self.step = step


class SecondFactorWrong(DomainError):
    """The code is wrong, was used before, or is too old; or the passkey is none of the member's."""

    code, kind, safe = "second_factor_wrong", Kind.UNAUTHENTICATED, "This is not right, was used before, or is too old"


class StepOver(DomainError):
    """The sign-in took too long, was finished, or what it began with has changed."""

    code, kind, safe = "step_over", Kind.UNAUTHENTICATED, "This took too long. Please sign in again."


class FactorRefused(DomainError):
    """A second factor can't be set up like this; the text tells why."""

    code, kind, safe = "factor_refused", Kind.INVALID, "This did not work. Please try again."


class FactorMissing(DomainError):
    """There is no such second factor."""

    code, kind, safe = "factor_missing", Kind.MISSING, "There is no such passkey"


class ProofNeeded(DomainError):
    """Before this the password is to be given again."""

    code, kind, safe = "proof_needed", Kind.DENIED, "Please give your password again before you change this"


class MailConfirmedAlready(DomainError):
    """There is nothing to confirm."""

    code, kind = "mail_confirmed_already", Kind.DENIED
    safe = "This method is only available while the e-mail is awaiting confirmation"


class OtherApp(DomainError):
    """Only the app that the member joined with may do this."""

    code, kind = "other_app", Kind.DENIED
    safe = "This method is only available to the application the user originally signed-up with"


class LinkOver(DomainError):
    """The link of a mail was used, is too old, or was never sent."""

    code, kind = "link_over", Kind.INVALID
    safe = "This link was used already or is too old. Ask for a new one."


class MailImpossible(DomainError):
    """This server sends no mail."""

    code, kind = "mail_impossible", Kind.UNAVAILABLE
    safe = "This server sends no e-mail. Ask the person who runs it."


class MemberDisabled(DomainError):
    """The member may not come in."""

    code, kind, safe = "member_disabled", Kind.DENIED, "This account has been disabled by a moderator"


class TooManyTries(DomainError):
    """Too many sign-ins failed lately for this name or from this address."""

    code, kind, safe = "too_many_tries", Kind.LIMITED, "Too many attempts; please wait some minutes and try again"


class MemberMissing(DomainError):
    """There is no such member."""

    code, kind, safe = "member_missing", Kind.MISSING, "There is no such member"


class NotPermitted(DomainError):
    """The member's role does not allow this, or not towards this account."""

    code, kind, safe = "not_permitted", Kind.DENIED, "This action is not allowed"


class LimitInvalid(DomainError):
    """A block or an allowance that can't be kept like this; the text tells why."""

    code, kind, safe = "limit_invalid", Kind.INVALID, "Validation failed"


class LimitMissing(DomainError):
    """There is no such block or allowance."""

    code, kind, safe = "limit_missing", Kind.MISSING, "Record not found"


class AppInvalid(DomainError):
    """An app can't be registered like this; the text tells why."""

    code, kind, safe = "app_invalid", Kind.INVALID, "Validation failed"


class OAuthRefused(DomainError):
    """A request of OAuth 2 is refused: `slug` is RFC 6749's error, `status` its HTTP status.

    `may_redirect`: the app's redirect URI was found right, so that the app may be told.
    """

    code, kind, safe = "oauth_refused", Kind.INVALID, "The request is invalid"

    def __init__(self, slug: str, text: str, *, status: int = 400, may_redirect: bool = False) -> None:
        """`text` is for people: RFC 6749's error_description."""
        super().__init__(slug, say=text)
        self.slug, self.status, self.may_redirect = slug, status, may_redirect


class HandleTaken(DomainError):
    """Another account of that server has the handle already."""

    code, kind, safe = "handle_taken", Kind.CONFLICT, "Another account has that handle"


class MoveRefused(DomainError):
    """An account can't be moved there, or name so many others."""

    code, kind, safe = "move_refused", Kind.INVALID, "That account can't be moved there"
