"""For a while nobody can post, boost or edit what contains some text: a wallet, a link, a slogan (DISARM drill D04).

Whether there is any is asked in the statement that reads a post's author: it holds at the next post in every process, and costs
nothing while there is none.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.posts.errors import FragmentRefused, TextStopped
from dunnock.posts.store import text_stops as store

Whose = Literal["everybody", "newcomers", "protected"]
WHOSE: tuple[Whose, ...] = get_args(Whose)
"""All, staff too; accounts younger than a week when it began; protected accounts."""
SHORTEST, LONGEST = 6, 300
"""Letters and digits that a fragment has at least, and characters at most: less would stop every other post."""
MOST_AT_ONCE = 100


class TextStop(msgspec.Struct, frozen=True):
    """One that is on, until that moment (Unix milliseconds). `by_account_id` None: the server itself, by what it observed."""

    id: int
    fragment: str
    who: Whose
    why: str
    by_account_id: int | None
    until: int


async def stop_text(
    tx: Tx, fragment: str, *, who: Whose, why: str, by: int | None, until: int, newer_than: int
) -> int | None:
    """Let nobody of a class post what contains the fragment until then; the stop's id. None: the same is on already, as long.

    Raises:
        FragmentRefused: it has less than 6 letters and digits or is too long, or 100 others are on.
    """
    words = fragment.strip()
    key = folded(words)
    if len(key) < SHORTEST or len(words) > LONGEST:
        raise FragmentRefused(len(words))
    on = await text_stops(tx)
    if any(folded(one.fragment) == key and one.who in {who, "everybody"} and one.until >= until for one in on):
        return None
    if len(on) >= MOST_AT_ONCE:
        raise FragmentRefused(len(on), say=f"Validation failed: {MOST_AT_ONCE} texts are stopped already")
    stop_id = tx.new_id()
    await tx.run(
        store.ADD, id=stop_id, fragment=words, who=who, newer_than=newer_than, why=why, by_account_id=by, until=until
    )
    return stop_id


async def text_stops(reader: Reader) -> list[TextStop]:
    """Those that are on, the oldest first."""
    return [TextStop(*row) for row in await reader.all(store.NOW, now=now_ms())]


async def end_text_stop(tx: Tx, stop_id: int) -> bool:
    """Let the text be posted again; False: it was over already."""
    return bool(await tx.run(store.END, the=stop_id, now=tx.now))


async def check_texts(tx: Tx, texts: Iterable[str], *, author_id: int) -> None:
    """May the author post these words now? Raises: TextStopped."""
    until = await stopped_until(tx, texts, author_id=author_id)
    if until is not None:
        raise TextStopped(until)


async def stopped_until(tx: Tx, texts: Iterable[str], *, author_id: int) -> int | None:
    """Until when (Unix milliseconds) the author can't post these words; None: they can."""
    stops = await tx.all(store.FOR, author=author_id, now=tx.now)
    if not stops:
        return None
    held = folded("\n".join(texts))
    return next((int(until) for fragment, until in stops if _key(fragment) in held), None)


def folded(words: str) -> str:
    """Text without what can be put into it or changed unseen: case, width, spaces, punctuation, marks, invisible characters.

    Source: Unicode Standard Annex 15 (NFKD), case folding (3.13); general categories L and N are kept.
    """
    apart = words.lower() if words.isascii() else unicodedata.normalize("NFKD", words).casefold()
    return apart.translate(_KEPT)


_key = functools.lru_cache(maxsize=2 * MOST_AT_ONCE)(folded)


class _Kept(dict[int, int | None]):
    """Which characters are kept, by code point: each is looked up once, up to a limit that no language reaches."""

    def __missing__(self, code: int) -> int | None:
        kept = code if unicodedata.category(chr(code))[0] in "LN" else None
        if len(self) < _MOST_REMEMBERED:
            self[code] = kept
        return kept


_MOST_REMEMBERED = 30_000
_KEPT = _Kept()
