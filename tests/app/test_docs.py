"""The pages in docs/ name what is there: every setting, command, metric, endpoint and kind of notification, and no others."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from dunnock import notifications
from dunnock.api.streaming.channels import PATHS
from dunnock.cli import COMMANDS
from dunnock.foundation.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MACHINES = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/")
# Served by the fast lane alone.
LANE_ONLY = {("GET", "/.well-known/webfinger"), ("GET", "/.well-known/host-meta")}

_spec = importlib.util.spec_from_file_location("kit_driver", ROOT / "tests/api/kit/driver.py")
driver = sys.modules["kit_driver"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(driver)


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of every table row."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]


def test_settings_stand_in_the_table_with_their_defaults():
    table = page("operating.md").split("## Settings", 1)[1].split("```toml", 1)[0]
    told = {cells[0].strip("`"): cells[1] for cells in rows(table) if cells[0].startswith("`")}
    fields = {one.name: one.default for one in msgspec.structs.fields(Settings) if one.name != "data"}
    assert list(told) == list(fields), "docs/operating.md and Settings name different settings"
    for name, default in fields.items():
        if default not in ("", ()):
            said = told[name].strip("`")
            assert said == (str(default).lower() if isinstance(default, bool) else str(default)), name


def test_every_command_has_its_place():
    text = page("cli.md")
    assert set(re.findall(r"^## ([\w-]+)$", text, re.MULTILINE)) == set(COMMANDS)
    for name, (target, _) in COMMANDS.items():
        module, attribute = target.split(":")
        made = getattr(importlib.import_module(module), attribute)
        parts = [one for one in made if not one.startswith("-")] if attribute == "app" else []
        for part in parts:
            assert f"./dunnock {name} {part}" in text, f"docs/cli.md does not tell of `{name} {part}`"


async def test_every_metric_is_explained(house):
    answer = await driver.call(house.edge, "GET", "/metrics", token="watch")
    names = re.findall(r"^# TYPE (\S+)", answer.body.decode(), re.MULTILINE)
    assert len(names) > 10
    text = page("operating.md")
    assert [name for name in names if f"`{name}`" not in text] == []
    assert set(re.findall(r"`(dunnock_\w+)`", text)) <= set(names)


async def test_the_api_page_lists_all_endpoints_and_no_others(house):
    served = LANE_ONLY | {
        ("GET", f"/api/v1/streaming{path}") for path in ("", "/", "/health", *(f"/{one}" for one in PATHS))
    }
    for route in house.edge.app.app.routes:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        if path.startswith(MACHINES):
            served |= {(method, path) for method in route.methods if method not in {"OPTIONS", "HEAD"}}
    told = {
        (method, cells[1].strip("`"))
        for cells in rows(page("api.md").split("## Endpoints", 1)[1])
        if cells[1].startswith("`")
        for method in cells[0].split(", ")
    }
    assert sorted(served - told) == [], "add these to docs/api.md"
    assert sorted(told - served) == [], "docs/api.md tells of what is not there"


def test_every_kind_of_notification_is_explained():
    told = [cells[0].strip("`") for cells in rows(page("notifications.md")) if cells[0].startswith("`")]
    assert tuple(told) == notifications.KINDS


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda path: path.name)
def test_links_and_paths_lead_somewhere(path):
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), target
    source = ROOT / "src/dunnock"
    packages = {one.name for one in source.iterdir() if one.is_dir()}
    for quoted in re.findall(r"`([a-z_]+(?:/[\w.]+)+\.(?:py|html|css))`", text):
        known = (ROOT / quoted, source / quoted) if quoted.split("/")[0] in packages else (ROOT / quoted,)
        assert any(one.exists() for one in known), quoted


def test_the_program_knows_the_commands_of_the_pages():
    text = "\n".join(one.read_text("utf-8") for one in [ROOT / "README.md", *DOCS.glob("*.md")])
    named = set(re.findall(r"\./dunnock ([a-z][a-z-]*)", text))
    assert named <= {*COMMANDS, "test"}
    shown = subprocess.run(
        [sys.executable, "-P", "-m", "dunnock", "--help"], capture_output=True, text=True, check=True, cwd=ROOT / "src"
    ).stdout
    assert [name for name in COMMANDS if name not in shown] == []
