"""Settings: what staff decided about one's account, the reasons, and the way to object."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import moderation
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.ids import ms_of
from dunnock.integrity import rules
from dunnock.web.evidence import Reads
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class AppealForm(Sent):
    """What one has to say against which decision, or against which rule that keeps a post."""

    decision_id: Id | None = None
    hit_id: Id | None = None
    text: str = ""


@get("/settings/decisions")
async def list_decisions(
    show: NamedDependency[Show], member: NamedDependency[Member], reads: NamedDependency[Reads]
) -> Response[str]:
    """The newest decisions about one's account, and what rules keep, with what one objected and what became of it."""
    return await _list(show, member, reads, AppealForm())


@post("/settings/decisions", status_code=303)
async def object_to_decision(
    form: Form[AppealForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    reads: NamedDependency[Reads],
) -> Response[str] | Response[None]:
    """Object to a decision, which somebody else of the staff looks at; or to what a rule keeps, before anybody judged."""
    try:
        async with db.begin() as tx:
            if form.hit_id is not None:
                await rules.object_to_hit(tx, form.hit_id, form.text, account_id=member.account_id)
            elif form.decision_id is not None:
                await moderation.file_appeal(tx, form.decision_id, form.text, account_id=member.account_id)
            else:
                raise Invalid(form.decision_id)
    except DomainError as error:
        return await _list(show, member, reads, form, error=error)
    return show.go("/settings/decisions", done="objected")


async def _list(
    show: Show, member: Member, reads: Reads, form: AppealForm, *, error: DomainError | None = None
) -> Response[str]:
    db = reads.db
    found = await moderation.decisions_about(db, member.account_id)
    kept = await rules.kept_of(db, member.account_id)
    cards = await reads.post_views.get([one.hit.subject_id for one in kept])
    appeals = await moderation.appeals_of(db, [one.id for one, _ in found], account_id=member.account_id)
    return show(
        "decisions.html",
        error=error,
        form=form,
        kept=kept,
        texts=await reads.post_views.plain_texts(list(cards.values())),
        decisions=[(one, ms_of(one.id), ended, appeals.get(one.id)) for one, ended in found],
    )


HANDLERS = pages(list_decisions, object_to_decision)
