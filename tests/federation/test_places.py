"""Addresses of this server's things are read back as what they were made for; nothing else is taken for them."""

from __future__ import annotations

import pytest

from dunnock.federation.places import Local, Places, host_of

PLACES = Places("https://here.example")


def test_what_is_made_is_read_back():
    assert PLACES.local(PLACES.actor("ada")) == PLACES.local(PLACES.profile("ada")) == Local("ada")
    assert PLACES.local(PLACES.post("ada", 7)) == PLACES.local(PLACES.page("ada", 7)) == Local("ada", 7)
    assert PLACES.local(PLACES.key("ada")) == Local("ada")
    assert PLACES.follow_of(PLACES.follow("ada", 9)) == ("ada", 9)
    assert PLACES.quote_request_of(PLACES.quote_request("ada", 7)) == 7


@pytest.mark.parametrize(
    "uri",
    [
        "https://here.example.evil.example/users/ada",
        "https://here.example@evil.example/users/ada",
        "http://here.example/users/ada",
        "https://here.example:8443/users/ada",
        "https://here.example/users/ada/statuses/007",
        "https://here.example/users/ada/statuses/" + "9" * 20,
        "https://here.example/users/../users/ada",
        "https://here.example/users/ada\n",
        "https://here.example",
        "",
    ],
)
def test_what_only_looks_like_ours_is_not(uri):
    assert PLACES.local(uri) is None


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("https://Far.Example:443/x", "far.example"),
        ("http://far.example:80/x", "far.example"),
        ("https://far.example:8443/x", "far.example:8443"),
        ("https://bücher.example/x", "xn--bcher-kva.example"),
    ],
)
def test_sc_002_a_host_has_one_spelling(uri, host):
    assert host_of(uri) == host


@pytest.mark.parametrize(
    "uri", [None, 7, "", "ftp://far.example/", "https://ada@far.example/", "https:///x", "https://[::1", "https://a b/"]
)
def test_sc_002_what_is_no_web_address_has_no_host(uri):
    assert host_of(uri) == ""


@pytest.mark.parametrize("end", ["\0", "\n", "\r\n", "\t", "\x7f", "鳥" * 700])
def test_an_address_holds_no_control_characters_and_no_more_bytes_than_an_index(end):
    assert host_of(f"https://far.example/{end}x") == ""
    assert host_of(f"https://far.example/{'鳥' * 600}x") == "far.example"
