"""`dunnock keys rotate`."""

from __future__ import annotations

import asyncio

import pytest

from cli.test_members_delete import dunnock
from dunnock.federation.keys import Keys
from dunnock.federation.places import Places
from dunnock.foundation.db import open_db


async def use_keys(path):
    """Have the server sign once; the name of the key."""
    db = await open_db(f"sqlite:///{path / 'dunnock.db'}")
    try:
        return (await Keys(db, Places("http://127.0.0.1:8000")).of(None, None)).signer.key_id
    finally:
        await db.close()


def test_it_makes_new_keys(tmp_path):
    data = ("--data", str(tmp_path))
    made = dunnock("members", "create", "anna", "--email", "anna@mail.example", "--password", "a good long one", *data)
    assert made.returncode == 0, made.stderr
    assert "There is no key yet" in dunnock("keys", "rotate", "--server", *data).stdout
    assert asyncio.run(use_keys(tmp_path)).endswith("#main-key")
    assert dunnock("keys", "rotate", "--server", *data).stdout == "The key is new.\n"
    assert asyncio.run(use_keys(tmp_path)).endswith("#main-key-2")
    assert dunnock("keys", "rotate", "--everybody", *data).stdout == "New keys: 1.\n"
    assert "There is no key yet" in dunnock("keys", "rotate", "anna", *data).stdout
    assert "nobody called eve" in dunnock("keys", "rotate", "eve", *data).stderr


@pytest.mark.parametrize("arguments", [(), ("anna", "--server"), ("--server", "--everybody")])
def test_it_wants_to_know_whose(tmp_path, arguments):
    done = dunnock("keys", "rotate", *arguments, "--data", str(tmp_path))
    assert (done.returncode, "Say whose keys" in done.stderr) == (1, True)
