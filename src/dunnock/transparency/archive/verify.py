"""Checks a release as anybody can: its files, its signature, that all of it is about the accounts that it says it is about."""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature

from dunnock import moderation
from dunnock.federation import read_multikey
from dunnock.foundation.db import Db
from dunnock.transparency import store
from dunnock.transparency.archive.columns import ALIKE, NETWORKS, TWEETS, USERS
from dunnock.transparency.archive.pseudonyms import Pseudonyms
from dunnock.transparency.schema import faults_of

_CHUNK = 1_000
HASHED = re.compile("[0-9a-f]{64}")
"""What an account is called that does not keep its name."""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `wrong`: everything that is not as it should be, in words; empty: all is well."""

    wrong: tuple[str, ...]
    counts: dict[str, int]
    key: str = ""


def verify_release(folder: Path) -> Verified:
    """Check the files against the manifest, the manifest against its signature, and the tables against each other.

    Raises: OSError, msgspec.MsgspecError: there is no release in the folder.
    """
    content = (folder / "manifest.json").read_bytes()
    manifest: dict[str, Any] = msgspec.json.decode(content)
    seal: dict[str, str] = msgspec.json.decode((folder / "signature.json").read_bytes())
    wrong = [*_signature(content, seal), *_files(folder, manifest)]
    if not wrong:
        wrong += _tables(folder, manifest)
    return Verified(wrong=tuple(wrong), counts=manifest["counts"], key=seal.get("key", ""))


async def verify_against(db: Db, folder: Path) -> list[str]:
    """What of a release is not what this server did: accounts that are missing in it, and such as do not belong into it."""
    manifest: dict[str, Any] = msgspec.json.decode((folder / "manifest.json").read_bytes())
    key = await db.value(store.RELEASE_KEY, the=int(manifest["release"]))
    if key is None:
        return ["this server made no such release"]
    published = {name for (name,) in _columns(folder, users_file(manifest), ("userid",))}
    # Who had how many followers changes: whom the release names is named.
    names = Pseudonyms(
        bytes.fromhex(key), {int(one) for one in published if one.isdecimal() and not HASHED.fullmatch(one)}
    )
    should, after = set[str](), 0
    while ids := await moderation.actioned(db, [int(one) for one in manifest["decisions"]], after=after, most=_CHUNK):
        should.update(names.of(an_id) for an_id in ids)
        after = ids[-1]
    wrong = [f"{len(should - published)} accounts of the decisions are missing"] if should - published else []
    if published - should:
        wrong.append(f"{len(published - should)} accounts are there that the decisions are not about")
    return wrong


def _signature(content: bytes, seal: dict[str, str]) -> list[str]:
    key = read_multikey(seal.get("key"))
    if key is None:
        return ["the key of the signature is none"]
    try:
        key.verify(base64.b64decode(seal.get("signature", ""), validate=True), content)
    except (InvalidSignature, binascii.Error):
        return ["the signature of the manifest is wrong"]
    return []


def _files(folder: Path, manifest: dict[str, Any]) -> list[str]:
    wrong = []
    said: dict[str, dict[str, Any]] = manifest["files"]
    for name, about in said.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            wrong.append(f"{name} is missing")
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != about["sha256"]:
                wrong.append(f"{name} is not as it was published")
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"manifest.json", "signature.json"}
    }
    return wrong + [f"{name} is not in the manifest" for name in sorted(there - said.keys())]


def _tables(folder: Path, manifest: dict[str, Any]) -> list[str]:
    wrong, counts = [], manifest["counts"]
    known, hashed, alike = set[str](), 0, Counter[tuple[str, ...]]()
    number = 0
    for name, *facts in _columns(folder, users_file(manifest), ("userid", *ALIKE), header=USERS):
        known.add(name)
        number += 1
        if HASHED.fullmatch(name):
            hashed += 1
            alike[tuple(facts)] += 1
    if number != len(known) or number != counts.get("accounts", 0) or hashed != counts.get("hashed_accounts", 0):
        wrong.append("the number of accounts is not the one in the manifest")
    few = sum(times for facts, times in alike.items() if any(facts) and times < manifest["k_anonymity"]["k"])
    if few:
        wrong.append(f"{few} hashed accounts can be told from others by what is said of them")
    number = 0
    for name in sorted(one for one in manifest["files"] if "_tweets_" in one):
        strangers = 0
        for (author,) in _columns(folder, name, ("userid",), header=TWEETS):
            number += 1
            strangers += author not in known
        if strangers:
            wrong.append(f"a post in {name} is by nobody of the accounts")
    if number != counts.get("posts", 0):
        wrong.append("the number of posts is not the one in the manifest")
    return wrong + _networks(folder, manifest, known) + _statements(folder, manifest)


def _networks(folder: Path, manifest: dict[str, Any], known: set[str]) -> list[str]:
    """Each network has as many accounts and parts as the manifest says, and each account is of one."""
    found: dict[str, Counter[str]] = {one["decision"]: Counter() for one in manifest["networks"]}
    seen, wrong = set[str](), []
    for name, network, part in _columns(folder, "networks.csv", NETWORKS, header=NETWORKS):
        seen.add(name)
        if network in found:
            found[network].update(("accounts", part) if part else ("accounts",))
    if seen != known:
        wrong.append("the accounts of the networks are not the accounts of the release")
    for one in manifest["networks"]:
        said = {name: number for name, number in one["counts"].items() if name != "posts"}
        if said != dict(found[one["decision"]]):
            wrong.append(f"the figures of network {one['decision']} are not those of its accounts")
    return wrong


def _statements(folder: Path, manifest: dict[str, Any]) -> list[str]:
    wrong, number = list[str](), 0
    if "statements.jsonl" in manifest["files"]:
        with (folder / "statements.jsonl").open("rb") as file:
            for line in file:
                number += 1
                faults = faults_of(msgspec.json.decode(line))
                if faults and not wrong:
                    wrong.append(f"a statement of reasons does not fit the schema: {', '.join(faults)}")
    if number != manifest["counts"].get("statements", 0):
        wrong.append("the number of statements is not the one in the manifest")
    return wrong


def users_file(manifest: Mapping[str, Any]) -> str:
    """The name of the table of accounts."""
    return next((str(name) for name in manifest["files"] if "_users_" in name), "")


def _columns(
    folder: Path, name: str, columns: tuple[str, ...], header: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Some columns of a table, row by row; none when its columns are not `header`."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        first = next(rows, [])
        if header and tuple(first) != header:
            return
        at = [first.index(column) for column in columns]
        for row in rows:
            yield tuple(row[one] for one in at)
