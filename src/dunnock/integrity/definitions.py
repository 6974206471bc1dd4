"""What of a table of posts is looked at, said once for every engine: Ibis expressions over its columns.

`told` makes our columns from a file's, `accounts` numbers who there is, `numbered` says whose posts there are, `objects` for each
trace what a row was done to. Patterns name their letters (`[A-Za-z0-9_]`), for engines disagree about which are letters and
which are space.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from dunnock.integrity.coaction import Trace
from dunnock.integrity.engines import BadTable

# Our column -> what it may be called: in tables of ours, in Twitter's archive.
_NAMES = {
    "account": ("account_id", "userid"),
    "post": ("post_id", "tweetid"),
    "moment": ("created_at", "tweet_time"),
    "words": ("text", "tweet_text"),
    "text_key": ("text_key",),
    "is_repost": ("is_repost", "is_retweet"),
    "repost_of": ("repost_of", "retweet_tweetid"),
    "repost_author": ("repost_of_author", "retweet_userid"),
    "tags": ("hashtags",),
    "links": ("urls",),
    "mentions": ("mentions", "user_mentions"),
    "reply_to": ("reply_to", "in_reply_to_tweetid"),
    "media": ("media",),
}
_NEEDED = ("account", "post", "moment")
_LISTS = {"tags", "links", "mentions", "media"}
_WORDS = {"words", "text_key"}
# Hosts that hide where their links lead: two such links tell nothing of each other.
_SHORTENERS = (
    "t.co", "bit.ly", "bitly.com", "goo.gl", "ow.ly", "tinyurl.com", "dlvr.it", "ift.tt", "buff.ly", "is.gd", "fb.me",
    "trib.al", "j.mp", "lnkd.in", "wp.me", "amzn.to", "tiny.cc", "cutt.ly", "rb.gy", "shorturl.at", "su.pr", "vk.cc",
    "clck.ru",
)  # fmt: skip
_SPACE = r" \t\n\r\f"
_CAMPAIGN = r"(^|&)(utm_[A-Za-z0-9_]+|fbclid|gclid|igshid|mc_cid|mc_eid|ref|ref_src|s|smid)=[^&]*"
_IN_UTC = "timestamp('UTC')"  # without a zone, DuckDB would read a date and pass over the hours that it is ahead of UTC
_MILLISECONDS = 100_000_000_000  # a greater number of seconds would be in the year 5138


def told(file: Any, name: str, *, text: bool) -> Any:
    """Our columns of a file's table, with its `row`; also of rows that are no posts.

    Without `text`, no column with what was written is read.

    Raises:
        BadTable: it has no column that is needed; `name` is said.
    """
    found = {ours: next((one for one in names if one in file.columns), "") for ours, names in _NAMES.items()}
    if missing := [" or ".join(_NAMES[ours]) for ours in _NEEDED if not found[ours]]:
        there = ", ".join(one for one in file.columns if one != "row")
        raise BadTable(say=f"{name} has no column {', '.join(missing)}; it has {there}.")
    columns = {
        ours: _column(ours, file[theirs] if theirs and (text or ours not in _WORDS) else None)
        for ours, theirs in found.items()
    }
    return file.select("row", **columns)


def counted(told: Any) -> Any:
    """A row for each `account` of `told`, and one for rows without: how many `rows`, `posts`, rows without `ids` and `dates`.

    A post has an account, an id and a date.
    """
    kept = told.account.notnull() & told.post.notnull() & told.moment.notnull()
    return told.group_by("account").agg(
        rows=told.row.count(), posts=told.row.count(where=kept),
        ids=told.row.count(where=told.post.isnull()), dates=told.row.count(where=told.moment.isnull()),
    )  # fmt: skip


def lacking(counted: Any) -> Any:
    """One row: how many `rows` there are, how many of them are `posts`, and how many lack an account, an id, a date."""
    return counted.aggregate(
        rows=counted.rows.sum().fill_null(0), posts=counted.posts.sum().fill_null(0),
        accounts=counted.rows.sum(where=counted.account.isnull()).fill_null(0),
        ids=counted.ids.sum().fill_null(0), dates=counted.dates.sum().fill_null(0),
    )  # fmt: skip


def accounts(counted: Any) -> Any:
    """Each account that has posts, with its number `n`, in the order of their ids."""
    there = counted.filter(counted.posts > 0).select("account").distinct()
    return there.mutate(n=ibis.row_number().over(order_by=there.account))


def numbered(told: Any, known: Any, hashed: Callable[[Any], Any]) -> Any:
    """The posts of `told` by their `row`, with the number of the `actor` and a hash of the id (`which`): some come again."""
    posts = told.filter(told.post.notnull() & told.moment.notnull()).join(known, "account")
    return posts.select("row", "moment", "is_repost", actor=posts.n, which=hashed(posts.post))


def objects(told: Any) -> dict[Trace, Any]:
    """By trace: the `row` and what it did something to, `o`; but for `TAGS` and `NEAR_TEXT`, that others tell.

    Also of rows that are no posts: who knows the posts leaves them out, which costs less than to look whether they are.
    """
    boosts = told.filter(told.is_repost)
    # Where a table doesn't say which post was boosted, its text stands in for it.
    written = told.filter(~told.is_repost | told.repost_of.isnull())
    # not `coalesce`, which would make a key where there is one
    key = ibis.ifelse(written.text_key.isnull(), _bare(written.words), written.text_key)
    made = {
        Trace.REPOST: boosts.select("row", o=boosts.repost_of),
        Trace.TEXT: written.select("row", o=key),
        Trace.TAG: told.select("row", o=told.tags.unnest()),
        Trace.LINK: _places(told.select("row", o=told.links.unnest())),
        Trace.MEDIA: told.select("row", o=told.media.unnest()),
        Trace.REPLY: told.select("row", o=told.reply_to),
        Trace.MENTION: told.select("row", o=told.mentions.unnest()),
        Trace.BOOSTED: boosts.select("row", o=boosts.repost_author),
    }
    return {trace: some.filter(some.o != "") for trace, some in made.items()}


def boosts(told: Any, known: Any, hashed: Callable[[Any], Any]) -> Any:
    """The `row` of boosts and whom (`target`, a hash), with the boosted account's number; -1 where it has no posts here."""
    some = told.filter(told.is_repost & (told.repost_author != ""))
    joined = some.left_join(known, some.repost_author == known.account)
    return joined.select("row", target=hashed(joined.repost_author), author=joined.n.fill_null(-1))


def worded(told: Any) -> Any:
    """What was written, but for boosts: `row` and `words`."""
    return told.filter(told.words.notnull() & ~told.is_repost).select("row", "words")


def _column(ours: str, column: Any) -> Any:
    """Our column from the file's; None where it has none."""
    if ours in _LISTS:
        return _items(column, lower=ours == "tags") if column is not None else ibis.null("array<string>")
    if ours == "moment":
        return _moment(column)
    if ours == "is_repost":
        return column.try_cast("boolean").fill_null(False) if column is not None else ibis.literal(False)
    return column.cast("string").nullif("") if column is not None else ibis.null("string")


def _items(column: Any, *, lower: bool) -> Any:
    """A list: a column of lists, or as Twitter writes it, [a, b]. Hashtags in small letters."""
    if column.type().is_array():
        items = column.cast("array<string>")
    else:
        inner = column.cast("string").re_replace(r"^[\[\] ]+|[\[\] ]+$", "")
        items = inner.split(",").map(lambda one: one.re_replace(r"""^[ '"#]+|[ '"#]+$""", ""))
    if lower:
        items = items.filter(lambda one: one != "").map(lambda one: one.lower())
    return items


def _moment(column: Any) -> Any:
    """Seconds since 1970 from a date or a number; null for what is neither."""
    kind = column.type()
    if kind.is_numeric():
        return _seconds(column)
    date = column if kind.is_timestamp() else column.cast("timestamp") if kind.is_date() else column.try_cast(_IN_UTC)
    since = date.epoch_seconds().cast("float64").floor().cast("int64")
    if not kind.is_string():
        return since
    return ibis.ifelse(column.re_search(r"^[0-9]+(\.[0-9]+)?$"), _seconds(column.try_cast("float64")), since)


def _seconds(number: Any) -> Any:
    """From seconds or milliseconds; null for what no calendar has."""
    at = ibis.ifelse(number > _MILLISECONDS, number / 1000, number).cast("float64")
    return ibis.ifelse((at >= 0) & (at < _MILLISECONDS), at, ibis.null("float64")).floor().cast("int64")


def _bare(words: Any) -> Any:
    """What was written, but for names, links, case and punctuation."""
    named = words.re_replace(rf"@[A-Za-z0-9_]+|https?://[^{_SPACE}]+", " ")
    return named.lower().re_replace(rf"[{_SPACE}\p{{P}}\p{{S}}]+", " ").strip()


def _places(links: Any) -> Any:
    """Where links lead, without what only tells who passed them on; not those that hide it."""
    links = links.filter(
        ~(links.o.startswith("https://t.co/") | links.o.startswith("http://t.co/"))
    )  # nearly all, in archives
    host = links.o.re_extract(r"^[A-Za-z]+://([^/?#]+)", 1).lower().re_replace(r"^(www|m|mobile)\.", "")
    parts = links.select("row", "o", host=host)
    shown = parts.filter((parts.host != "") & parts.host.notin(_SHORTENERS))
    path = shown.o.re_extract(r"^[A-Za-z]+://[^/?#]+([^?#]*)", 1).re_replace("/+$", "")
    query = shown.o.re_extract(r"\?([^#]*)", 1).re_replace(_CAMPAIGN, "").re_replace("^&+", "")
    return shown.select("row", o=shown.host.concat(path, "?", query))
