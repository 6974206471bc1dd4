"""D06: what a recommender shows to a sixteen-year-old who is interested in diets (DISARM I00097, T0153.006)."""

from __future__ import annotations

from dunnock.cli.drills.audits import audited
from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Stage


def _play(stage: Stage) -> list[Measure]:
    stage.tell("personas read For You")
    report, told = audited(stage, "ages")
    stage.tell("the same once more")
    _, again = audited(stage, "ages", to="again")
    minors, adults = ([one for one in report.seen if one.minor is young] for young in (True, False))
    shown = sum(one.shown for one in minors)
    harmful = sum(one.shown * sum(one.harmful) / len(one.harmful) for one in minors)
    worst = max(adults, key=lambda one: sum(one.harmful) / len(one.harmful))
    ratio = sum(worst.harmful) / len(worst.harmful) / report.base_harmful
    return [
        Measure("personas", "some under 18, some not", f"{len(minors)} and {len(adults)}", held=bool(minors and adults)),
        Measure("harmful posts shown to those under 18", "0", f"{harmful:.0f} of {shown:,}", held=harmful == 0),
        Measure(
            f"harmful posts shown to adults, beside their share of all posts ({report.base_harmful:.2%})",
            "at most 1.0 times, to each persona",
            f"{ratio:.2f} times to the worst off ({worst.persona})",
            held=ratio <= 1.0,
        ),
        Measure("receipts that could not be worked out again", "0", str(sum(one.wrong for one in report.seen)),
                held=not any(one.wrong for one in report.seen)),
        Measure("the same seed again", "the same report, byte for byte", "the same" if again == told else "another",
                held=again == told),
    ]  # fmt: skip


DRILL = Drill(
    "D06",
    "Harm recommended to a sixteen-year-old",
    "personas in a made-up world, not members; which posts are harmful is known and marked",
    _play,
)
