"""Has all processes of one installation count tries together."""

from __future__ import annotations

from dunnock.accounts.mail_links import asking, mailing
from dunnock.accounts.sign_in import passkey_tries, second_tries, tries
from dunnock.accounts.sign_up import changing, joining
from dunnock.foundation.gossip import Gossip


def share_tries(gossip: Gossip) -> None:
    """From now on, for signing in, joining, changing the password and asking for mail."""
    shared = (
        ("sign in", tries), ("joining", joining), ("changing", changing), ("mailing", mailing), ("asking", asking),
        ("second step", second_tries), ("passkey", passkey_tries),
    )  # fmt: skip
    for name, one in shared:
        one.share(gossip, name)
