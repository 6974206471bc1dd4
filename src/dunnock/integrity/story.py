"""What detectors find about the same accounts is one story: the first opens a case, the others go on in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import msgspec

from dunnock import moderation
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import Subject
from dunnock.posts.hashtag_search import hashtags_of

_SAME = 0.5
"""The part of a story's accounts that an open case must be about to be the same story, or of its posts one hashtag."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What a case would say. `beside`: accounts whose signals of the same detector tell the same story.

    `instead`: what the server may have called the case before this was known; it is called by the title then.
    """

    title: str
    why: str
    severity: int
    techniques: tuple[str, ...]
    subjects: tuple[Subject, ...]
    former: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    instead: tuple[str, ...] = ()


async def still_open(reader: Reader, case_id: int | None) -> int | None:
    """The case, if there is one and staff are not done with it."""
    if case_id is None or (await moderation.find_case(reader, case_id)).closed_at is not None:
        return None
    return case_id


async def tell(tx: Tx, story: Story, *, into: int | None = None, beside: int | None = None) -> int:
    """The id of the open case that tells the story already and now says this, too, or of a new one; former cases are linked.

    That is `into`, if it is given; or a case about half of the accounts, whichever detector opened it; else `beside`. All three
    are open cases.
    """
    people = [one.subject_id for one in story.subjects if one.kind == "account" and one.role != "target"]
    people = people or [one.subject_id for one in story.subjects if one.kind == "account"]
    known = await moderation.cases_about(tx, [*people, *story.former])
    same = (one.id for one in known if not one.closed and one.number >= _SAME * len(people))
    case_id = into if into is not None else next(same, beside)
    if case_id is None:
        case_id = await moderation.open_case_by_server(
            tx, story.title, hypothesis=story.why, severity=story.severity, techniques=story.techniques,
            subjects=story.subjects,
        )  # fmt: skip
    else:
        await moderation.tell_more_by_server(
            tx, case_id, story.why, severity=story.severity, techniques=story.techniques, subjects=story.subjects,
            renamed=(story.instead, story.title),
        )  # fmt: skip
    await moderation.link_cases_by_server(tx, case_id, [one.id for one in known])
    return case_id


async def topics_of(reader: Reader, stories: Mapping[int, Collection[int]]) -> dict[int, str]:
    """The hashtag that at least half of each story's posts stand under, without `#`; those that share none are left out."""
    under = await hashtags_of(reader, [post_id for post_ids in stories.values() for post_id in post_ids])
    found: dict[int, str] = {}
    for story_id, post_ids in stories.items():
        written = {name.casefold(): name for post_id in post_ids for name in under.get(post_id, ())}
        counted = Counter(name.casefold() for post_id in post_ids for name in under.get(post_id, ()))
        found.update(
            (story_id, written[key]) for key, number in counted.most_common(1) if number >= _SAME * len(post_ids)
        )
    return found
