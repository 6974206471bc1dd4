"""Who did the same thing to the same object close in time, and how improbable that is by chance.

Columns come in (`Observations`), columns come out: `Occasions` are found, `weigh` adds them up to pairs of accounts.
The same functions serve the batch over a table and the watch over the last days.
"""

from dunnock.integrity.coaction.observations import Floats, Ints, Observations, Trace, Words, distinct, grouped, sorting
from dunnock.integrity.coaction.occasions import RULES, Coactions, Occasions, Rule, coactions, firsts
from dunnock.integrity.coaction.pairs import Pairs, weigh

__all__ = [
    "RULES",
    "Coactions",
    "Floats",
    "Ints",
    "Observations",
    "Occasions",
    "Pairs",
    "Rule",
    "Trace",
    "Words",
    "coactions",
    "distinct",
    "firsts",
    "grouped",
    "sorting",
    "weigh",
]
