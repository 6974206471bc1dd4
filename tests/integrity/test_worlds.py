"""The scan against planted networks and against people who only look like networks, with measured precision and recall."""

import pytest

from dunnock.cli.drills import worlds
from dunnock.cli.drills.d09_networks import adjusted_rand
from dunnock.integrity.scan import scan


def flagged(world, folder, **options):
    return scan([world.save(folder / "posts.parquet")], **options)


def test_agents_that_share_no_text_are_found_by_what_they_do(tmp_path):
    """D15: 10 agents, 40 people; recall at least 0.7 at a precision of 0.9 without looking at text. Its drill: 20 times."""
    right = wrong = planted = 0
    for seed in range(8):
        world = worlds.agents(seed)
        found = {flag.account for flag in flagged(world, tmp_path, text=False)}
        right += len(found & set(world.role))
        wrong += len(found - set(world.role))
        planted += len(world.role)
    assert right / planted >= 0.9
    assert right / (right + wrong) >= 0.97


@pytest.mark.parametrize("make", [worlds.event, worlds.parliament, worlds.complaint, worlds.breaking])
def test_crowds_and_members_of_parliament_are_no_network(make, tmp_path):
    """D17: at most 0.2 % of people in a crowd and 2 % of members of parliament; none of these is."""
    table = make(1).save(tmp_path / "posts.parquet")
    for text in (True, False):
        assert scan([table], text=text) == [], text


def test_networks_of_one_operator_are_told_apart(tmp_path):
    """D09, at a fortieth; its target: an adjusted Rand index of at least 0.8."""
    world = worlds.networks(1, sizes=(60, 15, 80), people=1_500)
    found = {flag.account: str(flag.cluster) for flag in flagged(world, tmp_path)}
    planted = sorted(world.role)
    assert adjusted_rand([world.role[one] for one in planted], [found.get(one, one) for one in planted]) >= 0.8
    assert len(found.keys() - world.role.keys()) <= 0.02 * len(found)


def test_the_adjusted_rand_index_is_that_of_its_authors():
    """Table 4 of Hubert and Arabie 1985 would be long: an example worked out by hand, and the bounds."""
    assert adjusted_rand("aabb", "xxyy") == 1.0
    assert adjusted_rand("aaaa", "xxxx") == 1.0
    assert adjusted_rand("aaabbb", "xxyyzz") == pytest.approx(0.2424, abs=1e-4)
    assert adjusted_rand("aabb", "xyxy") == pytest.approx(-0.5)
