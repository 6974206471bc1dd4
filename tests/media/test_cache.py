"""Copies of other servers' files take so much room and no more."""

from __future__ import annotations

from dunnock.media import MediaChanged, find, trim_copies

PICTURE = '{"original":{"path":"%s.png","width":1,"height":1,"bytes":1,"mime":"image/png"}}' % ("0" * 64)


async def test_the_oldest_copies_give_way(db, make, events):
    """Members' own files, and what is not copied yet, are not counted."""
    bob, ann = await make.account(domain="b.example"), await make.account()

    async def media(who, number, **values):
        url = f"https://b.example/{number}.png" if who is bob else None
        return (await make.media(who, files=PICTURE, bytes=100, remote_url=url, post_id=number, **values)).id

    own = await media(ann, 1)
    copies = [await media(bob, number) for number in range(2, 7)]
    waiting = (await make.media(bob, state="processing", remote_url="https://b.example/x.png")).id
    assert await trim_copies(db, most_bytes=500) == 0
    assert await trim_copies(db, most_bytes=250) == 3
    found = await find(db, [own, waiting, *copies])
    assert [found[one].kind for one in copies] == ["unknown"] * 3 + ["image"] * 2
    assert [found[one].picture is None for one in (own, *copies)] == [False, True, True, True, False, False]
    assert found[copies[0]].remote_url == "https://b.example/2.png"
    assert found[waiting].state == "processing"
    assert await events() == [MediaChanged(media_id=one, post_id=number) for number, one in enumerate(copies[:3], 2)]
    assert await trim_copies(db, most_bytes=250) == 0
