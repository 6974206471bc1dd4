"""Brands of many languages, who is taken for them in ways of all kinds, and honest people who name them (drill D05)."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dunnock.integrity.identity.lookalike import keys_for, keys_of, likeness
from dunnock.integrity.identity.protected import Protected
from dunnock.integrity.identity.verdict import Seen, judge
from dunnock.media.pdq import pdq

LATIN = (
    ("Lufthavn", "lufthavn"), ("Banco Delmar", "bancodelmar"), ("Yamato Denki", "yamatodenki"), ("Vista Hotels", "vistahotels"),
    ("Koruma Sigorta", "korumasigorta"), ("Zielona Kolej", "zielonakolej"), ("Énergie Lumen", "energielumen"),
    ("Orbit Mobile", "orbitmobile"), ("Target Trains", "targettrains"), ("Apple Grove", "applegrove"), ("Nova", "nova"),
    ("Delta Rail", "deltarail"), ("Metro", "metro"), ("Merkur", "merkur"), ("Rhein Strom", "rheinstrom"),
)  # fmt: skip
EAST = (
    ("朝陽銀行", "choyobank"),
    ("さくら電鉄", "sakuradentetsu"),
    ("ソラエア", "soraair"),
    ("한빛은행", "hanbitbank"),
)
ARABIC = (("طيران النخيل", "nakhlair"), ("بنك الواحة", "wahabank"))
CYRILLIC = (("Северный банк", "severbank"), ("Аэролад", "aerolad"), ("Почта Лайм", "limepost"))
ALL = (*LATIN, *EAST, *ARABIC, *CYRILLIC, ("Τράπεζα Ήλιος", "iliosbank"))
NAMES = [Protected(n, name, handle, 0, "", "staff") for n, (name, handle) in enumerate(ALL, 1)]
KEYS = {one.id: {key for called in one.called for key in keys_of(called)} for one in NAMES}
OF_PEOPLE = (
    "fan",
    "city",
    "staff",
    "watch",
    "memes",
    "driver",
    "museum",
    "critic",
    "commuter",
    "verein",
    "hincha",
    "rider",
)
FANS = {
    EAST: ("{}ファン", "{}が好き", "{}非公式ファン", "{}友の会", "{}非公式", "{}を語る", "{} 팬클럽", "{}の猫"),
    ARABIC: ("عشاق {}", "محبي {}", "نادي {}", "مسافر مع {}"),
    CYRILLIC: ("фанат {}", "{} клуб", "бывший сотрудник {}", "неофициальный {}"),
    LATIN: ("{} fan", "people of {}", "{} (unofficial)", "ex {}", ""),
}
SERVES = {
    EAST: ("{}公式", "{}サポート", "{} お客様相談室", "{} 고객센터"),
    ARABIC: ("خدمة عملاء {}", "{} الرسمي"),
    CYRILLIC: ("Служба поддержки {}", "{} официальный"),
}


def among(letters, name):
    return "".join(letters.get(char, char) for char in name)


def attacks(rng):
    """(brand, handle, display name), of kinds that the drill has none of."""
    leet = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "l": "1", "t": "7", "b": "8"}
    to_cyrillic = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "c": "\u0441", "p": "\u0440", "i": "\u0456"}
    to_greek = {"o": "\u03bf", "v": "\u03bd", "a": "\u03b1", "i": "\u03b9", "k": "\u03ba"}
    to_latin = dict(zip("\u0430\u0435\u043e\u0440\u043d\u0442\u043c\u0443\u0421\u043a", "aeophtmyCk", strict=True))
    for name, handle in ALL[::2]:
        two = rng.sample([n for n, char in enumerate(handle) if char in leet], 2)
        yield name, "".join(leet[char] if n in two else char for n, char in enumerate(handle)), ""
        yield name, f"official_{handle}", ""
        yield (
            name,
            "guest77",
            rng.choice(("✅ {}", "{} ☑️", "⭐{}⭐")).format(name),
        )
        yield name, "guest77", f"\u202e\u200f{name[:2]}\u2067{name[2:]}\u2069"
    for name, handle in ALL[1::2]:
        at = rng.randrange(1, len(handle) - 1)
        yield name, handle[:at] + handle[at] + handle[at:], ""
        yield name, "guest77", "\u200b".join(name)
        yield name, f"{handle}_{rng.choice(('help', 'kundenservice', 'ayuda', 'destek', 'pomoc', 'suporte'))}", ""
        if len(handle) > 5:
            yield name, f"{handle}_{rng.choice(('jp', 'us', 'intl', 'deutschland'))}", ""
    for name, handle in [one for one in LATIN if len(one[0]) > 4]:
        yield name, "guest77", among(to_cyrillic, name)
        yield name, "guest77", among(to_greek, name)
        yield name, "guest77", "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in name)
        pair = next((pair for pair in (("m", "rn"), ("w", "vv"), ("d", "cl")) if pair[0] in handle), ("l", "1"))
        yield name, handle.replace(*pair), ""
    for kind, shapes in SERVES.items():
        for (name, _), shape in itertools.product(kind, shapes):
            yield name, "guest77", shape.format(name)
    for name, _ in CYRILLIC:
        yield name, "guest77", among(to_latin, name)


def honest(rng):
    """240 (handle, display name): ten of each brand."""
    for name, handle in ALL:
        shapes = next((shapes for kind, shapes in FANS.items() if (name, handle) in kind), FANS[LATIN])
        for _ in range(10):
            form = rng.choice(("{h}_{w}", "{w}_{h}", "{h}{w}", "{w}of{h}", "my{h}{w}", "ex_{h}_{w}", "{h}_{w}24"))
            yield form.format(h=handle, w=rng.choice(OF_PEOPLE)), rng.choice(shapes).format(name)


def marked_for(handle, name):
    """The names that it is marked for, found by keys as the server does."""
    keys = {*keys_for(handle), *keys_for(name)}
    near = [one for one in NAMES if keys & KEYS[one.id]]
    verdicts = [(one.name, judge(Seen(1, handle, name, remote=False), one)) for one in near]
    return {called for called, told in verdicts if told is not None and told[0] == "marked"}


def test_attacks_in_letters_of_all_kinds_are_seen_and_people_are_not():
    made = list(attacks(random.Random(12)))
    missed = [(brand, handle, name) for brand, handle, name in made if brand not in marked_for(handle, name)]
    assert len(made) >= 100
    assert len(missed) <= 0.05 * len(made), missed
    people = list(honest(random.Random(13)))
    wrong = [(handle, name, found) for handle, name in people if (found := marked_for(handle, name))]
    assert len(people) >= 200
    assert len(wrong) <= 0.02 * len(people), wrong


@pytest.mark.parametrize(
    ("name", "protected", "how"),
    [
        ("🅛🅤🅕🅣🅗🅐🅥🅝", "lufthavn", "same"),
        ("ʟᴜꜰᴛʜᴀᴠɴ", "lufthavn", "same"),
        ("\uffa0Lufthavn\u3164", "lufthavn", "same"),
        ("طيــران النخيل", "طيران النخيل", "same"),
        ("ソラ工ア", "ソラエア", "same"),
        ("|ufthavn", "lufthavn", "same"),
        ("Пoчta Лaйm", "Почта Лайм", "same"),
        ("тема", "tema", None),  # a word of its own in letters of its own
        ("nova_jp", "nova", None),  # people are called so
        ("朝陽銀行非公式", "朝陽銀行", None),
    ],
)
def test_how_names_of_other_letters_are_alike(name, protected, how):
    found = likeness(name, protected)
    assert (found and found.how) == how


def drawn(rng):
    """A picture as people have: shapes on a ground."""
    found = Image.new("RGB", (400, 400), tuple(rng.randrange(60, 230) for _ in "rgb"))
    pen = ImageDraw.Draw(found)
    for _ in range(14):
        x, y, width = rng.randrange(360), rng.randrange(360), rng.randrange(30, 140)
        pen.ellipse((x, y, x + width, y + width), fill=tuple(rng.randrange(256) for _ in "rgb"))
    return found


def printed(image):
    return pdq(np.asarray(image.convert("RGB"))) or ""


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (lambda one: one.resize((120, 120)), 0.95),
        (
            lambda one: Image.blend(one, Image.new("RGB", one.size, (200, 30, 30)), 0.3),
            0.85,
        ),  # some have too little left to see
        (lambda one: one.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0.95),
        (lambda one: one.crop((8, 8, 392, 392)), 0.9),
        (lambda one: one.crop((12, 0, 400, 388)), 0.6),
    ],
    ids=["smaller", "coloured", "mirrored", "cut all around", "moved"],
)
def test_a_picture_that_was_changed_is_seen_beside_a_name_that_is_near(change, least):
    rng = random.Random(7)
    pictures = [drawn(rng) for _ in range(40)]
    own = Protected(1, "Luft", "luft", 9, "", "staff")
    seen = [
        judge(Seen(1, "lufts", "", remote=True, picture=printed(change(one))), own, picture=printed(one))
        for one in pictures
    ]
    assert sum(told is not None and told[0] == "marked" for told in seen) >= least * len(pictures)
    others = [
        judge(Seen(1, "lufts", "", remote=True, picture=printed(change(one))), own, picture=printed(other))
        for one, other in itertools.pairwise(pictures)
    ]
    assert not [told for told in others if told is not None and told[0] == "marked"]
