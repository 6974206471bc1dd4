"""A program for `test_guided.py`: libFuzzer looks for bytes that our readers of what others write do not expect.

    python guided.py FOLDER -runs=N -seed=1

The first byte says who reads the rest. Nothing but the errors that each reader names may be raised, and what it gives is within
its limits.
"""

from __future__ import annotations

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["dunnock.federation", "dunnock.text"], enable_loader_override=False):
    import msgspec

    from dunnock.federation import objects, parse, people
    from dunnock.federation.errors import ActivityInvalid
    from dunnock.federation.multikey import read_multikey
    from dunnock.federation.places import host_of
    from dunnock.federation.signatures import Request, SignatureMalformed, read
    from dunnock.text import BadDomain, canonical_domain, plain, sanitise

NOW = 1_790_000_000_000


def document(body: bytes) -> None:
    """A post, an actor, or what only is JSON."""
    try:
        held = parse.read_json(body)
    except (msgspec.DecodeError, ValueError):
        return
    try:
        post = objects.read_post(held, followers="https://a.example/users/bob/followers", now=NOW)
    except ActivityInvalid:
        pass
    else:
        assert host_of(post.uri) == host_of(post.author) != ""
        assert sanitise(post.html) == post.html
        assert len(post.links) <= 5
    try:
        actor = people.read_actor(held, NOW)
    except ActivityInvalid:
        pass
    else:
        assert host_of(actor.remote.inbox) == actor.remote.host
        assert sanitise(actor.account.bio_html) == actor.account.bio_html


def html(body: bytes) -> None:
    """What may be shown stays as it is when it is cleaned again."""
    safe = sanitise(body.decode("utf-8", "replace"))
    assert sanitise(safe) == safe
    assert "<script" not in safe.lower()
    plain(safe)


def signature(body: bytes) -> None:
    """The headers of a signed request, a line each, then its body."""
    head, _, rest = body.partition(b"\n\n")
    lines = [line.partition(":") for line in head.decode("latin-1").split("\n")]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    try:
        claim = read(Request("POST", "https", "/inbox", headers, rest), now_ms=NOW)
    except SignatureMalformed:
        return
    assert claim.key_id


def names(body: bytes) -> None:
    """Addresses, domains and keys."""
    text = body.decode("utf-8", "replace")
    if host := host_of(text):
        assert canonical_domain(host, port=True) == host
    with contextlib.suppress(BadDomain):
        assert canonical_domain(canonical_domain(text)) == canonical_domain(text)
    read_multikey(text)


READERS = (document, html, signature, names)


def one(data: bytes) -> None:
    """One input."""
    if data:
        READERS[data[0] % len(READERS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
