"""Strong signals of identity and money become cases by themselves; weak ones, and what people dismissed, do not."""

from __future__ import annotations

import pytest

from dunnock import integrity, moderation
from dunnock.accounts import Cursor
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import identity
from dunnock.integrity.reactions import HEARS


@pytest.fixture
async def house(house):
    joined = {event: (*identity.HEARS.get(event, ()), *HEARS.get(event, ())) for event in {*identity.HEARS, *HEARS}}
    house.reactions = Reactions(house.db, joined)
    await house.reactions.prepare()
    return house


@pytest.fixture
async def keeper(staff):
    return staff


async def cases(house, keeper):
    return await moderation.list_cases(house.db, Cursor(limit=40), by=keeper.id)


async def parts(house, case, keeper, kind="account"):
    found = await moderation.subjects_of(house.db, case.id, kind, by=keeper.id)
    return {one.subject_id or one.name: one.role for one in found}


async def raised(house, detector, subject=0, *, score=0.95, kind="account", name="", **evidence):
    return await house.do(integrity.raise_signal, detector, kind, subject, score=score, evidence=evidence, name=name)


async def test_those_who_are_taken_for_one_name_are_one_case(house, make, keeper):
    real = await make.member("nordwind")
    await house.do(identity.add_name, "Nordwind", handle="nordwind", account_id=real.id, by=keeper.id)
    one, two, fan = (
        await make.member("nordwind_help"),
        await make.member("nord_wind"),
        await make.member("nordwind_fan"),
    )
    await house.arrive(one, two, fan)
    (case,) = await cases(house, keeper)
    assert (case.title, case.opened_by) == ("Taken for Nordwind", None)
    assert await parts(house, case, keeper) == {one.id: "core", two.id: "core", real.id: "target"}
    (told,) = await integrity.signals_about(house.db, "account", one.id)
    assert told.case_id == case.id
    # a second of the same story comes after the case was closed: a new case, which knows the former one by its accounts
    await house.do(moderation.change_case, case.id, moderation.CaseChange(closed=True), by=keeper.id)
    late = await make.member("nordwind_support")
    await house.arrive(late)
    (again,) = await cases(house, keeper)
    assert again.id != case.id
    assert await parts(house, again, keeper) == {late.id: "core", real.id: "target"}


async def test_who_comes_back_is_linked_to_the_case_of_before(house, make, keeper):
    old, new = await make.member("nightowl", standing="suspended"), await make.member("nightowl_2")
    former = await house.do(moderation.open_case, "A raid", by=keeper.id)
    core = moderation.Subject(kind="account", subject_id=old.id, role="core")
    await house.do(moderation.add_subjects, former, [core], by=keeper.id)
    await house.do(moderation.change_case, former, moderation.CaseChange(closed=True), by=keeper.id)
    shown = {"former_id": str(old.id), "shares": {"bio": 3.0, "follows": 6.0}}
    await raised(house, "identity.return", new.id, score=0.97, **shown)
    (case,) = await cases(house, keeper)
    assert await moderation.linked_cases(house.db, case.id) == [former]
    assert await moderation.linked_cases(house.db, former) == [case.id]
    assert (await parts(house, case, keeper))[new.id] == "core"


async def test_a_signal_joins_the_open_case_about_the_same_account(house, make, keeper):
    one = await make.member("wren")
    held = await house.do(moderation.open_case, "Wren", by=keeper.id)
    core = moderation.Subject(kind="account", subject_id=one.id, role="core")
    await house.do(moderation.add_subjects, held, [core], by=keeper.id)
    signal = await raised(
        house, "identity.shift", one.id, score=0.8, fields=["bio", "display_name"], role="news", badge=True
    )
    assert [case.id for case in await cases(house, keeper)] == [held]
    assert (await integrity.find_signal(house.db, signal)).case_id == held


async def test_a_payee_of_protected_accounts_is_a_case_with_those_whom_it_hit(house, make, keeper):
    hit = [await make.member(f"official{n}") for n in range(3)]
    post = await make.post(hit[0], "send to me")
    who = [str(one.id) for one in hit]
    signal = await raised(
        house, "money.same_payee", kind="link", name="paypal/wren", score=0.875, accounts=who, posts=[str(post.id)]
    )
    (case,) = await cases(house, keeper)
    assert case.severity == 3
    assert await parts(house, case, keeper) == {one.id: "target" for one in hit}
    assert await parts(house, case, keeper, "post") == {post.id: ""}
    assert (await integrity.find_signal(house.db, signal)).case_id == case.id


async def test_what_is_weak_or_dismissed_or_without_a_badge_opens_nothing(house, make, keeper):
    one, old = await make.member("wren"), await make.member("robin", standing="suspended")
    shown = {"former_id": str(old.id), "shares": {"bio": 3.0, "follows": 6.0}}
    weak = await raised(house, "identity.return", one.id, score=0.7, **shown)
    await raised(house, "identity.shift", one.id, fields=["bio"], role="", badge=False)
    await raised(house, "made.up", one.id)
    assert await cases(house, keeper) == []
    await house.do(integrity.judge_signal, weak, "dismissed", by=keeper.id)
    await raised(house, "identity.return", one.id, score=0.97, **shown)
    assert await cases(house, keeper) == []
    await house.do(integrity.judge_signal, weak, "open", by=keeper.id)
    await raised(house, "identity.return", one.id, score=0.99, **shown)
    assert len(await cases(house, keeper)) == 1, "surer than it was, and nobody says that it is wrong"
