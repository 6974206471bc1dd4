"""libFuzzer, led by which lines of our readers it reaches: nothing that others write breaks them (`guided.py`).

By hand for longer: `python tests/federation/guided.py FOLDER -max_total_time=3600`; the folder keeps what was found.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from dunnock.federation.signatures import Signer, sign
from federation.fuzz import SHAPES, placed

RUNS = 20_000
HERE = "https://a.example"
BOB = f"{HERE}/users/bob"


def beginnings():
    """Inputs that are right, for each reader: a byte that names it, and what it reads."""
    words = {"base": HERE, "host": "a.example", "here": "https://x.example", "name": "bob", "actor": BOB}
    for path in SHAPES:
        for one in msgspec.json.decode(path.read_bytes())["posts"]:
            post = {"id": f"{HERE}/n/1", "attributedTo": BOB} | placed(one["says"], **words)
            yield b"\0" + json.dumps(post).encode()
    actor = {
        "id": BOB,
        "type": "Person",
        "preferredUsername": "bob",
        "inbox": f"{BOB}/inbox",
        "summary": "<p>bio</p>",
        "publicKey": {"id": f"{BOB}#main-key", "owner": BOB, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"},
        "attachment": [{"type": "PropertyValue", "name": "n", "value": "v"}],
    }
    yield b"\0" + json.dumps(actor).encode()
    yield b'\1<p>a <a href="https://a.example/" class="mention">b</a> <math><mi>x</mi></math></p>'
    signer = Signer(f"{BOB}#main-key", rsa.generate_private_key(public_exponent=65_537, key_size=2_048))
    for scheme in ("draft", "rfc9421"):
        held = sign(signer, "POST", "https://x.example/inbox", body=b"{}", now_ms=1_790_000_000_000, scheme=scheme)
        lines = [f"{name}: {value}" for name, value in (held | {"host": "x.example"}).items()]
        yield b"\2" + "\n".join(lines).encode() + b"\n\n{}"
    yield b"\3https://a.example:8443/x"


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="no wheel of atheris for this machine")
def test_nothing_that_others_write_breaks_our_readers(tmp_path):
    folder = tmp_path / "found"
    folder.mkdir()
    for number, one in enumerate(beginnings()):
        (folder / str(number)).write_bytes(one)
    program = str(Path(__file__).with_name("guided.py"))
    limits = ["-max_len=8192", "-timeout=20", "-rss_limit_mb=512", f"-artifact_prefix={tmp_path}/"]
    # By way of a shell: a program that is started right from here counts the memory of these tests as its own.
    ran = subprocess.run(
        [
            "/bin/sh",
            "-c",
            '"$@"; exit $?',
            "sh",
            sys.executable,
            program,
            str(folder),
            f"-runs={RUNS}",
            "-seed=7",
            *limits,
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stderr[-4_000:]
    assert f"Done {RUNS} runs" in ran.stderr
