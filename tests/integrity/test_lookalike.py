"""Names that are taken for protected ones: a made world of brands, impostors and honest people (DISARM drill D05)."""

from __future__ import annotations

import random

import pytest

from dunnock.integrity.identity.lookalike import keys_for, keys_of, likeness, slips
from dunnock.integrity.identity.skeleton import looks, skeleton, words

BRANDS = (
    "nordwind", "bluejay_air", "harborbank", "Quickparcel", "sunrail", "fernandco", "osprey", "MeadowMarket", "telvia",
    "granitebank", "PolarExpress", "lumen", "northgate", "velomundo", "candor", "riverline", "Zephyrair", "maplepay",
    "heronhotels", "vantage", "ostrava_tram", "kestrelmobile", "brightwater", "pinecone", "atlasfreight",
)  # fmt: skip
OF_PEOPLE = (
    "fan",
    "fans",
    "city",
    "staff",
    "club",
    "watch",
    "spotter",
    "jane",
    "news",
    "mum",
    "driver",
    "memes",
    "lover",
)


def impostors(rng: random.Random) -> list[tuple[str, str]]:
    """(brand, handle): four for each brand, of a kind each time."""
    swaps = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5", "m": "rn", "w": "vv"}

    def glyph(brand: str) -> str:
        at = next((n for n, char in enumerate(brand) if char.lower() in swaps), 0)
        return brand[:at] + swaps.get(brand[at].lower(), brand[at]) + brand[at + 1 :]

    def swapped(brand: str) -> str:
        at = next(n for n in range(1, len(brand) - 1) if brand[n] != brand[n + 1] and "_" not in brand[n : n + 2])
        return brand[:at] + brand[at + 1] + brand[at] + brand[at + 2 :]

    kinds = (
        lambda b: f"{b[: len(b) // 2]}-{b[len(b) // 2 :]}",
        lambda b: f"{b}_",
        lambda b: f"{b}{rng.randrange(1, 9999)}",
        glyph,
        lambda b: f"{b}_help",
        swapped,
        lambda b: f"{b}{rng.choice(('support', 'care', 'official', 'team', 'helpdesk'))}",
        lambda b: f"the_{b}_{rng.choice(('refunds', 'service', 'hq'))}",
    )
    return [(brand, kinds[(n * 4 + k) % len(kinds)](brand)) for n, brand in enumerate(BRANDS) for k in range(4)]


def honest(rng: random.Random) -> list[str]:
    """200 handles of people that contain the word of a brand."""
    return [
        rng.choice(("{b}_{w}", "{w}_{b}", "{b}{w}", "{w}of{b}", "my{b}{w}24")).format(
            b=rng.choice(BRANDS).lower(), w=rng.choice(OF_PEOPLE)
        )
        for _ in range(200)
    ]


def test_impostors_are_seen_and_people_are_not():
    rng = random.Random(5)
    made = impostors(rng)
    seen = [name for brand, name in made if (found := likeness(name, brand)) is not None and found.enough]
    assert len(made) == 100
    assert len(seen) >= 95, sorted({name for _, name in made} - set(seen))
    marked = [
        name
        for name in honest(rng)
        if any((found := likeness(name, brand)) is not None and found.enough for brand in BRANDS)
    ]
    assert len(marked) <= 4, marked


def test_no_brand_is_taken_for_another():
    assert not [(a, b) for a in BRANDS for b in BRANDS if a != b and likeness(a, b)]


def test_what_is_alike_is_found_by_its_keys():
    made = [(brand, name) for brand, name in impostors(random.Random(5)) if likeness(name, brand)]
    assert made
    assert not [name for brand, name in made if not set(keys_for(name)) & keys_of(brand)]


@pytest.mark.parametrize(
    ("name", "protected", "how"),
    [
        ("nordwind", "Nordwind", "same"),
        ("n0rdwind", "nordwind", "same"),
        ("n\u043erdw\u0456nd", "nordwind", "same"),  # Cyrillic o and i
        ("\uff2eordwind", "nordwind", "same"),
        ("nor\u200bdwind", "nordwind", "same"),
        ("nordvvind", "nordwind", "same"),
        ("pIneapple", "pineappIe", "same"),
        ("nordwind.help", "nordwind", "affix"),
        ("NordwindHelpDesk24", "nordwind", "affix"),
        ("nordwnid", "nordwind", "slip"),
        ("nordwwind", "nordwind", "slip"),
        ("nordwinds", "nordwind", "near"),
        ("bordwind", "nordwind", "near"),
        ("delia", "delta", "near"),
        ("reader12", "reader2", "near"),
        ("nordwind_fan", "nordwind", None),
        ("wind", "nordwind", None),
        ("", "nordwind", None),
        ("ab", "ab", None),  # too short to protect
    ],
)
def test_how_a_name_is_alike(name, protected, how):
    found = likeness(name, protected)
    assert (found and found.how) == how


def test_a_skeleton_is_what_is_seen():
    assert skeleton("\u0420\u0430\u0443\u0440\u0430l") == skeleton("Paypal") == "paypal"
    assert looks("--") == frozenset()
    assert words("NordwindHelp_24x") == ["nordwind", "help", "24", "x"]


def test_slips_are_counted():
    assert [slips("wren", other, most=2) for other in ("wren", "wern", "wrens", "wr", "robin")] == [0, 1, 1, 2, None]
