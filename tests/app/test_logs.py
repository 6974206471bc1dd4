"""Logs hold no personal data, whoever writes them."""

from __future__ import annotations

import json
import subprocess
import sys

from dunnock.app.logs import drop_private


def test_private_keys_are_left_out():
    entry = {
        "event": "x",
        "email": "a@b.example",
        "ip": "192.0.2.1",
        "access_token": "s3cret",
        "Text": "hello",
        "ms": 3,
    }
    assert drop_private(None, "", entry) == {
        "event": "x", "ms": 3, "left_out": ["Text", "access_token", "email", "ip"],
    }  # fmt: skip


def test_lines_are_json_and_errors_lose_their_texts():
    program = (
        "import structlog, logging; from dunnock.app import logs; logs.set_up('info', pretty=False)\n"
        "log = structlog.get_logger()\nlog.debug('not this'); log.info('saved', password='geheim', count=2)\n"
        "try: raise ValueError('anna@mail.example wrote this')\nexcept ValueError: log.exception('failed')\n"
        "logging.getLogger('some.library').warning('careful')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    saved, failed, careful = map(json.loads, done.stderr.splitlines())
    assert (saved["event"], saved["count"], saved["left_out"], saved["level"]) == ("saved", 2, ["password"], "info")
    assert failed["error"] == "ValueError"
    assert "anna" not in done.stderr
    assert "geheim" not in done.stderr
    assert careful["logger"] == "some.library"
