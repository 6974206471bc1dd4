"""How many bytes the pages cost: a gate, so that they stay light on an old phone. Source: the web app's budgets."""

from __future__ import annotations

import gzip
import re

import pytest
import requests

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
def test_pages_of_members(town: Town, path):
    with town.session_of(OWNER) as session:
        answer = session.get(town.address(path, OWNER), timeout=20)
    assert len(re.findall(r"<article", answer.text)) <= 60
    assert packed(answer.content) <= MOST_HTML
