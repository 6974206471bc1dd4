"""Which letters of a name are not those of the name that it is like."""

from __future__ import annotations

import pytest

from dunnock.integrity.identity.letters import compare


@pytest.mark.parametrize(
    ("name", "like", "parts"),
    [
        ("wrenbank", "wrenbank", [("wrenbank", "same", "")]),
        ("WrenBank", "wrenbank", [("WrenBank", "same", "")]),
        ("wr\u0435nbank", "wrenbank", [("wr", "same", ""), ("\u0435", "alike", "e"), ("nbank", "same", "")]),
        ("wrenb4nk", "wrenbank", [("wrenb", "same", ""), ("4", "alike", "a"), ("nk", "same", "")]),
        ("wrenbonk", "wrenbank", [("wrenb", "same", ""), ("o", "other", "a"), ("nk", "same", "")]),
        (
            "wren_bank_help",
            "wrenbank",
            [("wren", "same", ""), ("_", "other", ""), ("bank", "same", ""), ("_help", "other", "")],
        ),
        ("wrenban", "wrenbank", [("wrenban", "same", "")]),
        ("", "wrenbank", []),
        ("x", "", [("x", "other", "")]),
    ],
)
def test_parts(name, like, parts):
    assert [(one.text, one.how, one.of) for one in compare(name, like)] == parts


def test_what_characters_are_called():
    [_, one, _] = compare("wr\u0435n", "wren")
    assert one.called == ("CYRILLIC SMALL LETTER IE",)
    assert compare("\ue000", "x")[0].called == ("U+E000",)
