"""Letters: what members are told by mail. What happened to their sign-in, what staff decided, what they missed.

Owns what each member wants to hear by mail. Mails for coming in (confirming, forgotten passwords) are `accounts`' own.
"""

from __future__ import annotations

from dunnock.letters.digest import DIGESTS_EVERY_MS, PlanDigests, SendDigest
from dunnock.letters.model import KINDS, OF_STAFF, Kind, Wishes
from dunnock.letters.objection import check_objection
from dunnock.letters.send import SendLetter, SendNotices, jobs_of
from dunnock.letters.wishes import change_wishes, check_unsubscribe, unsubscribe, wishes_of

__all__ = [
    "DIGESTS_EVERY_MS",
    "KINDS",
    "OF_STAFF",
    "Kind",
    "PlanDigests",
    "SendDigest",
    "SendLetter",
    "SendNotices",
    "Wishes",
    "change_wishes",
    "check_objection",
    "check_unsubscribe",
    "jobs_of",
    "unsubscribe",
    "wishes_of",
]
