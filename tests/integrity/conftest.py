"""What all tests of integrity ask of every signal that comes up in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from dunnock.integrity import recompute_signals, signals


@pytest.fixture(autouse=True)
def scores_follow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a detector says, the second program comes to the same score from the evidence alone, as it is kept."""
    real, wrong = signals.raise_signal, []

    async def raise_signal(tx: Any, detector: str, *args: Any, score: float, evidence: Any, **named: Any) -> int:
        kept = msgspec.json.decode(msgspec.json.encode(evidence))
        told = {"id": "a signal", "detector": detector, "score": score, "evidence": kept}
        wrong.extend(recompute_signals.differences([told]))
        return await real(tx, detector, *args, score=score, evidence=evidence, **named)

    for name, module in list(sys.modules.items()):
        by_detectors = name.startswith("dunnock.integrity.") and module is not signals
        if by_detectors and getattr(module, "raise_signal", None) is real:
            monkeypatch.setattr(module, "raise_signal", raise_signal)
    yield
    assert wrong == []
