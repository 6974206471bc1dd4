"""Merge, split and take back: what people say of which accounts belong together stays, whatever the watch finds."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import text

from dunnock import accounts, integrity, moderation
from dunnock.foundation.db import Sql
from dunnock.integrity.store import clusters as store
from dunnock.integrity.watch import WatchActs, watch_acts
from web.admin.networks import planted

WHY = "They are one newsroom"


@pytest.fixture
async def mod(make):
    return await make.member("mod", role="moderator")


@pytest.fixture
async def network(db, make, mod):
    """A network of twelve accounts that the watch found."""
    people = sorted(one.id for one in await planted(db, make))
    [cluster] = await integrity.list_clusters(db, "open", by=mod.id)
    return cluster.id, people


async def do(db, use_case, *args, **named):
    async with db.begin() as tx:
        return await use_case(tx, *args, **named)


async def people_of(db, cluster_id, mod):
    return sorted(one.account_id for one in await integrity.members_of(db, cluster_id, by=mod.id))


async def again(db):
    """Let the watch find the same once more, surer than before."""
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE clusters SET score = 0.1, last_at = 1")))
    await watch_acts(db, WatchActs())


async def test_split_stays_split_when_it_is_found_again(db, network, mod):
    cluster, people = network
    made = await do(db, integrity.split_cluster, cluster, people[:4], reason=WHY, by=mod.id)
    assert await people_of(db, made, mod) == people[:4]
    assert await people_of(db, cluster, mod) == people[4:]
    await again(db)
    assert await people_of(db, made, mod) == people[:4]
    assert await people_of(db, cluster, mod) == people[4:]
    assert len(await integrity.list_clusters(db, "open", by=mod.id)) == 2
    shown = await integrity.show_cluster(db, cluster, by=mod.id)
    assert shown.size == 8
    assert len(await accounts.independence_of(db, people)) > 0


async def test_a_split_taken_back_is_one_again_and_found_as_one(db, network, mod):
    cluster, people = network
    made = await do(db, integrity.split_cluster, cluster, people[:4], reason=WHY, by=mod.id)
    [edit] = await integrity.edits_of(db, cluster, by=mod.id)
    assert (edit.act, edit.other_id, edit.reason, edit.by_account_id, edit.undone_at) == (
        "split",
        made,
        WHY,
        mod.id,
        None,
    )
    await do(db, integrity.undo_edit, edit.id, by=mod.id)
    assert await people_of(db, cluster, mod) == people
    assert (await integrity.show_cluster(db, made, by=mod.id)).merged_into == cluster
    await again(db)
    assert await people_of(db, cluster, mod) == people
    with pytest.raises(integrity.ClusterRefused):
        await do(db, integrity.undo_edit, edit.id, by=mod.id)
    acts = [one.act for one in await moderation.entries(db, accounts.Cursor(limit=2), by=mod.id)]
    assert acts == ["cluster.undo", "cluster.split"]


async def test_a_merge_taken_back_gives_each_its_own(db, network, mod):
    cluster, people = network
    made = await do(db, integrity.split_cluster, cluster, people[:4], reason=WHY, by=mod.id)
    both = (await integrity.members_of(db, made, by=mod.id))[0]
    async with db.begin() as tx:  # one account is in both
        await tx.run(store.PUT_MEMBER, cluster_id=cluster, **msgspec.structs.asdict(both))
    edit = await do(db, integrity.merge_clusters, made, cluster, reason=WHY, by=mod.id)
    assert await people_of(db, cluster, mod) == people
    assert await people_of(db, made, mod) == []
    assert (await integrity.show_cluster(db, made, by=mod.id)).state == "merged"
    await again(db)
    assert await people_of(db, cluster, mod) == people, "what was split before is one now"
    await do(db, integrity.undo_edit, edit, by=mod.id)
    assert await people_of(db, made, mod) == people[:4]
    assert await people_of(db, cluster, mod) == sorted([both.account_id, *people[4:]])
    shown = await integrity.show_cluster(db, made, by=mod.id)
    assert (shown.state, shown.merged_into, shown.size) == ("open", None, 4)


async def test_a_merge_taken_back_takes_its_accounts_out_of_the_others_case(db, network, mod, make):
    cluster, _ = network
    other = await do(
        db, integrity.split_cluster, cluster, (await people_of(db, cluster, mod))[:3], reason=WHY, by=mod.id
    )
    async with db.begin() as tx:
        elsewhere = await moderation.open_case(tx, "Another story", by=mod.id)
        await tx.run(store.JOIN_CASE, the=other, new_case=elsewhere)
    people = await people_of(db, cluster, mod)
    edit = await do(db, integrity.merge_clusters, cluster, other, reason=WHY, by=mod.id)
    assert set((await moderation.parts_of(db, elsewhere, people)).values()) == {"core"}
    assert elsewhere in await moderation.linked_cases(
        db, (await integrity.show_cluster(db, cluster, by=mod.id)).case_id
    )
    await do(db, integrity.undo_edit, edit, by=mod.id)
    assert set((await moderation.parts_of(db, elsewhere, people)).values()) == {""}


async def test_what_can_not_be_done(db, network, mod, make):
    cluster, people = network
    member = await make.member("wren")
    for wrong, args in (
        (integrity.split_cluster, (cluster, people)),
        (integrity.split_cluster, (cluster, [member.id])),
        (integrity.merge_clusters, (cluster, cluster)),
    ):
        with pytest.raises(integrity.ClusterRefused):
            await do(db, wrong, *args, reason=WHY, by=mod.id)
    with pytest.raises(integrity.ClusterRefused):
        await do(db, integrity.split_cluster, cluster, people[:2], reason="  ", by=mod.id)
    with pytest.raises(integrity.ClusterMissing):
        await do(db, integrity.merge_clusters, cluster, 1, reason=WHY, by=mod.id)
    with pytest.raises(integrity.ClusterRefused):
        await do(db, integrity.undo_edit, 1, by=mod.id)
    for use in (integrity.split_cluster, integrity.merge_clusters):
        with pytest.raises(accounts.NotPermitted):
            await do(db, use, cluster, people[:2] if use is integrity.split_cluster else 1, reason=WHY, by=member.id)


async def test_no_network_lowers_what_its_detector_is_worth_week_by_week(db, network, mod):
    cluster, _ = network
    await do(db, integrity.judge_cluster, cluster, "dismissed", by=mod.id)
    [(detector, weeks)] = (await integrity.detector_weeks(db, weeks=4, by=mod.id)).items()
    assert detector == "together.script"
    assert [(one.confirmed, one.dismissed, one.precision) for one in weeks] == [(0, 0, None)] * 3 + [(0, 1, 0.0)]
    [health] = await integrity.detector_health(db, since=0, by=mod.id)
    assert health.precision == 0.0
    await do(db, integrity.judge_cluster, cluster, "confirmed", by=mod.id)
    assert (await integrity.detector_weeks(db, weeks=1, by=mod.id))["together.script"][0].precision == 1.0


async def test_all_in_a_role_are_split_off_at_once(db, network, mod):
    cluster, people = network
    with pytest.raises(integrity.ClusterRefused):  # none is an amplifier
        await do(db, integrity.split_cluster, cluster, (), role="amplifier", reason=WHY, by=mod.id)
    with pytest.raises(integrity.ClusterRefused):  # and all are core
        await do(db, integrity.split_cluster, cluster, (), role="core", reason=WHY, by=mod.id)
    turned = Sql(text("UPDATE cluster_members SET role = 'amplifier' WHERE account_id >= :least"))
    await do(db, lambda tx: tx.run(turned, least=people[5]))
    made = await do(db, integrity.split_cluster, cluster, people[:1], role="amplifier", reason=WHY, by=mod.id)
    assert await people_of(db, made, mod) == [people[0], *people[5:]]
    assert await people_of(db, cluster, mod) == people[1:5]


async def waiting_signals(db, mod):
    return {one.subject_id for one in await integrity.list_signals(db, "together.script", "open", by=mod.id)}


async def test_what_is_split_off_and_dismissed_leaves_the_rest_to_grow_and_has_no_part_in_the_case(
    db, network, mod, make
):
    cluster, people = network
    case_id = (await integrity.show_cluster(db, cluster, by=mod.id)).case_id
    made = await do(db, integrity.split_cluster, cluster, people[:8], reason=WHY, by=mod.id)
    ends = {end for one in await integrity.ties_of(db, made, by=mod.id) for end in (one.a_id, one.b_id)}
    assert ends == set(people[:8]), "the picture of what is split off has its ties"
    assert await waiting_signals(db, mod) == {cluster, made}
    await do(db, integrity.judge_cluster, made, "dismissed", by=mod.id)
    assert await waiting_signals(db, mod) == {cluster}
    [health] = await integrity.detector_health(db, since=0, by=mod.id)
    assert (health.waiting, health.dismissed) == (1, 1), "what was wrong about it counts"
    told = await moderation.parts_of(db, case_id, people)
    assert {one for one, role in told.items() if role} == set(people[8:])
    late = [one.id for one in await planted(db, make, 3)]  # they say the same; most who do were dismissed
    await again(db)
    assert set(late) <= set(await people_of(db, cluster, mod))
    assert await people_of(db, made, mod) == people[:8]
    await do(db, integrity.judge_cluster, made, "open", by=mod.id)
    told = await moderation.parts_of(db, case_id, people)
    assert {told[one] for one in people} == {"core"}


async def test_what_is_merged_is_judged_and_pictured_with_what_it_became(db, network, mod):
    cluster, people = network
    made = await do(db, integrity.split_cluster, cluster, people[:4], reason=WHY, by=mod.id)
    third = await do(db, integrity.split_cluster, made, people[:2], reason=WHY, by=mod.id)
    whole = len(await integrity.ties_of(db, cluster, by=mod.id))
    edit = await do(db, integrity.merge_clusters, third, made, reason=WHY, by=mod.id)
    await do(db, integrity.merge_clusters, made, cluster, reason=WHY, by=mod.id)
    assert len(await integrity.ties_of(db, cluster, by=mod.id)) == whole
    assert await waiting_signals(db, mod) == {cluster, made, third}
    await do(db, integrity.judge_cluster, cluster, "confirmed", by=mod.id)
    assert await waiting_signals(db, mod) == set(), "nothing is left that nobody could judge"
    with pytest.raises(integrity.ClusterRefused, match=r"^\d+$") as refused:
        await do(db, integrity.undo_edit, edit, by=mod.id)
    assert "merged into another network" in refused.value.text
