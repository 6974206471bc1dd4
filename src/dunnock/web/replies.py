"""The replies to a post as a tree with bounds: how deep, how many on a page, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from dunnock.posts.views import PostCard

Order: TypeAlias = Literal["oldest", "newest", "answered"]
ORDERS: tuple[Order, ...] = ("oldest", "newest", "answered")
MOST_SHOWN = 100
DEEPEST = 12
LONGEST_BRANCH = 40
"""Posts below one reply, so that a quarrel does not push all others off the page."""


class Branch(msgspec.Struct):
    """A reply with what answers it. `size`: all posts below it; `cut`: those of them that are on its own page only."""

    id: int
    below: list[Branch]
    size: int
    cut: int = 0


class Tree(msgspec.Struct, frozen=True):
    """The branches of one page. `total`: all replies; `after`: how many branches come before the next page, None: it ends."""

    branches: list[Branch]
    shown: list[int]
    total: int
    after: int | None


def grow(
    root: PostCard, replies: Sequence[PostCard], parents: Mapping[int, int | None], *, order: Order, after: int = 0
) -> Tree:
    """`replies`: those that may be shown, each behind what it answers; `parents`: what each known post answers.

    A reply to something that is not shown hangs on what that answers. Whoever goes on with their own post comes first.
    `after`: how many branches were on the pages before.
    """
    known = {one.id for one in replies} | {root.id}
    below: dict[int, list[PostCard]] = {}
    above: dict[int, int] = {}
    for one in replies:
        at = parents.get(one.id)
        seen = {one.id}
        while at is not None and at not in known and at not in seen:
            seen.add(at)
            at = parents.get(at)
        parent = at if at is not None and at in known and at != one.id else root.id
        above[one.id] = parent
        below.setdefault(parent, []).append(one)
    sizes = dict.fromkeys(known, 0)
    for one in reversed(replies):
        sizes[above[one.id]] += sizes[one.id] + 1
    authors = {one.id: one.author_id for one in (root, *replies)}
    for parent, some in below.items():
        _sort(some, order, authors[parent])
    shown: list[int] = []

    def branch(one: PostCard, depth: int, left: int) -> tuple[Branch, int]:
        """The branch, and how many posts may still be on it."""
        made = Branch(one.id, [], sizes[one.id])
        shown.append(one.id)
        for answer in below.get(one.id, ()):
            if depth >= DEEPEST or left <= 0:
                made.cut += 1 + sizes[answer.id]
                continue
            grown, left = branch(answer, depth + 1, left - 1)
            made.below.append(grown)
        return made, left

    branches: list[Branch] = []
    tops = below.get(root.id, [])
    at = after
    while at < len(tops) and len(shown) < MOST_SHOWN:
        branches.append(branch(tops[at], 1, LONGEST_BRANCH)[0])
        at += 1
    return Tree(branches, shown, len(replies), at if at < len(tops) else None)


def _sort(replies: list[PostCard], order: Order, author_id: int) -> None:
    if order == "newest":
        replies.sort(key=lambda one: -one.id)
    elif order == "answered":
        replies.sort(key=lambda one: (-one.counts[0], one.id))
    else:
        replies.sort(key=lambda one: one.id)
    replies.sort(key=lambda one: one.author_id != author_id)
