"""The job that sends a mail which a member needs for coming in: to confirm an address, to choose another password."""

from __future__ import annotations

from typing import Literal, TypeAlias

from dunnock.foundation.mail import MailJob

What: TypeAlias = Literal["confirm", "confirm_new", "changing", "reset", "code"]
"""`confirm_new`: an address that is to take the place of another, which hears of it by `changing`. `code`: for a
sign-in from elsewhere."""


class SendMemberMail(MailJob, frozen=True, kw_only=True):
    """Send it to a member, or (`reset`, asked for by anybody) to the member with the address `to`, if there is one.

    Of a `code`, `to` is the digest of the step that it is for.
    What the job does does not depend on who asked, nor on whether there is such a member: so that is not to be told.
    """

    what: What
    member_id: int = 0
    to: str = ""
