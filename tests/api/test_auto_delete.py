"""Deleting old posts by themselves, through whole requests."""

from __future__ import annotations

import pytest

from api.posting import Posting

PATH = "/api/v1/dunnock/auto_delete"
DEFAULT = {
    "enabled": False, "min_status_age": 1_209_600, "keep_direct": True, "keep_pinned": True, "keep_polls": False,
    "keep_media": False, "keep_self_fav": True, "keep_self_bookmark": True, "min_favs": None, "min_reblogs": None,
}  # fmt: skip


@pytest.fixture
async def people(db):
    return Posting(db)


async def test_show_and_change(people, make):
    anna, bob = await make.member(), await make.member()
    assert await people.get(PATH, anna) == DEFAULT
    form = {"enabled": "1", "min_status_age": "604800", "keep_direct": "false", "min_favs": "5"}
    answer = await people.ask("PUT", PATH, anna, form=form)
    now = DEFAULT | {"enabled": True, "min_status_age": 604_800, "keep_direct": False, "min_favs": 5}
    assert (answer.status, answer.json) == (200, now)
    answer = await people.ask("PATCH", PATH, anna, json={"min_favs": None, "keep_media": True})
    assert answer.json == now | {"min_favs": None, "keep_media": True}
    assert await people.get(PATH, anna) == answer.json
    assert await people.get(PATH, bob) == DEFAULT


async def test_refusals(people, make):
    anna = await make.member()
    for form in ({"min_status_age": 60}, {"min_status_age": 10**9}, {"min_favs": 0}, {"min_reblogs": "many"}):
        answer = await people.ask("PUT", PATH, anna, json=form)
        assert answer.status == 422, form
        assert answer.json["error"].startswith("Validation failed: ")
    assert await people.get(PATH, anna) == DEFAULT
    assert (await people.ask("PUT", PATH, anna, "read", json={})).status == 403
    assert (await people.ask("GET", PATH, anna, "write")).status == 403
    assert (await people.ask("GET", PATH)).status == 401
