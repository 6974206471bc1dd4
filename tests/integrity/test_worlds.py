"""The scan against planted networks and against people who only look like networks, with measured precision and recall."""

import pytest

from dunnock.integrity.scan import scan
from integrity import worlds


def flagged(world, folder, **options):
    return scan([world.save(folder / "posts.parquet")], **options)


def test_agents_that_share_no_text_are_found_by_what_they_do(tmp_path):
    """D15: 10 agents, 40 people, 20 times; recall at least 0.7 at a precision of 0.9 without looking at text."""
    right = wrong = planted = 0
    for seed in range(20):
        world = worlds.agents(seed)
        found = {flag.account for flag in flagged(world, tmp_path, text=False)}
        right += len(found & set(world.role))
        wrong += len(found - set(world.role))
        planted += len(world.role)
    assert right / planted >= 0.9
    assert right / (right + wrong) >= 0.97


@pytest.mark.parametrize("text", [True, False])
@pytest.mark.parametrize("make", [worlds.event, worlds.parliament])
def test_fans_and_members_of_parliament_are_no_network(make, text, tmp_path):
    """D17: at most 0.2 % of people at an event and 2 % of members of parliament; none of these is."""
    assert flagged(make(1), tmp_path, text=text) == []
