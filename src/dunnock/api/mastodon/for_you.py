"""For You with its receipts, and what a member can change about it. Ours: /api/v1/dunnock/feeds/for_you."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from litestar import HttpMethod, Response, get, post, route
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import accounts
from dunnock.api.kit import Called, Form, Id, Query, page_limit, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.feeds.for_you import choices, policy
from dunnock.feeds.for_you.features import INFERRED
from dunnock.feeds.for_you.live import ForYou
from dunnock.feeds.for_you.receipt import Receipt, recompute
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.errors import Invalid, Missing
from dunnock.posts.hashtag_search import find_hashtag

PATH: Final = "/api/v1/dunnock/feeds/for_you"
READS, SETS_READ, SETS = "read:statuses", "read:accounts", "write:accounts"


class ForYouParams(msgspec.Struct, frozen=True):
    """How many; the page that follows is asked for in the same words, since what was shown does not come again for hours."""

    limit: int | None = None


class ForYouReceipt(msgspec.Struct, kw_only=True):
    """Why a post stood where it did: every signal that was not 0 and what it added; their sum; what the arranger did to that.

    `propensity`: how probable it was that it was shown at all. `right`: whoever works it out again gets the same score.
    """

    status_id: str
    at: str
    rank: int
    sources: list[str]
    values: dict[str, float]
    parts: dict[str, float]
    adjustments: list[tuple[str, float]]
    score: float
    placed: float
    propensity: float
    model: str
    policy: str
    right: bool


class ForYouPage(msgspec.Struct, kw_only=True):
    """Posts in order, each with its receipt. `off`: the member has no such feed."""

    off: bool
    statuses: list[wire.Status]
    receipts: list[ForYouReceipt]


class SeenLess(msgspec.Struct, kw_only=True):
    """Of whom or of what the member wants to see less; one of the two ids is null."""

    account_id: str | None
    tag: str | None
    times: int


class ForYouChoices(msgspec.Struct, kw_only=True):
    """What a member chose. `dropped_signals` do not count for them."""

    off: bool
    minor: bool
    dropped_signals: list[str]
    less: list[SeenLess]


class ChoicesForm(msgspec.Struct):
    """What is to be so; what is missing stays."""

    off: bool | UnsetType = UNSET
    minor: bool | UnsetType = UNSET
    dropped_signals: list[str] | UnsetType = UNSET


class LessForm(msgspec.Struct):
    """Of an account or of a hashtag; `act`: less (each time a little less), or as_before."""

    account_id: Id | None = None
    tag: str = ""
    act: Literal["less", "as_before"] = "less"


class SignalWeight(msgspec.Struct, kw_only=True):
    """A signal's weight for everybody: it adds weight x shape(value / scale). `inferred`: from what the member did."""

    name: str
    weight: float
    scale: float
    shape: str
    inferred: bool


class ForYouWeights(msgspec.Struct, kw_only=True):
    """The weight file in force. `text` is all of it; `hash` is the SHA-256 of that, which receipts name."""

    version: str
    hash: str
    text: str
    signals: list[SignalWeight]
    policy: str
    rules: dict[str, str]


@get(
    PATH,
    guards=[require(READS)],
    responses={200: ResponseSpec(ForYouPage, generate_examples=False, description="Posts and why they are there")},
)
async def show_for_you(
    params: Query[ForYouParams],
    caller: Called,
    db: NamedDependency[Db],
    for_you: NamedDependency[ForYou],
    render: NamedDependency[Render],
) -> Response[bytes]:
    """The next posts of For You, with a receipt for each."""
    held = await choices.choices_of(db, me(caller))
    if held.off or not for_you.on():
        return answer(b'{"off":true,"statuses":[],"receipts":[]}')
    served = await for_you.serve(me(caller), limit=page_limit(params.limit))
    told = msgspec.json.encode([receipt_of(one, for_you.model.text) for one in served.receipts])
    return answer(b'{"off":false,"statuses":%b,"receipts":%b}' % (await render.page(served.page, me(caller)), told))


@get(f"{PATH}/receipts/{{post_id:int}}", guards=[require(READS)])
async def show_receipt(post_id: FromPath[int], caller: Called, for_you: NamedDependency[ForYou]) -> ForYouReceipt:
    """Why For You showed a post to the member, when it last did."""
    receipt = await for_you.receipt(me(caller), post_id)
    return receipt_of(receipt, await for_you.weights_of(receipt))


@get(f"{PATH}/choices", guards=[require(SETS_READ)])
async def show_choices(caller: Called, db: NamedDependency[Db]) -> ForYouChoices:
    """What the member chose for their feed."""
    return await _choices(db, me(caller))


@route(f"{PATH}/choices", http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require(SETS)])
async def change_choices(form: Form[ChoicesForm], caller: Called, db: NamedDependency[Db]) -> ForYouChoices:
    """Switch the feed off or on, say whether one is under 18, or let signals not count."""
    async with db.begin() as tx:
        held = await choices.choices_of(tx, me(caller))
        off = held.off if form.off is UNSET else form.off
        if off != held.off:
            await choices.switch(tx, me(caller), off=off)
        if form.minor is not UNSET:
            await (accounts.declare_minor if form.minor else accounts.declare_adult)(tx, me(caller))
        if form.dropped_signals is not UNSET:
            await choices.drop_signals(tx, me(caller), form.dropped_signals)
        return await _choices(tx, me(caller))


@post(f"{PATH}/less", guards=[require(SETS)], status_code=200)
async def see_less(form: Form[LessForm], caller: Called, db: NamedDependency[Db]) -> ForYouChoices:
    """See less of an account or a hashtag, or as before."""
    if (form.account_id is None) == (not form.tag.strip()):
        raise Invalid(None, say="Validation failed: Give account_id or tag")
    kind: Literal["author", "tag"] = "tag" if form.account_id is None else "author"
    tag = None if form.account_id is not None else await find_hashtag(db, form.tag.strip(), now=now_ms())
    subject = form.account_id or (tag.id if tag else 0)
    if not subject:
        raise Missing(form.tag[:40])
    act = choices.see_less if form.act == "less" else choices.see_as_before
    async with db.begin() as tx:
        await act(tx, me(caller), kind, subject)
        return await _choices(tx, me(caller))


@post(f"{PATH}/reset", guards=[require(SETS)], status_code=200)
async def reset(caller: Called, db: NamedDependency[Db]) -> ForYouChoices:
    """Forget all that was learnt about the member."""
    async with db.begin() as tx:
        await choices.reset(tx, me(caller))
        return await _choices(tx, me(caller))


@get(f"{PATH}/weights", guards=[require(SETS_READ)])
async def show_weights(for_you: NamedDependency[ForYou]) -> ForYouWeights:
    """What counts how much, the same for everybody."""
    model = await for_you.weights()
    return ForYouWeights(
        version=str(model.version), hash=model.hash, text=model.text, policy=policy.HASH, rules=dict(policy.RULES),
        signals=[
            SignalWeight(
                name=name, weight=one.weight, scale=one.scale, shape=one.shape, inferred=name in INFERRED
            )
            for name, one in model.weights.items()
        ],
    )  # fmt: skip


def receipt_of(one: Receipt, weights: str) -> ForYouReceipt:
    """A receipt on the wire; `weights`: the text of the file that it names."""
    return ForYouReceipt(
        status_id=str(one.item), at=iso(one.at), rank=one.rank, sources=list(one.sources), values=one.values,
        parts=one.parts, adjustments=[(it.name, it.amount) for it in one.adjustments], score=one.score, placed=one.placed,
        propensity=one.propensity, model=one.model, policy=one.policy, right=not recompute(one, weights).wrong,
    )  # fmt: skip


async def _choices(reader: Reader, account_id: int) -> ForYouChoices:
    held = await choices.choices_of(reader, account_id)
    return ForYouChoices(
        off=held.off,
        minor=(await accounts.age_of(reader, account_id, now=now_ms())).minor,
        dropped_signals=sorted(held.dropped),
        less=[
            SeenLess(
                account_id=str(one.subject_id) if one.kind == "author" else None,
                tag=one.key if one.kind == "tag" else None,
                times=one.times,
            )
            for one in held.less
        ],
    )


HANDLERS: list[Any] = [show_for_you, show_receipt, show_choices, change_choices, see_less, reset, show_weights]
