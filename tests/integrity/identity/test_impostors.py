"""From a name that is protected to what readers see of who is taken for it, and back (DISARM drill D05)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dunnock import accounts, media, posts
from dunnock.accounts import NotPermitted
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.foundation.errors import Invalid, Missing
from dunnock.integrity import identity
from dunnock.integrity.identity import store
from dunnock.integrity.identity.protected import SyncProtected, sync_protected
from dunnock.letters.store import recipient
from dunnock.letters.write import words_for


async def published(house, post):
    async with house.db.begin() as tx:
        await tx.record(
            posts.PostPublished(
                post_id=post.id,
                author_id=post.author_id,
                visibility="public",
                reply_to_id=post.reply_to_id,
                reply_to_author_id=post.reply_to_author_id,
            )
        )
    await house.settle()


async def marked(house, staff):
    return [one.account_id for one in await identity.alikes(house.db, "marked", by=staff.id, before=2**62)]


async def test_an_impostor_is_labelled_until_staff_clear_it(house, make, staff):
    name = await house.do(identity.add_name, "Nordwind Air", handle="@nordwind", by=staff.id)
    fake, fan = await make.member("nordwind_help"), await make.member("nordwind_fan", display_name="Nordwind fan")
    await house.arrive(fake, fan)
    assert await house.labels(fake) == {"impersonation": "Nordwind Air"}
    assert await house.labels(fan) == {}
    assert await marked(house, staff) == [fake.id]
    await house.do(identity.settle, fake.id, name.id, impostor=False, by=staff.id)
    assert await house.labels(fake) == {}
    await house.arrive(fake)
    assert await house.labels(fake) == {}, "what staff said stays said"
    await house.do(identity.settle, fake.id, name.id, impostor=True, by=staff.id)
    assert await house.labels(fake) == {"impersonation": "Nordwind Air"}
    await house.do(identity.unprotect, name.id, by=staff.id)
    assert await house.labels(fake) == {}
    with pytest.raises(Missing):
        await house.do(identity.settle, fake.id, name.id, impostor=True, by=staff.id)


async def test_the_owner_of_the_name_is_told(house, make, staff):
    real = await make.member("nordwind")
    await house.do(identity.add_name, "nordwind", account_id=real.id, by=staff.id)
    fake = await make.member("nordwind_help")
    await house.arrive(fake)
    told = Sql(select(jobs.c.body).where(jobs.c.kind == "SendLetter"))
    ((body,),) = await house.db.all(told)
    assert str(real.member_id) in body
    assert "impostor" in body
    to = await recipient(house.db, real.member_id)
    words = {"title": "Nest", "public_url": "https://nest.example"}
    written = await words_for(house.db, to, "impostor", fake.id, **words)
    assert written[1][1].url == "https://nest.example/@nordwind_help"
    (one,) = await identity.alikes_of(house.db, fake.id)
    await house.do(identity.settle, fake.id, one.name_id, impostor=False, by=staff.id)
    assert await words_for(house.db, to, "impostor", fake.id, **words) is None


async def test_names_that_another_release_found_otherwise_are_found_again(house, make, staff, db):
    name = await house.do(identity.add_name, "nordwind", by=staff.id)
    async with db.begin() as tx:
        await tx.run(store.DROP_KEYS, the=name.id)
        await tx.many(store.ADD_KEY, [{"key": "nordwind", "name_id": name.id}])
    fake = await make.member("nordwnid")
    await house.arrive(fake)
    assert await house.labels(fake) == {}, "its keys are old"
    await sync_protected(db, SyncProtected())
    await house.settle()
    assert await house.labels(fake) == {"impersonation": "nordwind"}


async def test_a_name_finds_who_is_there_already(house, make, staff):
    fake = await make.member("n0rdwind")
    await house.do(identity.add_name, "nordwind", by=staff.id)
    assert await house.labels(fake) == {"impersonation": "nordwind"}
    await house.do(accounts.change_profile, fake.id, public_url="https://x", display_name="Ann", by_member_id=None)
    assert await house.labels(fake) == {"impersonation": "nordwind"}, "the handle still is"


async def test_a_display_name_is_let_go_when_it_changes(house, make, staff):
    await house.do(identity.add_name, "nordwind", by=staff.id)
    fake = await make.member("ann")
    change = {"public_url": "https://x", "by_member_id": None}
    await house.do(accounts.change_profile, fake.id, display_name="Nordwind Support", **change)
    assert await house.labels(fake) == {"impersonation": "nordwind"}
    await house.do(accounts.change_profile, fake.id, display_name="Ann", **change)
    assert "impersonation" not in await house.labels(fake)


async def test_names_of_protected_accounts_are_protected(house, make):
    minister, fake = await make.member("minister", display_name="Mina Storm"), await make.member("minister_")
    await house.arrive(fake)
    assert await house.labels(fake) == {}
    await house.do(accounts.protect, minister.id, protected=True)
    assert await house.labels(fake) == {"impersonation": "Mina Storm"}
    namesake = await make.member("mina", display_name="Mina Storm")
    await house.arrive(namesake)
    assert await house.labels(namesake) == {}, "people may be called alike"
    await house.do(accounts.protect, minister.id, protected=False)
    await house.arrive(fake)
    assert await house.labels(fake) == {}


async def test_elsewhere_two_reasons_are_asked_for(house, make, staff):
    await house.do(identity.add_name, "Nordwind", by=staff.id)
    namesake = await make.account("nordwind", domain="far.example", display_name="Jo")
    fake = await make.account("nordwind_support", domain="far.example", display_name="Nordwind")
    await house.arrive(namesake, fake)
    assert await house.labels(namesake) == {}
    assert await house.labels(fake) == {"impersonation": "Nordwind"}


async def test_who_comes_near_and_answers_in_the_name_is_marked(house, make, staff):
    real = await make.member("nordwind")
    await house.do(identity.add_name, "nordwind", account_id=real.id, by=staff.id)
    near, asker = await make.member("bordwind"), await make.member("asker")
    await house.arrive(near, real)
    assert await house.labels(real) == {}
    small_talk = await make.post(asker, "Nice day")
    await published(house, await make.post(near, "Yes", reply_to=small_talk))
    assert await house.labels(near) == {}
    complaint = await make.post(asker, "My bag is gone", mentions=(real,))
    await published(house, await make.post(near, "Write to us: +1 555 0100", reply_to=complaint))
    assert await house.labels(near) == {"impersonation": "nordwind"}


async def test_who_proves_the_site_is_no_impostor(house, make, staff):
    line = '[{"name":"Site","value":"https://www.nordwind.example/team","html":"","verified_at":1}]'
    await house.do(identity.add_name, "nordwind", site="https://nordwind.example/", by=staff.id)
    branch = await make.member("nordwind_support", fields=line)
    await house.arrive(branch)
    assert await house.labels(branch) == {}


async def test_what_staff_wrote_themselves_stays(house, make, staff):
    await house.do(identity.add_name, "nordwind", by=staff.id)
    fake = await make.member("nordwind_help")
    await house.do(accounts.put_label, [fake.id], "impersonation", "A parody")
    await house.arrive(fake)
    assert await house.labels(fake) == {"impersonation": "A parody"}


async def test_only_staff_and_only_names(house, make, staff):
    with pytest.raises(NotPermitted):
        await house.do(identity.add_name, "nordwind", by=(await make.member()).id)
    for bad in ("", "ab", "?!", "x" * 61):
        with pytest.raises(Invalid):
            await house.do(identity.add_name, bad, by=staff.id)
    await house.do(identity.add_name, "nordwind", by=staff.id)
    with pytest.raises(Invalid):
        await house.do(identity.add_name, "nordwind", by=staff.id)


def avatar(told, name):
    file = media.File(path=f"{name}.webp", width=400, height=400, bytes=9, mime="image/webp")
    return media.write_picture(media.Picture(original=file, prints=(told,)))


async def test_who_comes_near_with_a_copy_of_the_picture_is_marked(house, make, staff):
    """The name alone would only be watched, as that of another with a picture of their own is."""
    real = await make.member("luft", avatar=avatar("f0" * 32, "real"))
    await house.do(identity.add_name, "Luft", handle="luft", account_id=real.id, by=staff.id)
    copy = await make.member("lufts", avatar=avatar("f0" * 31 + "ff", "copy"))
    other = await make.member("lufty", avatar=avatar("0f" * 32, "other"))
    await house.arrive(copy, other)
    assert await marked(house, staff) == [copy.id]
    assert [one.account_id for one in await identity.alikes(house.db, "watched", by=staff.id, before=2**62)] == [
        other.id
    ]
    (alike,) = await identity.alikes_of(house.db, copy.id)
    assert (alike.evidence.picture, alike.evidence.handle_is) == (4, "near")
    # a copy of the picture that is taken later is seen, too
    await house.do(
        accounts.change_profile, other.id, avatar=avatar("f0" * 32, "taken"), public_url="https://x", by_member_id=None
    )
    assert set(await marked(house, staff)) == {copy.id, other.id}
