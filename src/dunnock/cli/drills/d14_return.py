"""D14: suspended accounts come back under other names (DISARM T0121.001)."""

from __future__ import annotations

import base64
import io
import random

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import DrillFailed, Person, Stage

_SUSPENDED, _BACK, _OTHERS, _KNOWN, _SCENES = 100, 60, 110, 80, 8
_SAME_PICTURE, _OWN_MAIL = 0.6, 0.4
"""The parts of those who come back with the picture of before, and with an address of the same mail domain of their own."""
_LOOKS_EVERY_S = 15 * 60  # the server compares so often
_DAY_S = 86_400
_FIRST = ("Ann", "Bo", "Cai", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lou", "Mia", "Ned", "Ole", "Pia")
_LAST = ("North", "Field", "Brook", "Stone", "Moor", "Hill", "Ford", "Wood")
_SAYINGS = (
    "birds and long walks by the sea", "truth about the towers they hide", "mother of two and baker of bread",
    "trains are a way of life", "speaking for those who cannot speak", "old maps and older books",
    "the harbour belongs to the people", "running in the rain again", "gardener with too many tomatoes",
    "no step back for our valley", "chess on rainy sundays only", "the news they will not print",
)  # fmt: skip


def _play(stage: Stage) -> list[Measure]:
    owner, chance = stage.staff("owner", "owner"), random.Random(14)  # noqa: S311 (who is who, no secret)
    known = stage.join_all([f"known_{n}" for n in range(_KNOWN)])
    shapes = [_shape(chance) for _ in range(_SUSPENDED)]
    stage.tell(f"{_OTHERS} join, and {_SUSPENDED} who are suspended later")
    newcomers = [_shape(chance) for _ in range(_OTHERS)]
    others = stage.join_all([f"{_handle(shape)}{500 + n}" for n, shape in enumerate(newcomers)])
    own = [chance.random() < _OWN_MAIL for _ in shapes]
    former = _joined(stage, [(f"{_handle(shape)}{n}", _mail(n, own=own[n])) for n, shape in enumerate(shapes)])
    circle = [*known, *others]

    def friends(scene: int) -> list[Person]:
        """Part of a scene's well-known people, and some of one's own."""
        size = _KNOWN // _SCENES
        return [*chance.sample(known[scene * size : scene * size + size], 5), *chance.sample(circle, 6)]

    follows = [friends(n % _SCENES) for n in range(_SUSPENDED)]
    theirs = [friends(n % _SCENES) for n in range(_OTHERS)]
    stage.at_once(
        lambda n: _settle(stage, others[n], newcomers[n], theirs[n], _picture(1_000 + n)), list(range(_OTHERS))
    )
    stage.at_once(lambda n: _settle(stage, former[n], shapes[n], follows[n], _picture(n)), list(range(_SUSPENDED)))
    for one in former:
        stage.must("POST", f"/api/v1/admin/accounts/{one.id}/action", owner, type="suspend")
    stage.later(_DAY_S)
    stage.tell(f"{_BACK} of them come back under other names")
    names = [
        f"{_handle(shapes[n])}{n}_{chance.choice(('2', 'again', 'back'))}"
        if chance.random() < 0.5
        else f"new{n}x{chance.randrange(999)}"
        for n in range(_BACK)
    ]
    back = _joined(stage, [(name, _mail(n, own=own[n], again=True)) for n, name in enumerate(names)])
    now = [_kept(chance, shape) for shape in shapes[:_BACK]]
    kept = [[*chance.sample(one, chance.randint(4, 9)), *chance.sample(circle, 3)] for one in follows[:_BACK]]
    shown = [
        _picture(n, smaller=True) if chance.random() < _SAME_PICTURE else _picture(2_000 + n) for n in range(_BACK)
    ]
    stage.at_once(lambda n: _settle(stage, back[n], now[n], kept[n], shown[n]), list(range(_BACK)))
    stage.tell("a quarter of an hour later the server has compared newcomers with them")
    stage.later(_LOOKS_EVERY_S)
    _, took = stage.until(lambda: len(_linked(stage, owner)) >= 0.8 * _BACK, within_s=120, every_s=5)
    linked = _linked(stage, owner)
    right = {one.id: former[n].id for n, one in enumerate(back)}
    true = {new for new, old in linked.items() if right.get(new) == old}
    recall = len(true) / _BACK
    precision = len(true) / max(1, len(linked))
    limited = [one.name for one in others if stage.must("GET", f"/api/v1/accounts/{one.id}").get("limited")]
    return [
        Measure("who came back is linked to who they were", "at least 80 %, within 24 hours",
                f"{len(true)} of {_BACK}, after {(_LOOKS_EVERY_S + took) / 60:.0f} min", held=recall >= 0.8),
        Measure("links that are right", "at least 95 %", f"{len(true)} of {len(linked)}", held=precision >= 0.95),
        Measure("others who were limited by it", "0", str(len(limited)), held=not limited),
    ]  # fmt: skip


def _joined(stage: Stage, wanted: list[tuple[str, str]]) -> list[Person]:
    found = [one for one in stage.at_once(lambda one: stage.join(one[0], email=one[1]), wanted) if one is not None]
    if len(found) != len(wanted):
        raise DrillFailed("somebody could not sign up")
    return found


def _mail(n: int, *, own: bool, again: bool = False) -> str:
    name = f"again{n}" if again else f"first{n}"
    return f"{name}@house{n}.example" if own else f"{name}@mail.example"


def _shape(chance: random.Random) -> tuple[str, str]:
    """A name and a bio."""
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}", " and ".join(chance.sample(_SAYINGS, 2))


def _handle(shape: tuple[str, str]) -> str:
    return shape[0].replace(" ", "_").lower()


def _kept(chance: random.Random, shape: tuple[str, str]) -> tuple[str, str]:
    """The same person: one keeps the name, another the bio, most both."""
    name, bio = shape
    return (
        name if chance.random() < 0.6 else "Somebody",
        bio if chance.random() < 0.5 else f"{bio}, back again" if chance.random() < 0.6 else chance.choice(_SAYINGS),
    )


def _settle(stage: Stage, who: Person, shape: tuple[str, str], follows: list[Person], picture: str) -> None:
    stage.must(
        "PATCH", "/api/v1/accounts/update_credentials", who, display_name=shape[0], note=shape[1], avatar=picture
    )
    for one in {one.id: one for one in follows if one.id != who.id}.values():
        stage.must("POST", f"/api/v1/accounts/{one.id}/follow", who)


def _picture(seed: int, *, smaller: bool = False) -> str:
    """A picture as a `data:` URL; `smaller`: the same, encoded anew by somebody else's program."""
    from PIL import Image  # noqa: PLC0415 (only who plays pays)

    few = Image.frombytes("RGB", (8, 8), random.Random(seed).randbytes(192))  # noqa: S311 (a picture, no secret)
    whole = few.resize((256, 256), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    if smaller:
        whole.resize((180, 180)).save(file, "JPEG", quality=55)
    else:
        whole.save(file, "PNG")
    return f"data:image/{'jpeg' if smaller else 'png'};base64,{base64.b64encode(file.getvalue()).decode()}"


def _linked(stage: Stage, owner: Person) -> dict[str, str]:
    """Newcomer -> whom they were, as staff see it."""
    found = stage.must("GET", "/api/v1/dunnock/admin/signals?detector=identity.return", owner)
    return {one["subject_id"]: one["evidence"]["former_id"] for one in found}


DRILL = Drill(
    "D14",
    "Suspended accounts come back",
    "all return a day later, by a clock that is put forward; six in ten with the picture of before, four with the mail domain",
    _play,
)
