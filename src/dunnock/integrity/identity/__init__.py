"""Who pretends to be somebody else: names and pictures that are taken for another's, and accounts that become another.

Owns the names that are protected, who is taken for them, and what accounts were before they turned. docs/integrity-identity.md.
"""

from __future__ import annotations

from dunnock.integrity.identity.domains import prove_domain
from dunnock.integrity.identity.events import ImpostorCleared, ImpostorFound, PersonaTurned
from dunnock.integrity.identity.impostors import Alike, alikes, alikes_of, marked_for, settle, unprotect
from dunnock.integrity.identity.links import look_at_links
from dunnock.integrity.identity.protected import Protected, add_name, find_name, list_names
from dunnock.integrity.identity.reactions import EVERY, HEARS, JOBS, jobs_of
from dunnock.integrity.identity.side_by_side import Pair, Side, lookalike_pair, return_pair
from dunnock.integrity.identity.trying import proving
from dunnock.integrity.identity.turns import Turn, list_turns
from dunnock.integrity.identity.turns import settle as settle_turn

__all__ = [
    "EVERY",
    "HEARS",
    "JOBS",
    "Alike",
    "ImpostorCleared",
    "ImpostorFound",
    "Pair",
    "PersonaTurned",
    "Protected",
    "Side",
    "Turn",
    "add_name",
    "alikes",
    "alikes_of",
    "find_name",
    "jobs_of",
    "list_names",
    "list_turns",
    "look_at_links",
    "lookalike_pair",
    "marked_for",
    "prove_domain",
    "proving",
    "return_pair",
    "settle",
    "settle_turn",
    "unprotect",
]
