"""`dunnock audit run` as a drill runs it: the command, on a plan that comes with the program."""

from __future__ import annotations

import msgspec

from dunnock.cli.drills.stage import DrillFailed, Stage


class Persona(msgspec.Struct, frozen=True):
    """What one persona was shown, as the report says; shares, one for each day."""

    persona: str
    minor: bool
    behaviour: str
    shown: int
    harmful: list[float]
    fringe: list[float]
    wrong: int


class Report(msgspec.Struct, frozen=True):
    """What a drill reads of a report."""

    base_harmful: float
    base_fringe: float
    seen: list[Persona]


def audited(stage: Stage, plan: str, *, to: str = "audit") -> tuple[Report, bytes]:
    """The report, and the bytes of its file. A broken bar is the drill's own to judge. Raises: DrillFailed."""
    folder = stage.data / to
    done = stage.dunnock_alone("audit", "run", plan, "--to", str(folder))
    try:
        told = (folder / "report.json").read_bytes()
    except FileNotFoundError:
        raise DrillFailed(f"dunnock audit run {plan}: {done.stderr[-300:]}") from None
    return msgspec.json.decode(told, type=Report), told
