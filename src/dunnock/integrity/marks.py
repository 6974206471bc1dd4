"""What an act was done to, as hashes: the same words for the watch over the last day as for the batch over tables.

A hash is 64 bits and can't be read back: what was seen of people's posts is enough to compare them, not to read them.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import struct
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunnock.foundation.ids import ms_of
from dunnock.integrity.coaction import Ints, Observations, Trace
from dunnock.integrity.coaction.near import fingerprint
from dunnock.integrity.money.links import canonical, shortened

MOST_MARKS = 60
"""Of one act. Whoever names more hashtags, links and accounts than that is compared by the first ones."""
_ROW = np.dtype([("trace", "u1"), ("object", "<u8")])
_APART = re.compile(r"@\w+|https?://\S+")
_BETWEEN = re.compile(r"[\W_]+")
_BETWEEN_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}


def marks_of_post(
    words: str,
    *,
    tags: Sequence[str] = (),
    links: Sequence[str] = (),
    media: Sequence[str] = (),
    reply_to: int | None = None,
    named: Iterable[int] = (),
    near: Sequence[int] | None = None,
) -> bytes:
    """The marks of a post that somebody wrote.

    Args:
        words: As a reader sees them.
        tags: Keys of the hashtags.
        links: Addresses in the text.
        media: Names of the files, the same for the same picture.
        reply_to: The post that it answers.
        named: Accounts that it mentions, but for whom it answers.
        near: The fingerprint of the words in small letters, where it was made with others'; None: it is made here.
    """
    found: list[tuple[int, int]] = []
    if bare := _bare_words(words):
        found.append((Trace.TEXT, hash_of(bare)))
    found += [(Trace.NEAR_TEXT, key) for key in (fingerprint(words.lower()) if near is None else near)]
    kinds = sorted(set(tags))
    if len(kinds) > 1:
        found.append((Trace.TAGS, hash_of(" ".join(kinds))))
    found += [(Trace.TAG, hash_of(tag)) for tag in kinds]
    places = [place for link in links if not shortened(link) and (place := canonical(link)) is not None]
    found += [(Trace.LINK, hash_of(place)) for place in dict.fromkeys(places)]
    found += [(Trace.MEDIA, hash_of(name)) for name in dict.fromkeys(media)]
    if reply_to is not None:
        found.append((Trace.REPLY, hash_of(str(reply_to))))
    found += [(Trace.MENTION, hash_of(str(one))) for one in sorted(set(named))]
    return _packed(found)


def _bare_words(words: str) -> str:
    """The words alone, in small letters, a space between two: without who is named, links, punctuation."""
    told = _APART.sub(" ", words).lower()
    if told.isascii():  # the same, at a quarter of the cost
        return " ".join(told.translate(_BETWEEN_ASCII).split())
    return _BETWEEN.sub(" ", told).strip()


def marks_of_boost(post_id: int, author_id: int) -> bytes:
    """The marks of a boost of somebody's post."""
    return _packed([(Trace.REPOST, hash_of(str(post_id))), (Trace.BOOSTED, hash_of(str(author_id)))])


def objects_of(marks: bytes, traces: Collection[Trace]) -> list[int]:
    """The hashes of some traces in the marks of an act."""
    rows = np.frombuffer(marks, _ROW)
    found: list[int] = rows["object"][np.isin(rows["trace"], [int(one) for one in traces])].tolist()
    return found


def hash_of(words: str) -> int:
    """64 bits that stand for the words."""
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "little")


def _packed(found: list[tuple[int, int]]) -> bytes:
    kept = found[:MOST_MARKS]
    return struct.pack("<" + "BQ" * len(kept), *itertools.chain.from_iterable(kept))  # rows of `_ROW`


@dataclass(frozen=True, slots=True)
class Seen:
    """Acts as columns: who is actor `n` of `rows`, and which act is post `n`; `boost`: whether it is one."""

    rows: Observations
    accounts: Ints
    acts: Ints
    boost: npt.NDArray[np.bool_]


def columns(acts: Sequence[tuple[int, int, bool, bytes]]) -> Seen:
    """Acts (id, account, whether it is a boost, marks), by id, as columns."""
    ids = np.array([act[0] for act in acts], np.int64)
    accounts, actor = np.unique(np.array([act[1] for act in acts], np.int64), return_inverse=True)
    number = np.array([len(act[3]) // _ROW.itemsize for act in acts], np.int64)
    marks = np.frombuffer(b"".join(act[3] for act in acts), _ROW)
    post = np.repeat(np.arange(len(acts)), number)
    at = np.array([ms_of(act[0]) // 1000 for act in acts], np.int64)
    rows = Observations(
        actor.astype(np.int64)[post], marks["trace"].astype(np.int64), marks["object"].astype(np.uint64), at[post], post
    )
    return Seen(rows, accounts, ids, np.array([act[2] for act in acts], np.bool_))
