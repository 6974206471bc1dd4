"""Takes out of a release what was taken back: a new version beside the old one, with the same names for the same accounts."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import hmac
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dunnock import moderation
from dunnock.federation import Federation
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db
from dunnock.transparency.archive.columns import ALIKE, MEDIA, NETWORKS, TWEETS, USERS
from dunnock.transparency.archive.crowd import Crowd, Facts
from dunnock.transparency.archive.export import seal_release
from dunnock.transparency.archive.files import Files, listed
from dunnock.transparency.archive.pseudonyms import Pseudonyms
from dunnock.transparency.archive.stix import write_stix
from dunnock.transparency.archive.verify import HASHED, users_file

_CHUNK = 1_000
_VERSION = re.compile(r"-version-\d+$")
_NAMED = tuple(USERS.index(one) for one in ALIKE)
_TOLD = tuple(TWEETS.index(one) for one in ALIKE)


class Amended(msgspec.Struct, frozen=True, kw_only=True):
    """A new version: where it is, the SHA-256 of its manifest, its counts, and how much of what was taken out."""

    folder: Path
    manifest: str
    counts: dict[str, int]
    taken_out: dict[str, int]


async def amend_release(db: Db, federation: Federation, folder: Path, key: bytes) -> Amended | None:
    """Write the release of `folder` anew, with those accounts alone that its decisions are in force for; None: it is so.

    What the old version says stays as it is, but for accounts that others could be told from now: their figures get coarser.
    """
    manifest: dict[str, Any] = msgspec.json.decode((folder / "manifest.json").read_bytes())
    published = {row[0] for row in _rows(folder / users_file(manifest), USERS)}
    names = Pseudonyms(key, {int(one) for one in published if not HASHED.fullmatch(one)})
    stands = await _in_force(db, [int(one) for one in manifest["decisions"]], names)
    if published <= stands.keys():
        return None
    version = int(manifest.get("version", 1)) + 1
    new = folder.with_name(f"{_VERSION.sub('', folder.name)}-version-{version}")
    making = folder.with_name(f".{new.name}.part")
    written = await asyncio.to_thread(_Amending(folder, making, manifest, key, stands).write)
    taken_out = {
        name: number - written.counts.get(name, 0)
        for name, number in manifest["counts"].items()
        if name in {"accounts", "posts", "statements", "media"} and number > written.counts.get(name, 0)
    }
    old = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    note = {"version": version - 1, "manifest": old, "until": iso(now_ms()), "taken_out": taken_out}
    manifest |= {
        "version": version,
        "earlier": [*manifest.get("earlier", ()), note],
        "networks": [
            {**one, "counts": dict(written.networks.get(one["decision"], {}))} for one in manifest["networks"]
        ],
        "counts": dict(written.counts),
    }
    await asyncio.to_thread(write_stix, making, manifest)
    manifest["files"] = listed(making, written.rows)
    digest = await seal_release(federation, making, manifest)
    shutil.rmtree(new, ignore_errors=True)
    making.rename(new)
    return Amended(folder=new, manifest=digest, counts=dict(written.counts), taken_out=taken_out)


async def _in_force(db: Db, decision_ids: Sequence[int], names: Pseudonyms) -> dict[str, set[str]]:
    """Whom the decisions are in force for, by name: which of them."""
    stands: dict[str, set[str]] = {}
    after = 0
    while ids := await moderation.actioned(db, decision_ids, after=after, most=_CHUNK):
        for an_id, whose in (await moderation.decisions_over(db, decision_ids, ids)).items():
            stands[names.of(an_id)] = {str(one) for one in whose}
        after = ids[-1]
    return stands


class _Amending:
    """Filters the files of one version into those of the next. Rows are read and written one by one."""

    def __init__(
        self, old: Path, new: Path, manifest: Mapping[str, Any], key: bytes, stands: Mapping[str, set[str]]
    ) -> None:
        self._old, self._new, self._manifest = old, new, manifest
        self._published = {row[0]: row for row in _rows(old / users_file(manifest), USERS)}
        self._stands = {name: whose for name, whose in stands.items() if name in self._published}
        self._gone = _Gone(key, [row for name, row in self._published.items() if name not in stands])
        self._coarser = self._settle()
        self.counts, self.networks = Counter[str](), dict[str, Counter[str]]()
        self.rows: dict[str, int] = {}

    def write(self) -> _Amending:
        """Write all but the manifest."""
        shutil.rmtree(self._new, ignore_errors=True)
        self._new.mkdir()
        files = Files(self._new, {}, self.rows)
        self._users(files)
        media = {row[0] for row in _rows(self._old / "media.csv", MEDIA)}
        kept = self._posts(files, media)
        self._media(files, kept)
        self._statements(files)
        files.save()
        files.close()
        return self

    def _users(self, files: Files) -> None:
        name = users_file(self._manifest)
        files.head(name, USERS)
        for one, row in self._published.items():
            if one in self._stands:
                self.counts["accounts"] += 1
                self.counts["hashed_accounts"] += HASHED.fullmatch(one) is not None
                files.row(name, self._gone.hide(self._told(one, row, _NAMED)))
        files.head("networks.csv", NETWORKS)
        for one, decision, part in _rows(self._old / "networks.csv", NETWORKS):
            if decision in self._stands.get(one, ()):
                files.row("networks.csv", (one, decision, part))
                held = self.networks.setdefault(decision, Counter())
                held.update(("accounts", part) if part else ("accounts",))

    def _posts(self, files: Files, media: set[str]) -> set[str]:
        """The posts that stay and show files."""
        kept = set[str]()
        for name in sorted(one for one in self._manifest["files"] if "_tweets_" in one):
            files.head(name, TWEETS)
            for row in _rows(self._old / name, TWEETS):
                whose = self._stands.get(row[1])
                if whose is None:
                    continue
                self.counts["posts"] += 1
                for decision in whose:
                    self.networks.setdefault(decision, Counter())["posts"] += 1
                files.row(name, self._gone.hide(self._told(row[1], row, _TOLD)))
                if row[0] in media:
                    kept.add(row[0])
        return kept

    def _media(self, files: Files, kept: set[str]) -> None:
        files.head("media.csv", MEDIA)
        wanted = set[str]()
        for row in _rows(self._old / "media.csv", MEDIA):
            if row[0] in kept:
                files.row("media.csv", row)
                self.counts["media"] += 1
                wanted.add(row[2])
        for path in sorted((self._old / "media").glob("*")):
            if path.stem in wanted:
                (self._new / "media").mkdir(exist_ok=True)
                os.link(path, self._new / "media" / path.name)

    def _statements(self, files: Files) -> None:
        if "statements.jsonl" not in self._manifest["files"]:
            return
        stand = {f"{decision}-{name[:32]}" for name, whose in self._stands.items() for decision in whose}
        with (self._old / "statements.jsonl").open("rb") as lines:
            for line in lines:
                if msgspec.json.decode(line)["puid"] in stand:
                    files.line("statements.jsonl", line)
                    self.counts["statements"] += 1

    def _settle(self) -> dict[Facts, Facts]:
        """How coarse what is said of the hashed accounts that stay must be, now that they are fewer."""
        crowd, seen = Crowd(), set[Facts]()
        for name in self._stands:
            if HASHED.fullmatch(name):
                facts = _facts(self._published[name], _NAMED)
                crowd.add(facts)
                seen.add(facts)
        crowd.settle()
        return {facts: crowd.shown(facts) for facts in seen}

    def _told(self, name: str, row: Sequence[str], at: Sequence[int]) -> list[str]:
        told = list(row)
        if HASHED.fullmatch(name):
            shown = self._coarser[_facts(row, at)]
            for place, value in zip(at, shown, strict=True):
                told[place] = "" if value is None else str(value)
        return told


class _Gone:
    """Hides those who had their names in the release and do not belong to it any more."""

    def __init__(self, key: bytes, rows: Sequence[Sequence[str]]) -> None:
        self._hashed = {
            row[0]: hmac.new(key, f"account:{row[0]}".encode(), hashlib.sha256).hexdigest()
            for row in rows
            if not HASHED.fullmatch(row[0])
        }
        handles = {row[2].casefold(): row[0] for row in rows if row[0] in self._hashed and row[2]}
        self._words = {f"@{handle}": f"@{self._hashed[an_id][:15]}" for handle, an_id in handles.items()}
        self._words |= self._hashed
        parts = sorted(map(re.escape, self._words), key=len, reverse=True)
        self._find = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?![\w])", re.IGNORECASE) if parts else None

    def hide(self, row: list[str]) -> list[str]:
        """The row without their ids and handles."""
        if self._find is None:
            return row
        called: Callable[[re.Match[str]], str] = lambda found: self._words[found[0].casefold()]  # noqa: E731
        return [self._find.sub(called, cell) for cell in row]


def _facts(row: Sequence[str], at: Sequence[int]) -> Facts:
    day, language, followers, following = (row[one] for one in at)
    return day, language, int(followers) if followers else None, int(following) if following else None


def _rows(path: Path, header: tuple[str, ...]) -> Iterator[list[str]]:
    """Rows of a table, which was checked against its manifest when it was published."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows)) != header:
            raise ValueError(f"{path.name} has other columns")
        yield from rows
