"""How many bytes the pages cost: a gate, so that they stay light on an old phone. Source: the web app's budgets."""

from __future__ import annotations

import gzip
import re

import pytest
import requests
from playwright.sync_api import Browser

from dunnock.web import asset
from screens.town import OWNER, Town

MOST_HTML, MOST_CSS, MOST_SCRIPT = 30_000, 25_000, 60_000


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6, mtime=0))


def test_stylesheets():
    assert sum(packed(content) for name, (_, content) in asset._assets().items() if name.endswith(".css")) <= MOST_CSS


def test_scripts():
    assert sum(packed(content) for name, (_, content) in asset._assets().items() if name.endswith(".js")) <= MOST_SCRIPT


@pytest.mark.parametrize("path", ["/", "/explore", "/{author}", "/{post}", "/tags/{tag}", "/auth/sign_up", "/status"])
def test_strangers_need_no_script(town: Town, path):
    body = requests.get(town.address(path, None), timeout=20).content
    assert b"<script" not in body
    assert packed(body) <= MOST_HTML


@pytest.mark.parametrize("path", ["/", "/{author}", "/notifications"])
def test_pages_of_members(browser: Browser, town: Town, path):
    context = browser.new_context(java_script_enabled=False)
    town.enter(context, OWNER)
    cookies = {one["name"]: one["value"] for one in context.cookies()}
    context.close()
    answer = requests.get(town.address(path, OWNER), cookies=cookies, timeout=20)
    assert len(re.findall(r"<article", answer.text)) <= 60
    assert packed(answer.content) <= MOST_HTML
