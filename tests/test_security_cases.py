"""Every case of docs/security-cases.md has a test that is there and names it, or a reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
CASES = 135
NODE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
REASON = re.compile(r"(?:Cannot be|Open): \w.{10,}\.")


def rows() -> dict[str, str]:
    lines = (ROOT / "docs/security-cases.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| SC-")]
    assert len(cells) == len({one[0] for one in cells}), "a case stands there twice"
    return {number: told for number, what, told in cells if what}


def test_every_case_is_told_of():
    assert sorted(rows()) == [f"SC-{number:03}" for number in range(1, CASES + 1)]


def test_tests_are_there_and_name_their_case():
    sources: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for case, told in rows().items():
        nodes = NODE.findall(told)
        assert nodes or REASON.fullmatch(told), f"{case} has neither a test nor a reason"
        for path, name in nodes:
            if path not in sources:
                sources[path] = (ROOT / path).read_text("utf-8")
                kinds = ast.FunctionDef | ast.AsyncFunctionDef
                names[path] = {one.name for one in ast.walk(ast.parse(sources[path])) if isinstance(one, kinds)}
            assert name in names[path], f"{case}: there is no {path}::{name}"
            spelled = case in sources[path] or case.lower().replace("-", "_") in sources[path]
            assert spelled, f"{path} does not name {case}"
