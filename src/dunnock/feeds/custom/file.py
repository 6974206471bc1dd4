"""The file of a custom feed: TOML, or JSON that begins with `{`. Read strictly; whatever is wrong names its field."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Meta

from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.model import Model, Weight
from dunnock.foundation.errors import DomainError, Kind
from dunnock.text import BadHandle, hashtag_key, parse_handle

LARGEST = 16 * 1024  # bytes of a file
MOST_ACCOUNTS, MOST_TAGS, MOST_LISTS, MOST_WORDS, MOST_WITHOUT = 200, 20, 5, 5, 50
MOST_WEIGHT = 100
_YEAR_H = 24 * 365


class FeedRefused(DomainError):
    """The file, or what is to be done with the feed, breaks a rule; the text says which."""

    code, kind = "feed_refused", Kind.INVALID
    safe: ClassVar[str] = "Validation failed"


_Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Sources(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where posts come from: a post of any of these is in. `answered`: what others of whom the reader answers the same
    things answered lately; `following`, `lists` (by title) and `answered` are the reader's own.
    """

    hashtags: Annotated[tuple[_Text, ...], Meta(max_length=MOST_TAGS)] = ()
    accounts: Annotated[tuple[_Text, ...], Meta(max_length=MOST_ACCOUNTS)] = ()
    lists: Annotated[tuple[_Text, ...], Meta(max_length=MOST_LISTS)] = ()
    words: Annotated[tuple[_Text, ...], Meta(max_length=MOST_WORDS)] = ()
    following: bool = False
    local: bool = False
    answered: bool = False


class Filters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out. Ages are in hours; `languages` empty: all; `per_author`: at most so many in a page."""

    languages: Annotated[tuple[Annotated[str, Meta(pattern="^[a-z]{2,3}$")], ...], Meta(max_length=20)] = ()
    media: Literal["any", "only", "none"] = "any"
    replies: bool = True
    boosts: bool = False
    sensitive: bool = True
    min_age: Annotated[float, Meta(ge=0, le=_YEAR_H)] = 0
    max_age: Annotated[float, Meta(gt=0, le=_YEAR_H)] | None = None
    without: Annotated[tuple[_Text, ...], Meta(max_length=MOST_WITHOUT)] = ()
    per_author: Annotated[int, Meta(ge=1, le=40)] | None = None


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`newest` first, or by the public `score` with `weights` for some of its features; the others count nothing."""

    by: Literal["newest", "score"] = "newest"
    weights: dict[str, float] = {}


class FeedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file that was read. `version`: of the format."""

    version: Literal[1]
    title: Annotated[str, Meta(min_length=1, max_length=100)]
    sources: Sources
    about: Annotated[str, Meta(max_length=500)] = ""
    filters: Filters = Filters()
    order: Order = Order()


def check(text: str) -> FeedFile:
    """Read a file. Pure.

    Raises:
        FeedRefused: it is too large, is neither TOML nor JSON, or a field is wrong: the text names it.
    """
    if len(text.encode(errors="replace")) > LARGEST:
        raise _refused("", f"The file is larger than {LARGEST // 1024} KiB")
    if "\0" in text:
        raise _refused("", "The file holds a character that no text has")
    try:
        if text.lstrip().startswith("{"):
            found = msgspec.json.decode(text, type=FeedFile)
        else:
            found = msgspec.convert(tomllib.loads(text), FeedFile)
    except msgspec.ValidationError as error:
        said, _, where = str(error).partition(" - at `")
        raise _refused(where.rstrip("`").removeprefix("$").removeprefix("."), said) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _refused("", f"The file can't be read: {str(error)[:200]}") from error
    _check_sources(found.sources)
    _check_rest(found)
    return found


Value: TypeAlias = str | bool | float | Sequence[str]


def text_of(
    title: str,
    *,
    sources: Mapping[str, Value],
    filters: Mapping[str, Value] | None = None,
    weights: Mapping[str, float] | None = None,
    about: str = "",
) -> str:
    """A file for who does not want to write one; it is still to be checked. With `weights` it is by score, else newest first."""
    lines = ["version = 1", f"title = {_quoted(title)}", *([f"about = {_quoted(about)}"] if about else [])]
    lines += ["", "[sources]", *_lines({name: value for name, value in sources.items() if value})]
    if filters:
        lines += ["", "[filters]", *_lines(filters)]
    if weights:
        lines += ["", "[order]", 'by = "score"', "", "[order.weights]", *_lines(weights)]
    return "\n".join([*lines, ""])


def _lines(table: Mapping[str, Value]) -> list[str]:
    return [f"{_quoted(name)} = {msgspec.json.encode(value).decode()}" for name, value in table.items()]


def model_of(file: FeedFile, base: Model) -> Model:
    """The weight file of a scored feed: its weights with the scales and shapes of `base`. Receipts name its hash."""
    lines = [f"version = {_quoted('feed')}", "[arrange]"]
    arrange = base.arrange
    lines += [
        f"author = {arrange.author!r}",
        f"tag = {arrange.tag!r}",
        f"most_of_author = {file.filters.per_author or arrange.most_of_author}",
        f"small = {arrange.small!r}",
    ]
    lines.append("[feature]")
    for name in sorted(file.order.weights):
        like = base.weights.get(name, Weight(0.0))
        lines += [
            f"[feature.{_quoted(name)}]",
            f"weight = {float(file.order.weights[name])!r}",
            f"scale = {float(like.scale)!r}",
            f"shape = {_quoted(like.shape)}",
        ]
    return Model("\n".join(lines) + "\n", base.names)


def _check_sources(sources: Sources) -> None:
    if sources == Sources():
        raise _refused("sources", "Name at least one source")
    for number, name in enumerate(sources.hashtags):
        if not hashtag_key(name.removeprefix("#")):
            raise _refused(f"sources.hashtags[{number}]", "This is no hashtag")
    for number, handle in enumerate(sources.accounts):
        try:
            parse_handle(handle)
        except BadHandle as error:
            raise _refused(f"sources.accounts[{number}]", "This is no address of an account") from error


def _check_rest(file: FeedFile) -> None:
    if not file.title.strip() or not file.title.isprintable():
        raise _refused("title", "The title must be one line of text")
    if file.filters.max_age is not None and file.filters.max_age <= file.filters.min_age:
        raise _refused("filters.max_age", "It must be more than min_age")
    if file.order.by == "newest" and file.order.weights:
        raise _refused("order.weights", 'Weights count only with by = "score"')
    if file.order.by == "score":
        if not file.order.weights:
            raise _refused("order.weights", "Give the weight of at least one feature")
        if file.filters.boosts:
            raise _refused("filters.boosts", "A scored feed has no boosts")
    for name in file.order.weights:
        if name not in NAMES:
            raise _refused("order.weights", f"There is no feature {name[:40]!r}")
        if not -MOST_WEIGHT <= file.order.weights[name] <= MOST_WEIGHT:
            raise _refused(f"order.weights.{name}", f"A weight is a number from -{MOST_WEIGHT} to {MOST_WEIGHT}")


def _refused(field: str, why: str) -> FeedRefused:
    said = f"{field}: {why}" if field else why
    return FeedRefused(say=f"Validation failed: {said}", details={field or "text": [("ERR_INVALID", said)]})


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
