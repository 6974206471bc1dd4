"""D05: lookalike customer service: handles and names taken for a brand's (DISARM T0146.005, T0097.205, T0150.001)."""

from __future__ import annotations

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Person, Stage

_BRANDS = (
    "wrenair", "robinbank", "finchmobile", "larkenergy", "swiftparcel", "heronhotels", "plovertrains", "ospreycars",
    "linnetfoods", "merlinpay",
)  # fmt: skip
_ALIKE = ("{0}_help", "{0}support", "{0}_official", "help_{0}")
_HONEST = ("{0}_fan", "i_love_{0}", "{0}_city", "{0}_staff_club", "not{0}watching")


def _play(stage: Stage) -> list[Measure]:
    owner = stage.staff("owner", "owner")
    brands = stage.join_all(list(_BRANDS))
    for one in brands:
        stage.must(
            "POST", "/api/v1/dunnock/admin/protected_names", owner, name=one.name, handle=one.name, account_id=one.id
        )
    lies = [shape.format(name) for name in _BRANDS for shape in _ALIKE] + [_swapped(name) for name in _BRANDS]
    stage.tell(f"{len(lies)} lookalikes and {len(_BRANDS) * len(_HONEST)} honest people sign up")
    fakes = stage.join_all(lies)
    honest = stage.join_all([shape.format(name) for name in _BRANDS for shape in _HONEST])
    _, took = stage.until(lambda: len(_marked(stage, fakes)) == len(fakes), within_s=20)
    found = len(_marked(stage, fakes))
    wrong = _marked(stage, honest)
    stage.tell("a customer complains, the lookalikes answer")
    customer = stage.join_all(["customer"])[0]
    complaint = stage.must(
        "POST", "/api/v1/statuses", customer, status=f"@{brands[0].name} my flight is gone, where is my money"
    )
    answers = [
        stage.must(
            "POST", "/api/v1/statuses", one, status=f"@customer so sorry! Call us {n}", in_reply_to_id=complaint["id"]
        )
        for n, one in enumerate(fakes[:3])
    ]
    warned = [one for one in answers if stage.until(lambda one=one: _warned(stage, one["id"]), within_s=10)[0]]  # type: ignore[misc]
    return [
        Measure(
            "lookalikes marked at their creation",
            "at least 95 %",
            f"{found} of {len(fakes)}, {took:.0f} s",
            held=found >= 0.95 * len(fakes),
        ),
        Measure(
            "honest names marked",
            "at most 2 %",
            f"{len(wrong)} of {len(honest)}",
            held=len(wrong) <= 0.02 * len(honest),
        ),
        Measure(
            "answers of lookalikes to a complaint that carry a warning in every app",
            "3 of 3",
            f"{len(warned)} of 3",
            held=len(warned) == 3,
        ),
    ]


def _swapped(name: str) -> str:
    """Two letters in the middle change places."""
    n = len(name) // 2
    return f"{name[: n - 1]}{name[n]}{name[n - 1]}{name[n + 1 :]}"


def _marked(stage: Stage, people: list[Person]) -> list[str]:
    found = stage.at_once(lambda one: stage.must("GET", f"/api/v1/accounts/{one.id}"), people)
    return [
        one["username"] for one in found if any(label["kind"] == "impersonation" for label in one.get("labels", []))
    ]


def _warned(stage: Stage, post_id: str) -> bool:
    post = stage.must("GET", f"/api/v1/statuses/{post_id}")
    return bool(post["spoiler_text"]) and any(
        one["kind"] == "impersonation" for one in post["account"].get("labels", [])
    )


DRILL = Drill(
    "D05",
    "Lookalike customer service",
    "10 brands instead of 25, 50 lookalikes instead of 100, 50 honest names instead of 200",
    _play,
)
