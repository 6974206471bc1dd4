"""Raids: the same people, or those of the same servers, words or networks, going from one member to the next, are one raid.

Owns who takes part and who was raided, for some weeks. A raid has one case, which grows; each next member is protected
earlier, because of who writes and how; all of it is stated, ends by itself, and is undone by staff.
"""

from __future__ import annotations

from dunnock.integrity.raids.early import look_for_raiders
from dunnock.integrity.raids.grow import find_kin, grow, protect, raiders_of_server
from dunnock.integrity.raids.handle import (
    RaidShown,
    end_raid,
    leave_out,
    list_raids,
    raid_of_case,
    raiders_of,
    show_raid,
)
from dunnock.integrity.raids.model import FEWEST, Hit, Kin, Part, Raid, Raider, belongs, part_of
from dunnock.integrity.raids.nearby import Nearby, nearby
from dunnock.integrity.raids.take_part import take_part
from dunnock.integrity.raids.tell import tell_of_raid
from dunnock.integrity.raids.trim import TrimRaids, trim_raids

__all__ = [
    "FEWEST",
    "Hit",
    "Kin",
    "Nearby",
    "Part",
    "Raid",
    "RaidShown",
    "Raider",
    "TrimRaids",
    "belongs",
    "end_raid",
    "find_kin",
    "grow",
    "leave_out",
    "list_raids",
    "look_for_raiders",
    "nearby",
    "part_of",
    "protect",
    "raid_of_case",
    "raiders_of",
    "raiders_of_server",
    "show_raid",
    "take_part",
    "tell_of_raid",
    "trim_raids",
]
