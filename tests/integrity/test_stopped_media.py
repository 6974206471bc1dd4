"""What staff stopped is found again in what is posted, shown to fewer, put before people, and let go when the stop is over."""

from __future__ import annotations

import random
from types import SimpleNamespace

import msgspec
import pytest

from dunnock import integrity, media, moderation, posts
from dunnock.accounts import Cursor, NotPermitted
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import rules, stopped_media
from dunnock.integrity.meetings.letting_go import let_go
from dunnock.integrity.rules import meet as rules_meet
from dunnock.integrity.stopped_media import letting_go, meet
from dunnock.integrity.stopped_media.judge import KIND
from dunnock.media.nearness import SAME
from dunnock.media.tables import media as files_table
from dunnock.media.tables import media_stop_keys, media_stops
from dunnock.moderation import media_stops as stops

PRINT = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
HOW = stops.Stopping(why="A known hoax")


def changed(told, bits, seed=1):
    chosen = random.Random(seed).sample(range(256), bits)
    return f"{int(told, 16) ^ sum(1 << one for one in chosen):064x}"


@pytest.fixture
async def house(db, make, tmp_path):
    settings = Settings(data=tmp_path, public_url="https://here.example")
    hears = dict(stopped_media.HEARS)
    hears[posts.PostPublished] = (*hears[posts.PostPublished], rules_meet.meet_post)
    made = SimpleNamespace(reactions=Reactions(db, hears), jobs=Jobs(db, stopped_media.JOBS | rules.JOBS))
    await made.reactions.prepare()
    made.mo = await make.member("mo", role="moderator")
    made.wren = await make.account()

    async def settle():
        await made.reactions.settle()
        await made.jobs.settle()

    async def do(use_case, *args, **named):
        async with db.begin() as tx:
            done = await use_case(tx, *args, **named)
        await settle()
        return done

    async def upload(author, *prints, **values):
        file = media.File(path="a.webp", width=100, height=100, bytes=9, mime="image/webp")
        shown = media.write_picture(media.Picture(original=file, prints=prints))
        return await make.media(author, files=shown, **values)

    async def post(author, *prints, **draft):
        one = await upload(author, *prints)
        wanted = posts.Draft(text="look", media_ids=(one.id,), **draft)
        async with db.begin() as tx:
            made_post = await posts.publish(tx, wanted, author_id=author.id, app_id=None, settings=settings)
        at_once = await shown(made_post.id)
        assert at_once == made_post.visibility, "what the app is told is what is so"
        await settle()
        return made_post.id

    async def shown(post_id):
        return (await posts.find_living(db, post_id)).visibility

    async def waits():
        return await stopped_media.waiting_shown(db, by=made.mo.id)

    made.settings, made.settle, made.do, made.upload, made.post, made.shown, made.waits = (
        settings, settle, do, upload, post, shown, waits,
    )  # fmt: skip
    return made


@pytest.mark.parametrize(("bits", "found"), [(0, True), (SAME, True), (SAME + 1, False), (128, False)])
async def test_a_copy_is_unlisted_from_its_first_moment(db, house, bits, found):
    stop_id = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    one = await house.post(house.wren, changed(PRINT, bits))
    assert await house.shown(one) == ("unlisted" if found else "public")
    waiting = await house.waits()
    assert [(hit.stop_id, hit.post_id, hit.apart, hit.limited) for hit in waiting] == (
        [(stop_id, one, bits, True)] if found else []
    )
    signals = await integrity.signals_about(db, "post", one)
    assert len(signals) == found
    for signal in signals:
        told = signal.evidence
        differ = (int(told["print"], 16) ^ int(told["stopped"], 16)).bit_count()
        assert signal.score == stopped_media.closeness(differ) == 1 - bits / 62


async def test_nothing_in_it_is_said_where_nothing_is_stopped(db, house):
    one = await house.post(house.wren, PRINT)
    assert (await house.shown(one), await house.waits()) == ("public", [])
    assert not await media.any_stop(db)


async def test_only_to_be_looked_at(house):
    await house.do(stops.stop_prints, [PRINT], stops.Stopping(why="x", effect="review"), by=house.mo.id)
    one = await house.post(house.wren, PRINT)
    assert await house.shown(one) == "public"
    [hit] = await house.waits()
    assert (hit.post_id, hit.limited) == (one, False)


@pytest.mark.parametrize("visibility", ["unlisted", "followers", "direct"])
async def test_what_few_see_stays_so_when_it_is_let_go(house, visibility):
    stop_id = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    one = await house.post(house.wren, PRINT, visibility=visibility)
    [hit] = await house.waits()
    assert not hit.limited
    await house.do(stops.lift_media_stop, stop_id, by=house.mo.id)
    assert await house.shown(one) == visibility


async def test_protected_authors_are_only_shown_to_people(house, make):
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    one = await house.post(await make.account(protected=True), PRINT)
    assert await house.shown(one) == "public"
    assert [hit.limited for hit in await house.waits()] == [False]


async def test_a_picture_of_another_server_is_found_when_its_copy_is_there(db, house, make):
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    far = await make.account(domain="far.example")
    file = await make.media(far, state="processing", remote_url="https://far.example/a.jpg")
    post = await make.post(far, "look", media=f"[{file.id}]")
    async with db.begin() as tx:
        await tx.record(posts.PostPublished(post_id=post.id, author_id=far.id, visibility="public"))
    await house.settle()
    assert await house.waits() == []
    shown = media.write_picture(media.Picture(original=media.File("a.webp", 9, 9, 9, "image/webp"), prints=(PRINT,)))
    async with db.begin() as tx:
        await tx.run(Sql(files_table.update().values(state="ready", files=shown, post_id=post.id)))
        await tx.record(media.MediaChanged(media_id=file.id, post_id=post.id))
    await house.settle()
    assert await house.shown(post.id) == "unlisted"
    assert [hit.limited for hit in await house.waits()] == [True]


async def test_an_edit_that_shows_it(house):
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    one = await house.post(house.wren, changed(PRINT, 120))
    added = await house.upload(house.wren, PRINT)
    changes = posts.Changes(text="look now", media_ids=(added.id,))
    await house.do(posts.edit, one, changes, by=house.wren.id, settings=house.settings)
    assert await house.shown(one) == "unlisted"


async def test_lifting_restores_and_is_in_the_log(db, house):
    stop_id = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    one, other = await house.post(house.wren, PRINT), await house.post(house.wren, changed(PRINT, 9))
    await house.do(stops.lift_media_stop, stop_id, by=house.mo.id)
    assert [await house.shown(one), await house.shown(other)] == ["public", "public"]
    assert await house.waits() == []
    assert await house.post(house.wren, PRINT)
    assert await house.waits() == []
    assert await db.value(Sql(media_stop_keys.select())) is None
    said = [one.act for one in await moderation.entries(db, Cursor(limit=9), by=house.mo.id)]
    assert said[:2] == ["media.resume", "media.stop"]
    [held] = await stops.list_media_stops(db, by=house.mo.id, over=True)
    assert (held.id, held.prints, held.why) == (stop_id, (PRINT,), "A known hoax")
    await house.do(stops.lift_media_stop, stop_id, by=house.mo.id)
    assert len(await moderation.entries(db, Cursor(limit=9), by=house.mo.id)) == 2, "once over it stays so"


async def test_it_ends_by_itself(db, house):
    stop_id = await house.do(stops.stop_prints, [PRINT], stops.Stopping(why="x", days=1), by=house.mo.id)
    one = await house.post(house.wren, PRINT)
    async with db.begin() as tx:
        await tx.run(Sql(media_stops.update().values(until=now_ms() - 1)))
    await letting_go.end_media_stops(db, letting_go.EndMediaStops())
    assert (await house.shown(one), await house.waits()) == ("public", [])
    assert (await media.find_stop(db, stop_id)).ended_at is not None


async def test_people_let_go_and_refuse_and_the_author_may_object(db, house, make):
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    author = await make.member("robin")
    one, other = await house.post(author, PRINT), await house.post(author, PRINT)
    first, second = sorted(await house.waits(), key=lambda hit: hit.id)
    await house.do(stopped_media.release_shown, [first.id], by=house.mo.id)
    with pytest.raises(stopped_media.ShownRefused):
        await house.do(stopped_media.refuse_shown, [second.id], by=house.mo.id, reason=" ")
    with pytest.raises(stopped_media.ShownRefused):
        await house.do(stopped_media.refuse_shown, [first.id], by=house.mo.id, reason="Judged already")
    await house.do(stopped_media.refuse_shown, [second.id], by=house.mo.id, reason="It is a hoax")
    assert [await house.shown(one), await house.shown(other)] == ["public", "unlisted"]
    [refused] = await stopped_media.shown_of(db, second.stop_id, "refused", by=house.mo.id)
    told = await moderation.find_warning(db, author.id, refused.decision_id)
    assert told.text == "It is a hoax"
    await house.do(stops.lift_media_stop, second.stop_id, by=house.mo.id)
    assert await house.shown(other) == "unlisted", "what people judged stays"
    eve = await make.member("eve", role="admin")
    appeal = await house.do(moderation.file_appeal, refused.decision_id, "It was a joke", account_id=author.id)
    await house.do(moderation.decide_appeal, appeal, granted=True, by=eve.id)
    assert await house.shown(other) == "public"


async def test_what_a_rule_keeps_too_stays_until_both_let_go(house, make):
    ada = await make.member("ada", role="admin")
    stop_id = await house.do(stops.stop_prints, [PRINT], stops.Stopping(why="x", effect="review"), by=house.mo.id)
    rule = await house.do(
        rules.write_rule,
        rules.Written(name="Looks", condition='all(kind = post, text has "look")', effect="limit"),
        by=ada.id,
    )
    await house.do(rules.start_dry, rule, by=ada.id)
    await house.do(rules.start_live, rule, by=ada.id)
    limiting = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    assert limiting != stop_id
    one = await house.post(house.wren, changed(PRINT, 120))
    assert await house.shown(one) == "unlisted", "the rule keeps it"
    added = await house.upload(house.wren, PRINT)
    await house.do(
        posts.edit,
        one,
        posts.Changes(text="look now", media_ids=(added.id,)),
        by=house.wren.id,
        settings=house.settings,
    )
    assert [hit.limited for hit in await house.waits() if hit.stop_id == limiting] == [True]
    await house.do(rules.end_rule, rule, by=ada.id)
    assert await house.shown(one) == "unlisted", "the stop keeps it still"
    await house.do(stops.lift_media_stop, limiting, by=house.mo.id)
    assert await house.shown(one) == "public"


async def test_a_film_is_known_by_half_of_its_moments(house):
    moments = [changed(PRINT, 128, seed) for seed in range(4)]
    await house.do(stops.stop_prints, moments, HOW, by=house.mo.id)
    one = await house.post(house.wren, moments[0], changed(PRINT, 100, 99))
    assert await house.shown(one) == "public", "a title that many films begin with is not the film"
    assert await house.shown(await house.post(house.wren, moments[2], changed(moments[3], 20))) == "unlisted"


async def test_what_meets_too_much_limits_nothing_more(db, house, monkeypatch):
    monkeypatch.setattr(meet, "MOST_AN_HOUR", 2)
    stop_id = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    seen = [await house.shown(await house.post(house.wren, PRINT)) for _ in range(4)]
    assert seen == ["unlisted"] * 3 + ["public"]
    assert (await media.find_stop(db, stop_id)).effect == "review"
    assert len(await house.waits()) == 4


async def test_what_is_deleted_waits_no_longer(house):
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    one = await house.post(house.wren, PRINT)
    await house.do(posts.delete, one, by=house.wren.id)
    assert await house.waits() == []


async def test_pictures_of_posts_are_stopped_and_only_open_ones_are_told(db, house):
    open_one = await house.post(house.wren, PRINT)
    closed = await house.post(house.wren, changed(PRINT, 128), visibility="followers")
    plain = await house.post(house.wren)
    done = await house.do(stops.stop_media_of_posts, [open_one, closed, plain], HOW, by=house.mo.id, source="report 5")
    assert (len(done.ids), done.left) == (2, 1), "on one there is too little to see"
    held = {one.prints: (one.tells, one.source) for one in await stops.list_media_stops(db, by=house.mo.id)}
    assert held == {(PRINT,): (True, "report 5"), (changed(PRINT, 128),): (False, "report 5")}
    again = await house.do(stops.stop_media_of_posts, [open_one], HOW, by=house.mo.id)
    assert (again.ids, again.left) == ((), 1), "it is stopped already"
    longer = await house.do(stops.stop_prints, [PRINT], msgspec.structs.replace(HOW, effect="review"), by=house.mo.id)
    assert longer is None


async def test_of_a_case(db, house):
    one = await house.post(house.wren, PRINT)
    case_id = await house.do(moderation.open_case, "Hoax", by=house.mo.id)
    with pytest.raises(moderation.MediaStopRefused):
        await house.do(stops.stop_media_of_case, case_id, HOW, by=house.mo.id)
    await house.do(moderation.add_subjects, case_id, [moderation.Subject(kind="post", subject_id=one)], by=house.mo.id)
    done = await house.do(stops.stop_media_of_case, case_id, HOW, by=house.mo.id)
    assert [(held.id, held.source) for held in await media.media_stops(db)] == [(done.ids[0], f"case {case_id}")]


@pytest.mark.parametrize(
    "how",
    [
        stops.Stopping(why=" "),
        stops.Stopping(why="x" * 501),
        stops.Stopping(why="x", effect="remove"),
        stops.Stopping(why="x", days=-1),
        stops.Stopping(why="x", days=3651),
    ],
)
async def test_refusals(db, house, how):
    with pytest.raises(moderation.MediaStopRefused):
        await house.do(stops.stop_prints, [PRINT], how, by=house.mo.id)
    for bad in ([], ["f" * 63], ["g" * 64]):
        with pytest.raises(media.PrintsRefused):
            await house.do(stops.stop_prints, bad, HOW, by=house.mo.id)
    assert await media.media_stops(db) == []


async def test_only_staff(db, house):
    stop_id = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    await house.post(house.wren, PRINT)
    [hit] = await house.waits()
    for use_case, args in (
        (stops.stop_prints, ([PRINT], HOW)),
        (stops.stop_media, ([hit.media_id], HOW)),
        (stops.lift_media_stop, (stop_id,)),
        (stopped_media.release_shown, ([hit.id],)),
    ):
        with pytest.raises(NotPermitted):
            await house.do(use_case, *args, by=house.wren.id)
    with pytest.raises(NotPermitted):
        await stops.list_media_stops(db, by=house.wren.id)
    with pytest.raises(NotPermitted):
        await stopped_media.waiting_shown(db, by=house.wren.id)
    with pytest.raises(moderation.MediaStopMissing):
        await house.do(stops.lift_media_stop, 5, by=house.mo.id)


@pytest.mark.parametrize("rule_first", [True, False])
async def test_a_rule_keeps_what_was_narrowed_as_it_was_posted(db, house, make, rule_first):
    ada = await make.member("ada", role="admin")
    stop_id = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    looks = rules.Written(name="Looks", condition='text has "look"', effect="limit")
    rule = await house.do(rules.write_rule, looks, by=ada.id)
    await house.do(rules.start_dry, rule, by=ada.id)
    await house.do(rules.start_live, rule, by=ada.id)
    file = await house.upload(house.wren, PRINT)
    draft = posts.Draft(text="look", media_ids=(file.id,))
    async with db.begin() as tx:
        one = await posts.publish(tx, draft, author_id=house.wren.id, app_id=None, settings=house.settings)
        event = posts.PostPublished(one.id, house.wren.id, one.visibility, narrowed=True)
        for look in (rules_meet.meet_post, meet.look_at_post)[:: 1 if rule_first else -1]:
            await look(tx, event)
    await house.do(stops.lift_media_stop, stop_id, by=house.mo.id)
    assert await house.shown(one.id) == "unlisted", "the rule keeps it still"
    await house.do(rules.end_rule, rule, by=ada.id)
    assert await house.shown(one.id) == "public"


async def test_what_a_person_judged_meanwhile_is_not_let_go(db, house, make):
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    one = await house.post(await make.member("robin"), PRINT)
    [stale] = await house.waits()
    await house.do(stopped_media.refuse_shown, [stale.id], by=house.mo.id, reason="It is a hoax")
    await house.do(let_go, KIND, stale, "lapsed")
    assert await house.shown(one) == "unlisted"
    [refused] = await stopped_media.shown_of(db, stale.stop_id, "refused", by=house.mo.id)
    assert (refused.limited, refused.reason) == (True, "It is a hoax")


async def test_stops_that_are_over_come_after_many_in_force(db, house, monkeypatch):
    monkeypatch.setattr(letting_go, "_MOST_STOPS", 1)
    other = changed(PRINT, 128)
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    over = await house.do(stops.stop_prints, [other], HOW, by=house.mo.id)
    kept, freed = await house.post(house.wren, PRINT), await house.post(house.wren, other)
    async with db.begin() as tx:
        await tx.run(Sql(media_stops.update().where(media_stops.c.id == over).values(ended_at=now_ms())))
    await letting_go.end_media_stops(db, letting_go.EndMediaStops())
    assert [await house.shown(kept), await house.shown(freed)] == ["unlisted", "public"]
