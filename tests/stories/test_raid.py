"""A raid goes from one member to the next: the second is protected, reads what is held, and staff end it."""

from __future__ import annotations

from stories.running import until

BANK = (
    "nobody wants you here and you know it, leave this place now",
    "you are a disgrace and everybody here is laughing at you",
)
ADMIN = "/api/v1/dunnock/admin/raids"


def test_from_one_member_to_the_next(server, boss):
    ann, bob, stranger = server.join("ann"), server.join("bob"), server.join("stranger")
    raiders = [server.join("raider") for _ in range(20)]
    roots = {one.name: one.api.status_post("What I think about the harbour") for one in (ann, bob)}

    def answer(who, whom, words):
        return who.api.status_post(f"@{whom.name} {words}", in_reply_to_id=roots[whom.name])

    def below(whom):
        return {str(one.id) for one in stranger.api.status_context(roots[whom.name]).descendants}

    def raid_of(whom):
        found = server.call("GET", ADMIN, boss.api.access_token).json()
        return next((one for one in found if whom.id in {hit["account_id"] for hit in one["members"]}), None)

    for number, one in enumerate(raiders):
        answer(one, ann, BANK[number % 2])
    assert until(lambda: raid_of(ann), within_s=60)["accounts"] == 20
    for number, one in enumerate(raiders[:5]):
        answer(one, bob, BANK[number % 2])
    raid = until(lambda: raid_of(bob), within_s=60)
    assert [hit["account_id"] for hit in raid["members"]] == [ann.id, bob.id]
    assert [hit["early"] for hit in raid["members"]] == [False, True]
    case = server.call("GET", f"/api/v1/dunnock/admin/cases/{raid['case_id']}", boss.api.access_token).json()
    assert case["title"].startswith("Raid on @")

    first, second = (answer(raiders[5], bob, words) for words in ("I only ask", "I ask again"))
    passes = answer(stranger, bob, "I am with you")
    assert below(bob) & {str(one.id) for one in (first, second, passes)} == {str(passes.id)}
    quiet = bob.call("GET", "/api/v1/dunnock/quiet_time").json()
    assert quiet["raiders_until"] is not None
    assert quiet["until"] is None

    (request,) = until(lambda: bob.call("GET", "/api/v1/notifications/requests").json())
    here = f"/api/v1/dunnock/notification_requests/{request['id']}/statuses"
    assert {one["id"] for one in bob.call("GET", here).json()} == {str(first.id), str(second.id)}
    assert bob.call("POST", f"{here}/{first.id}/release").status_code == 200
    assert until(lambda: str(first.id) in below(bob))
    assert str(second.id) not in below(bob)

    ended = server.call("POST", f"{ADMIN}/{raid['id']}/end", boss.api.access_token)
    assert ended.json()["ended_at"] is not None
    assert until(lambda: str(second.id) in below(bob))
    assert bob.call("GET", "/api/v1/dunnock/quiet_time").json()["raiders_until"] is None
    assert bob.call("GET", ADMIN).status_code == 403, "whom a raid went to is for staff alone"
