"""Has all processes of one installation count tries together."""

from __future__ import annotations

from dunnock.accounts.sign_in import tries
from dunnock.accounts.sign_up import changing, joining
from dunnock.foundation.gossip import Gossip


def share_tries(gossip: Gossip) -> None:
    """From now on, for signing in, joining and changing the password."""
    for name, one in (("sign in", tries), ("joining", joining), ("changing", changing)):
        one.share(gossip, name)
