"""The second program knows every detector, comes to the scores that are written here by hand, and takes no broken evidence."""

from __future__ import annotations

import ast
import io
import json
import math
from pathlib import Path

import pytest

import dunnock
from dunnock.integrity import recompute_signals
from dunnock.integrity.detectors import DETECTORS
from dunnock.integrity.recompute_signals import differences, main, scorer

AT = 1_764_000_000_000
SIGNALS = [
    ("identity.lookalike", 0.97, {"handle_is": "affix", "name_is": "", "answers": ["7"], "picture": -1}),
    ("identity.lookalike", 0.94, {"handle_is": "near", "name_is": "", "answers": [], "picture": 31}),
    ("identity.lookalike", 0.4, {"handle_is": "near", "name_is": "", "answers": [], "picture": 63}),
    ("identity.lookalike", 0.76, {"handle_is": "near", "name_is": "", "answers": [], "picture": 32}),
    ("identity.return", 1 / (1 + math.exp(-4.5)),
     {"shares": {"handle": 4.0, "name": 3.0, "assets": 4.0}, "needed": 8.0}),
    ("identity.shift", 0.8976, {"fields": ["avatar", "bio", "display_name"], "role": "news", "badge": True}),
    ("money.same_payee", 0.875, {"accounts": ["1", "2", "3", "4"], "groups": [["1"], ["2", "4"], ["3"]]}),
    ("takeover.burst", 0.874,
     {"changes": [[AT, "email"], [AT - 9, "password"], [AT - 70, "totp_off"], [AT - 900, "avatar"], [AT - 999, "signed_in"]],
      "window_ms": 3_600_000}),
    ("takeover.recalled", 1.0, {"member_id": "4"}),
    ("trends.held", 0.9, {"accounts": 200, "effective": 20.0}),
    ("media.stopped", 1 - 3 / 62, {"print": "f" * 64, "stopped": "f" * 63 + "8", "apart": 3}),
    ("people.flood", 1 - math.exp(-(20 * math.log(20) - 19) / 20),
     {"replies": 20, "people": 20, "usual": 1.0, "posts": [[str(n), str(n + 100)] for n in range(20)]}),
    ("together.again", 1 - math.exp(-8.5), {"nats": 8.5}),
]  # fmt: skip


def signal(detector, score, evidence):
    return {"id": "1", "detector": detector, "score": score, "evidence": evidence}


@pytest.mark.parametrize(("detector", "score", "evidence"), SIGNALS)
def test_scores_follow_from_evidence(detector, score, evidence):
    assert list(differences([signal(detector, score, evidence)])) == []
    assert len(list(differences([signal(detector, score - 0.01, evidence)]))) == 1


@pytest.mark.parametrize(
    ("detector", "change"),
    [
        ("identity.lookalike", {"handle_is": "other"}),
        ("identity.return", {"needed": 12.0}),  # it was not enough
        ("identity.return", {"shares": {"picture": 12.0}}),  # one thing alone
        ("money.same_payee", {"groups": [["1"], ["2"], ["3"]]}),  # one is left out
        ("takeover.burst", {"window_ms": 500}),
        ("takeover.burst", {"changes": [[AT, "password"], [AT, "totp_off"]]}),
        ("takeover.burst", {"changes": []}),
        ("media.stopped", {"apart": 2}),
        ("media.stopped", {"print": ""}),
        ("people.flood", {"replies": 40}),
        ("trends.held", {"accounts": None}),
        ("together.script", {}),
    ],
)
def test_broken_evidence_is_told(detector, change):
    score, evidence = next(((score, told) for name, score, told in SIGNALS if name == detector), (0.9, {}))
    assert len(list(differences([signal(detector, score, evidence | change)]))) == 1


def test_a_detector_that_it_does_not_know_is_told():
    (told,) = differences([signal("identity.new", 0.5, {})])
    assert "nothing makes the scores of identity.new again" in told


def detectors() -> set[str]:
    """The names that are given to `raise_signal` anywhere in the source."""
    found = set()
    for path in Path(dunnock.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "raise_signal":
                name = node.args[1]
                if isinstance(name, ast.JoinedStr):
                    found.add(ast.unparse(name)[2:].partition("{")[0] + "*")
                else:
                    found.add(name.value if isinstance(name, ast.Constant) else said[name.id])
    return found


def test_it_knows_every_detector():
    named = detectors()
    assert {"together.*" if one.startswith("together.") else one for one in DETECTORS} == named
    assert {"people.flood", "identity.return", "media.stopped", "together.*"} <= named
    assert [one for one in sorted(named) if scorer(one) is None] == []


def network(score):
    evidence = {"how": "again", "tried": 2, "belonging": 0.5, "outside": [0.02], "acts": [4], "shared": [4]}
    return {"accounts": [{"account_id": "9", "score": score, "evidence": evidence}]}


def test_it_reads_what_the_api_of_staff_says(tmp_path, monkeypatch, capsys):
    right, wrong = tmp_path / "right.json", tmp_path / "network.json"
    right.write_text(json.dumps([signal(*one) for one in SIGNALS]))
    wrong.write_text(json.dumps(network(4 * math.log(25) - math.log(2))))
    assert main([str(right), str(wrong)]) == 0
    assert capsys.readouterr().out == f"{len(SIGNALS) + 1} scores, 0 don't follow from their evidence\n"
    wrong.write_text(json.dumps(network(13.0)))
    assert main([str(wrong)]) == 1
    assert "9: 13.0 is written, its evidence gives 12.1824" in capsys.readouterr().out
    monkeypatch.setattr(
        "sys.stdin", io.StringIO(json.dumps([signal("trends.held", 0.2, {"accounts": 2, "effective": 1})]))
    )
    assert main(["-"]) == 1
    assert "trends.held says 0.2, its evidence gives 0.5000" in capsys.readouterr().out
    assert main([]) == 1


def test_it_is_a_program_of_its_own():
    imported = {
        name
        for node in ast.walk(ast.parse(Path(recompute_signals.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert {one for one in imported if one.startswith("dunnock")} == {"dunnock.integrity"}
