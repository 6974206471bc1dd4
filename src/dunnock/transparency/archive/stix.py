"""A release as STIX 2.1: what other teams' programs read of a network, called as in the tables. Source: OASIS, STIX 2.1.

Each network is a campaign that uses attack patterns (techniques of DISARM), a grouping of its accounts and what was observed of
them, and a sighting that joins the two. Objects are written one by one, and have the same ids each time.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

STIX_FILE = "networks.stix.json"
_SPACE = uuid.UUID("6f1c1c5e-2f0b-5d57-9a52-6f6c4ed2a0c1")
_DISARM = "https://github.com/DISARMFoundation/DISARMframeworks"


def write_stix(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the bundle into the release's folder, from its tables."""
    with (folder / STIX_FILE).open("w", encoding="utf-8") as file:
        _Bundle(folder, manifest, file).write()


class _Bundle:
    """One bundle on its way into a file."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], file: IO[str]) -> None:
        import stix2  # noqa: PLC0415 (half a second, for those alone who write a release)

        self._stix, self._folder, self._manifest, self._file = stix2, folder, manifest, file
        self._at = manifest["made_at"]
        self._first = True

    def write(self) -> None:
        """Write it whole."""
        self._file.write(f'{{"type": "bundle", "id": "{self._id("bundle", "all")}", "objects": [')
        server = self._stix.Identity(
            id=self._id("identity", self._manifest["server"]), created=self._at, modified=self._at,
            name=self._manifest["server"], identity_class="organization",
        )  # fmt: skip
        self._put(server)
        self._by = server.id
        self._patterns()
        accounts, spans = self._accounts(), self._spans()
        for network in self._manifest["networks"]:
            members = accounts.get(network["decision"], [])
            if members:
                self._network(network, members, spans.get(network["decision"]))
        self._file.write("\n]}\n")

    def _patterns(self) -> None:
        for technique in self._manifest["disarm"]:
            where = {"source_name": "mitre-attack", "external_id": technique, "url": _DISARM}
            about = self._about("attack-pattern", technique)
            self._put(self._stix.AttackPattern(**about, name=technique, external_references=[where]))

    def _accounts(self) -> dict[str, list[str]]:
        """Write each account once; their ids by network."""
        found: dict[str, list[str]] = {}
        written = dict[str, str]()
        for row in self._rows("networks.csv"):
            name = row["userid"]
            if name not in written:
                account = self._stix.UserAccount(user_id=name, account_type="fediverse", is_disabled=True)
                self._put(account)
                written[name] = account.id
            found.setdefault(row["decision"], []).append(written[name])
        return found

    def _spans(self) -> dict[str, tuple[str, str]]:
        """When each network posted first and last."""
        whose: dict[str, list[str]] = {}
        for row in self._rows("networks.csv"):
            whose.setdefault(row["userid"], []).append(row["decision"])
        spans: dict[str, tuple[str, str]] = {}
        for name in sorted(path.name for path in self._folder.glob("*_tweets_*.csv")):
            for row in self._rows(name):
                at = f"{row['tweet_time'].replace(' ', 'T')}:00Z"
                for network in whose.get(row["userid"], ()):
                    first, last = spans.get(network, (at, at))
                    spans[network] = min(first, at), max(last, at)
        return spans

    def _network(self, network: Mapping[str, Any], members: list[str], span: tuple[str, str] | None) -> None:
        name, counts = network["decision"], network["counts"]
        first, last = span or (self._at, self._at)
        title = f"{self._manifest['title']} ({name})"
        campaign = self._stix.Campaign(
            **self._about("campaign", name), name=title, description=self._manifest["method"] or title, first_seen=first,
            **({"last_seen": last} if last > first else {}),
        )  # fmt: skip
        self._put(campaign)
        for technique in network["disarm"]:
            self._put(
                self._stix.Relationship(
                    **self._about("relationship", f"{name} uses {technique}"), relationship_type="uses",
                    source_ref=campaign.id, target_ref=self._id("attack-pattern", technique),
                )
            )  # fmt: skip
        observed = self._stix.ObservedData(
            **self._about("observed-data", name), first_observed=first, last_observed=last,
            number_observed=min(max(counts.get("posts", 0), 1), 999_999_999), object_refs=members,
        )  # fmt: skip
        self._put(observed)
        self._put(
            self._stix.Grouping(
                **self._about("grouping", name), name=title, context="suspicious-activity",
                object_refs=[campaign.id, observed.id, *members],
            )
        )  # fmt: skip
        self._put(
            self._stix.Sighting(
                **self._about("sighting", name), sighting_of_ref=campaign.id, observed_data_refs=[observed.id],
                where_sighted_refs=[self._by], count=len(members),
            )
        )  # fmt: skip

    def _about(self, kind: str, what: str) -> dict[str, Any]:
        return {"id": self._id(kind, what), "created": self._at, "modified": self._at, "created_by_ref": self._by}

    def _id(self, kind: str, what: str) -> str:
        """The same id each time for the same thing of the same release."""
        whole = f"{self._manifest['server']} {self._manifest['release']} {kind} {what}"
        return f"{kind}--{uuid.uuid5(_SPACE, whole)}"

    def _put(self, thing: Any) -> None:
        self._file.write(("\n" if self._first else ",\n") + thing.serialize())
        self._first = False

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        with (self._folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
