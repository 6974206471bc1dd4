"""Signing and reading signed requests, both kinds: what is true passes, what was changed or left out does not."""

from __future__ import annotations

import functools
import time
from email.utils import formatdate

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from dunnock.federation.signatures import Request, SignatureMalformed, Signer, read, sign, verify
from dunnock.federation.signatures.claim import LONGEST_MS, MARGIN_MS, USUAL_MS, load_public
from dunnock.foundation.clock import HOUR, MINUTE

NOW = 1_790_000_000_000
KEY = "https://far.example/users/ada#main-key"
URL = "https://here.example/inbox?a=1&b=%2F"
BODY = b'{"type":"Create"}'
SCHEMES = ("draft", "rfc9421")


@functools.cache
def private():
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@functools.cache
def another():
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def pem(key) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed(scheme, *, body=BODY, key=None, now_ms=NOW, **changed) -> Request:
    """A request as it arrives here; `changed` are parts of it that somebody changed on the way."""
    method = "GET" if body is None else "POST"
    headers = sign(Signer(KEY, key or private()), method, URL, body=body, now_ms=now_ms, scheme=scheme)
    parts = {
        "method": method,
        "scheme": "https",
        "target": "/inbox?a=1&b=%2F",
        "headers": {"host": "here.example", **headers},
        "body": body,
    }
    return Request(**parts | changed)


def holds(request: Request, *, key=None, now_ms=NOW) -> bool:
    """Whether it would be believed."""
    try:
        return verify(read(request, now_ms=now_ms), (key or private()).public_key())
    except SignatureMalformed:
        return False


def with_header(request: Request, **headers: str) -> Request:
    held = dict(request.headers) | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(request.method, request.scheme, request.target, held, request.body)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("body", [None, b"", BODY], ids=["get", "empty", "post"])
def test_what_we_sign_is_believed(scheme, body):
    request = signed(scheme, body=body)
    assert read(request, now_ms=NOW).key_id == KEY
    assert holds(request)
    assert not holds(request, key=another())


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "changed",
    [{"method": "PUT"}, {"target": "/users/eve/inbox"}, {"target": "/inbox?a=2"}],
    ids=["method", "path", "query"],
)
def test_a_changed_request_is_not(scheme, changed):
    assert not holds(signed(scheme, **changed))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_changed_body_is_not(scheme):
    request = signed(scheme)
    with pytest.raises(SignatureMalformed, match="digest is another"):
        read(Request(request.method, request.scheme, request.target, request.headers, b"{}"), now_ms=NOW)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_sc_025_what_was_signed_for_another_server_is_not(scheme):
    assert not holds(with_header(signed(scheme), host="there.example"))


def test_sc_025_the_host_must_be_among_the_signed_parts():
    request = signed("draft")
    fewer = request.headers["signature"].replace(" host ", " ")
    with pytest.raises(SignatureMalformed, match="too little"):
        read(with_header(request, signature=fewer), now_ms=NOW)


@pytest.mark.parametrize("part", ["(request-target) ", " digest", " date"])
def test_the_draft_wants_target_digest_and_date(part):
    request = signed("draft")
    fewer = request.headers["signature"].replace(part, "" if part.endswith(" ") else " ", 1)
    assert fewer != request.headers["signature"]
    with pytest.raises(SignatureMalformed):
        read(with_header(request, signature=fewer), now_ms=NOW)


@pytest.mark.parametrize("part", ['"@method" ', '"@target-uri" ', ' "content-digest"'])
def test_rfc_9421_wants_method_target_and_digest(part):
    request = signed("rfc9421")
    fewer = request.headers["signature-input"].replace(part, "", 1)
    assert fewer != request.headers["signature-input"]
    with pytest.raises(SignatureMalformed, match="too little"):
        read(with_header(request, signature_input=fewer), now_ms=NOW)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_sc_026_an_old_request_is_not_believed_again(scheme):
    request = signed(scheme)
    assert holds(request, now_ms=NOW + USUAL_MS + MARGIN_MS - 1_000)
    assert not holds(request, now_ms=NOW + USUAL_MS + MARGIN_MS + 1_000)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_sc_026_nor_one_from_the_future(scheme):
    assert holds(signed(scheme, now_ms=NOW + HOUR - 1_000))
    assert not holds(signed(scheme, now_ms=NOW + HOUR + 2_000))


def test_sc_026_a_late_end_lengthens_no_further_than_half_a_day():
    request = signed("rfc9421")
    longer = request.headers["signature-input"] + f";expires={NOW // 1000 + 10_000_000}"
    late = with_header(request, signature_input=longer)
    read(late, now_ms=NOW + LONGEST_MS + MARGIN_MS)
    with pytest.raises(SignatureMalformed, match="too old"):
        read(late, now_ms=NOW + LONGEST_MS + MARGIN_MS + MINUTE)


def test_sc_030_names_are_signed_with_their_values():
    request = signed("draft")
    swapped = request.headers["signature"].replace("host date", "date host")
    assert swapped != request.headers["signature"]
    assert not holds(with_header(request, signature=swapped))


def test_a_date_that_names_no_zone_is_read_as_utc(monkeypatch):
    """RFC 5322 spells "no zone known" as -0000; where this server stands must not matter."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        request = signed("draft")
        unzoned = with_header(request, date=formatdate(NOW / 1000).replace("GMT", "-0000"))
        assert read(unzoned, now_ms=NOW).key_id == KEY
    finally:
        monkeypatch.undo()
        time.tzset()


def test_ed25519_is_believed_in_rfc_9421_and_not_taken_for_rsa():
    key = ed25519.Ed25519PrivateKey.generate()
    request = signed("rfc9421", key=key)
    assert holds(request, key=key)
    assert not holds(request)


@pytest.mark.parametrize("kind", ["curve", "nonsense", "long", "a NUL behind it"])
def test_keys_of_other_kinds_are_refused(kind):
    made = {
        "curve": lambda: pem(ec.generate_private_key(ec.SECP256R1())),
        "nonsense": lambda: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "long": lambda: "x" * 9_000,
        "a NUL behind it": lambda: pem(private()) + "\0",
    }[kind]()
    with pytest.raises(SignatureMalformed):
        load_public(made)


def test_usual_keys_are_taken():
    assert load_public(pem(private())).key_size == 2_048
    assert isinstance(load_public(pem(ed25519.Ed25519PrivateKey.generate())), ed25519.Ed25519PublicKey)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["signature", "signature-input", "date", "digest", "content-digest", "host"]),
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(
                [
                    'keyId="k",headers="(request-target) host date digest",signature="AAAA"',
                    'keyId="k",created=1e9,headers="(request-target) host (created) digest",signature="AA=="',
                    'sig1=("@method" "@target-uri" "content-digest");created=1790000000;keyid="k"',
                    "sig1=:AAAA:",
                    'sig1=("@method";req);created=99999999999999999999;keyid="k"',
                ]
            ),
        ),
    )
)
def test_whatever_comes_is_a_claim_or_malformed(headers):
    try:
        claim = read(Request("POST", "https", "/inbox", headers, BODY), now_ms=NOW)
    except SignatureMalformed:
        return
    assert not verify(claim, private().public_key())
