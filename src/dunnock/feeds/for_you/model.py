"""The public weight file: what counts how much. Plain text, so that anybody can read it, change it and compare.

A score is a sum: for each feature `weight * shape(value)`, where `log` is `ln(1 + value / scale)` and `plain` is
`value / scale`. A feature that is 0 adds exactly 0, so a receipt needs to name only what is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LARGEST = 64_000  # bytes of a weight file


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One feature's part in the score. `about`: for people who read the file."""

    weight: float
    scale: float = 1.0
    shape: Literal["log", "plain"] = "log"
    about: str = ""


class Arranging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is done to a sorted list. `author` is taken off for each item of the same author above, `tag` for each with a tag
    in common; at most `most_of_author` of one author in a page; of a page at least `small` (a share) by small or new
    authors, while there are such candidates; `explore`: the share that is drawn at random among what passed the gate.
    """

    author: float = 0.0
    tag: float = 0.0
    most_of_author: int = 3
    small: float = 0.0
    explore: float = 0.0


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    feature: dict[str, Weight]
    about: str = ""
    arrange: Arranging = Arranging()


class BadWeights(Exception):
    """A weight file can't be used; the text says why."""


class Model:
    """A weight file that was read. `text` is the file itself; `hash` its SHA-256, by which receipts name it."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        """Read a file that weighs features among `names`.

        Raises:
            BadWeights: it is none.
        """
        if len(text.encode()) > LARGEST:
            raise BadWeights("The weight file is too large.")
        try:
            parsed = msgspec.toml.decode(text, type=_File)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BadWeights(f"The weight file can't be read: {error}") from error
        for name, one in parsed.feature.items():
            if name not in names:
                raise BadWeights(f"There is no feature {name!r}.")
            if not (np.isfinite(one.weight) and abs(one.weight) <= 100 and 1e-9 <= one.scale <= 1e9):
                raise BadWeights(f"The weight or the scale of {name!r} is out of range.")
        arrange = parsed.arrange
        if not (0 <= arrange.explore <= 0.01 and 0 <= arrange.small <= 0.5 and 1 <= arrange.most_of_author <= 40):
            raise BadWeights("explore is at most 0.01, small at most 0.5, most_of_author from 1 to 40.")
        if not (0 <= arrange.author <= 100 and 0 <= arrange.tag <= 100):
            raise BadWeights("author and tag are from 0 to 100.")
        self.text, self.version, self.about, self.arrange = text, parsed.version, parsed.about, arrange
        self.weights, self.names = parsed.feature, names

    @cached_property
    def hash(self) -> str:
        """By what receipts name this file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def _vectors(self) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        none = Weight(0.0)
        each = [self.weights.get(name, none) for name in self.names]
        return (
            np.array([one.weight for one in each]),
            np.array([one.scale for one in each]),
            np.array([one.shape == "log" for one in each]),
        )

    @property
    def vector(self) -> Floats:
        """The weights, in the order of the names."""
        return self._vectors[0]

    def shaped(self, values: Floats) -> Floats:
        """The values as the weights multiply them, of the same shape."""
        _, scale, logs = self._vectors
        scaled: Floats = values / scale
        curved = scaled[:, logs]
        there = curved != 0  # most are 0, and stay so
        curved[there] = np.log1p(curved[there])
        scaled[:, logs] = curved
        return scaled

    def contributions(self, values: Floats) -> Floats:
        """What each feature adds to each item's score; `values` and the result are `(n_items, n_features)`."""
        return self.shaped(values) * self.vector


def text_of(base: Model, weights: Mapping[str, float], *, version: str, about: str = "") -> str:
    """The text of a file as `base` with other weights for some of its features."""
    lines = [f"version = {_quoted(version)}", f"about = {_quoted(about)}", "", "[arrange]"]
    lines += [f"{name} = {getattr(base.arrange, name)!r}" for name in Arranging.__struct_fields__]
    for name, one in base.weights.items():
        lines += ["", f"[feature.{_quoted(name)}]", f"weight = {float(weights.get(name, one.weight))!r}"]
        lines += [f"scale = {float(one.scale)!r}", f"shape = {_quoted(one.shape)}", f"about = {_quoted(one.about)}"]
    return "\n".join(lines) + "\n"


def default_text() -> str:
    """The weight file that comes with the program."""
    return files("dunnock.feeds.for_you").joinpath("weights.toml").read_text()


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
