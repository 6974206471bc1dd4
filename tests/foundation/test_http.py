"""The one door out: where it does not go, and what it takes from those it asks."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from dunnock.foundation.addresses import may_reach, networks
from dunnock.foundation.http import Door, OutsideFailed, OutsideForbidden, Wanted
from outside import outside

__all__ = ["outside"]

AGENT = "Dunnock/0 (bot; +http://127.0.0.1:1/)"
ANY = Wanted(plain=True)


class Names:
    """A resolver that a test decides about: each name has a list of answers, given one after the other."""

    def __init__(self, **names: list[list[str]]) -> None:
        self.names, self.asked = names, 0

    async def __call__(self, host: str) -> list[str]:
        self.asked += 1
        left = self.names[host.partition(".")[0]]
        return left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """As `--dev` makes it."""
    one = Door(agent=AGENT, beyond=["127.0.0.0/28"], plain=True)
    yield one
    await one.close()


@pytest.fixture
async def named() -> AsyncIterator[Callable[[Names], Door]]:
    made: list[Door] = []

    def make(names: Names, *, plain: bool = True) -> Door:
        made.append(Door(agent=AGENT, beyond=["127.0.0.0/28"], plain=plain, resolve=names))
        return made[-1]

    yield make
    for one in made:
        await one.close()


FORBIDDEN_4 = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.9.9.9",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255", "168.63.129.16", "100.100.100.200",
]  # fmt: skip
FORBIDDEN_6 = [
    "::", "::1", "::7f00:1", "::ffff:0:0:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1",
    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1",
]  # fmt: skip
OPEN = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.255.255",
        "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e", "2400:cb00::1"]  # fmt: skip


@pytest.mark.parametrize("address", [*FORBIDDEN_4, *FORBIDDEN_6])
def test_only_globally_routable_unicast_is_reached(address):
    """SC-064, SC-065, SC-067: what IANA keeps for special purposes is not reached."""
    assert not may_reach(address)


@pytest.mark.parametrize("address", FORBIDDEN_4)
def test_an_address_in_another_dress_is_looked_at_bare(address):
    """SC-066, SC-067: mapped, NAT64, 6to4 and Teredo."""
    a, b, c, d = (int(part) for part in address.split("."))
    words = f"{a * 256 + b:x}:{c * 256 + d:x}"
    turned = f"{(a * 256 + b) ^ 0xFFFF:x}:{(c * 256 + d) ^ 0xFFFF:x}"
    for dressed in (
        f"::ffff:{address}",
        f"64:ff9b::{words}",
        f"2002:{words}::1",
        f"2001:0:808:808::{turned}",
        f"::{words}",
    ):
        assert not may_reach(dressed), dressed


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_reached(address):
    assert may_reach(address)
    if "." in address:
        a, b, c, d = (int(part) for part in address.split("."))
        assert may_reach(f"::ffff:{address}")
        assert may_reach(f"64:ff9b::{a * 256 + b:x}:{c * 256 + d:x}")


def test_nonsense_is_no_address():
    for text in ("", "1.1.1", "01.1.1.1", "0x7f000001", "2130706433", "1.1.1.1 ", "localhost", "::1::", "1.1.1.1/32"):
        assert not may_reach(text, beyond=networks(["127.0.0.0/8"]))


def test_the_development_ranges_are_a_list_and_no_more():
    beyond = networks(["127.0.0.0/28", "fd00::/64"])
    assert may_reach("127.0.0.1", beyond=beyond)
    assert may_reach("127.0.0.15", beyond=beyond)
    assert may_reach("::ffff:127.0.0.2", beyond=beyond)
    assert may_reach("fd00::5", beyond=beyond)
    for address in (
        "127.0.0.16",
        "127.9.9.9",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "fd00:0:0:1::1",
        "::ffff:127.9.9.9",
    ):
        assert not may_reach(address, beyond=beyond), address


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",  # SC-068
        "http://127.0.0.1:8081/",  # SC-077
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/", "https://169.254.169.254/latest/meta-data/", "https://[fe80::1%25eth0]/",
        "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/",
        "https://127.0.0.1./", "https://١٢٧.0.0.1/", "https://①27.0.0.1/", "https://127。0。0。1/",
        "ftp://example.org/", "file:///etc/passwd", "data:text/html,x", "javascript:alert(1)", "gopher://example.org/",
        "//example.org/", "example.org", "", "https://", "https:///x", "https://user@example.org/",
        "https://user:secret@example.org/", "https://example.org:22/", "https://example.org:25/", "https://example.org:0/",
        "https://example.org:6379/", "https://example.org:99999/", "https://example.org:x/", "https://exa mple.org/",
        "https://example.org\\@127.0.0.1/", "https://example.org/\r\nx: y", "https://exa%6Dple.org/", "https://a..b.example/",
        "https://.example.org/", "https://" + "a" * 300 + ".example/", "https://example.org/" + "a" * 2048,
        "http://example.org/",  # only https, unless the caller takes both
    ],
)  # fmt: skip
def test_what_is_refused_by_its_text(url):
    """SC-068, SC-074, SC-077, SC-078, SC-079: before anything is asked for."""
    with pytest.raises(OutsideForbidden):
        Door(agent=AGENT).check(url)


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "https://EXAMPLE.org:8443/a?b=c#d", "https://bücher.example/ü", "https://1.1.1.1/",
     "https://[2606:4700::1111]/", "https://xn--bcher-kva.example/", "https://a_b.example.org/", "https://example.org./"],
)  # fmt: skip
def test_what_is_not_refused_by_its_text(url):
    Door(agent=AGENT).check(url)
    Door(agent=AGENT).check(url.replace("https://", "http://").replace(":8443", ""), plain=True)


async def test_a_page(door, outside):
    outside.page(
        "/x?y=%C3%BC", "héllo".encode(), head="Content-Type: Text/HTML; charset=UTF-8\r\nLink: </a>\r\nLink: </b>"
    )
    answer = await door.get(f"http://127.0.0.1:{outside.port}/x?y=ü#part", Wanted(types=frozenset({"text/html"})))
    assert (answer.status, answer.type, answer.charset, answer.body) == (200, "text/html", "utf-8", "héllo".encode())
    assert answer.fine
    assert not answer.cut
    assert answer.links == ("</a>", "</b>")
    assert answer.url == f"http://127.0.0.1:{outside.port}/x?y=%C3%BC"
    [(line, headers, _)] = outside.asked
    assert line == "GET /x?y=%C3%BC HTTP/1.1"
    assert headers == {
        "host": f"127.0.0.1:{outside.port}", "user-agent": AGENT, "accept-encoding": "gzip, deflate", "accept": "*/*",
    }  # fmt: skip


async def test_nothing_is_taken_from_the_environment_or_remembered(door, outside, monkeypatch, tmp_path):
    """SC-079: no proxy, no cookies, no netrc."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    outside.page("/", head="set-cookie: a=b; path=/\r\ncontent-type: text/html")
    for _ in range(2):
        await door.get(f"http://127.0.0.1:{outside.port}/", ANY)
    assert len(outside.asked) == 2
    assert all("cookie" not in headers and "authorization" not in headers for _, headers, _ in outside.asked)


@pytest.mark.parametrize("address", ["127.9.9.9", "0.0.0.0", "169.254.169.254", "::1", "::ffff:127.9.9.9", "10.1.2.3"])
async def test_a_name_that_leads_inside_is_refused(named, outside, address):
    """SC-064, SC-066, SC-075, SC-080, SC-081."""
    with pytest.raises(OutsideForbidden):
        await named(Names(inside=[[address]])).get(f"http://inside.example:{outside.port}/", ANY)
    assert outside.asked == []


async def test_localhost_is_only_what_it_leads_to(outside):
    strict = Door(agent=AGENT)
    with pytest.raises(OutsideForbidden):
        await strict.get(f"http://localhost:{outside.port}/", ANY)
    await strict.close()
    assert outside.asked == []


async def test_a_name_is_asked_for_once_and_that_address_is_taken(named, outside):
    """SC-075: DNS rebinding. The second answer would lead inside; nobody asks for it."""
    outside.page("/")
    names = Names(two=[["127.0.0.1"], ["127.9.9.9"]])
    assert (await named(names).get(f"http://two.example:{outside.port}/", ANY)).fine
    assert names.asked == 1


async def test_each_connection_is_checked_anew(named, outside):
    """SC-075: rebinding between two requests. What was right before says nothing."""
    outside.page("/")
    names = Names(two=[["127.0.0.1"], ["127.9.9.9"]])
    one = named(names)
    assert (await one.get(f"http://two.example:{outside.port}/", ANY)).fine
    with pytest.raises(OutsideForbidden):
        await one.get(f"http://two.example:{outside.port}/", ANY)
    assert len(outside.asked) == 1


async def test_of_several_addresses_only_good_ones_are_tried(named, outside):
    outside.page("/")
    names = Names(mixed=[["127.9.9.9", "::1", "127.0.0.1"]])
    assert (await named(names).get(f"http://mixed.example:{outside.port}/", ANY)).fine


async def test_the_socket_is_the_last_to_look(named, outside, monkeypatch):
    """Whatever a library would do with names some day, the address of the connection is looked at."""
    one = named(Names(x=[["127.9.9.9"]]))
    listening = await asyncio.start_server(outside.serve, "127.9.9.9", 0)
    port = listening.sockets[0].getsockname()[1]

    async def blind(host: str) -> list[str]:
        return ["127.9.9.9"]

    monkeypatch.setattr(one, "_allowed", blind)
    with pytest.raises(OutsideFailed):
        await one.get(f"http://x.example:{port}/", ANY)
    listening.close()
    await listening.wait_closed()
    assert outside.asked == []


async def test_a_name_without_addresses_fails(named, outside):
    with pytest.raises(OutsideFailed):
        await named(Names(empty=[[]])).get(f"http://empty.example:{outside.port}/", ANY)


@pytest.mark.parametrize(
    "to",
    ["http://127.9.9.9:{port}/", "http://inside.example:{port}/", "file:///etc/passwd", "ftp://friend.example/x",
     "data:text/html,x", "//inside.example:{port}/", "http://friend.example:22/", "http://u:p@friend.example:{port}/",
     "http://[::1]:{port}/"],
)  # fmt: skip
async def test_a_redirect_is_checked_like_the_first_address(named, outside, to):
    """SC-069, SC-070, SC-072."""
    outside.redirect("/", to.format(port=outside.port))
    one = named(Names(friend=[["127.0.0.1"]], inside=[["127.9.9.9"]]))
    with pytest.raises(OutsideForbidden):
        await one.get(f"http://friend.example:{outside.port}/", ANY)
    assert len(outside.asked) == 1


async def test_a_redirect_to_plain_http_is_refused_where_only_https_will_do(outside, tmp_path):
    """SC-072; SC-134: a certificate of somebody else is none."""
    key, cert = _certificate(tmp_path)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(cert, key)
    client_side = ssl.create_default_context(cafile=str(cert))
    secure = await asyncio.start_server(outside.serve, "127.0.0.1", 0, ssl=server_side)
    port = secure.sockets[0].getsockname()[1]
    outside.redirect("/", f"http://friend.example:{outside.port}/plain")
    outside.page("/plain")
    outside.page("/fine")
    one = Door(
        agent=AGENT,
        beyond=["127.0.0.0/28"],
        resolve=Names(friend=[["127.0.0.1"]], other=[["127.0.0.1"]]),
        tls=client_side,
    )
    assert (await one.get(f"https://friend.example:{port}/fine", Wanted())).fine
    with pytest.raises(OutsideForbidden):
        await one.get(f"https://friend.example:{port}/", Wanted())
    with pytest.raises(OutsideFailed):  # the certificate is for the name, not for the address
        await one.get(f"https://other.example:{port}/fine", Wanted())
    await one.close()
    secure.close()
    await secure.wait_closed()


def _certificate(folder: Path) -> tuple[Path, Path]:
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "friend.example")])
    now = dt.datetime.now(dt.UTC)
    cert = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("friend.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "cert.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    return folder / "key.pem", folder / "cert.pem"


async def test_redirects_are_followed_up_to_a_number(door, outside):
    """SC-072."""
    for number in range(6):
        outside.redirect(f"/{number}", f"{number + 1}", status=[301, 302, 303, 307, 308, 302][number])
    outside.page("/3")
    outside.page("/6")
    answer = await door.get(f"http://127.0.0.1:{outside.port}/0", ANY)
    assert answer.url.endswith("/3")
    outside.redirect("/3", "/4")
    with pytest.raises(OutsideFailed):
        await door.get(f"http://127.0.0.1:{outside.port}/0", ANY)
    assert len(outside.asked) == 4 + 4


async def test_a_circle_is_left(door, outside):
    """SC-073."""
    outside.redirect("/", "/#again")
    with pytest.raises(OutsideFailed):
        await door.get(f"http://127.0.0.1:{outside.port}/", ANY)
    assert len(outside.asked) == 1


async def test_headers_do_not_follow_to_another_host(named, outside):
    outside.redirect("/", f"http://other.example:{outside.port}/there")
    outside.page("/there")
    one = named(Names(friend=[["127.0.0.1"]], other=[["127.0.0.1"]]))
    headers = {"Authorization": "Bearer secret", "Accept": "text/html", "Signature": "x", "Cookie": "a=b"}
    await one.get(f"http://friend.example:{outside.port}/", ANY, headers=headers)
    (_, first, _), (_, second, _) = outside.asked
    assert (first["authorization"], first["signature"], first["accept"]) == ("Bearer secret", "x", "text/html")
    assert "authorization" not in second
    assert "signature" not in second
    assert "cookie" not in second
    assert second["accept"] == "text/html"


async def test_a_post_follows_nothing(door, outside):
    """SC-071."""
    outside.redirect("/", "/elsewhere", status=307)
    answer = await door.post(f"http://127.0.0.1:{outside.port}/", b"body", ANY, headers={"ttl": "5"})
    assert answer.status == 307
    [(line, headers, body)] = outside.asked
    assert (line, headers["ttl"], body) == ("POST / HTTP/1.1", "5", b"body")


@pytest.mark.parametrize("address", ["127.9.9.9", "10.0.0.1", "::1"])
async def test_a_post_goes_nowhere_inside(named, outside, address):
    """SC-071, SC-078."""
    with pytest.raises(OutsideForbidden):
        await named(Names(inside=[[address]])).post(f"http://inside.example:{outside.port}/", b"x", ANY)
    assert outside.asked == []


async def test_a_body_is_counted_after_decompression(door, outside):
    bomb = gzip.compress(b"a" * 30_000_000)
    for encoding, body in (("gzip", bomb), ("deflate", zlib.compress(b"a" * 30_000_000))):
        outside.page("/bomb", body, head=f"content-type: text/html\r\ncontent-encoding: {encoding}")
        with pytest.raises(OutsideFailed):
            await door.get(f"http://127.0.0.1:{outside.port}/bomb", ANY)
        answer = await door.get(f"http://127.0.0.1:{outside.port}/bomb", Wanted(plain=True, most=1000, cut=True))
        assert (answer.body, answer.cut) == (b"a" * 1000, True)


async def test_a_large_body_is_refused_or_cut(door, outside):
    outside.page("/", b"a" * 2000)
    with pytest.raises(OutsideFailed):
        await door.get(f"http://127.0.0.1:{outside.port}/", Wanted(most=1999))
    assert (await door.get(f"http://127.0.0.1:{outside.port}/", Wanted(most=2000))).body == b"a" * 2000

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\n\r\n")
        while True:
            writer.write(b"a" * 10_000)
            await writer.drain()

    outside.answers["/endless"] = endless
    with pytest.raises(OutsideFailed):
        await door.get(f"http://127.0.0.1:{outside.port}/endless", ANY)


async def test_another_type_is_refused_unread(door, outside):
    """SC-003: only what was asked for is read."""
    outside.page("/", head="content-type: application/json")
    outside.page("/none", head="x: y")
    for path in ("/", "/none"):
        with pytest.raises(OutsideFailed):
            await door.get(f"http://127.0.0.1:{outside.port}{path}", Wanted(types=frozenset({"text/html"})))


async def test_an_error_is_answered_without_its_body(door, outside):
    outside.page("/", b"long story", head="content-type: text/plain", status=410)
    answer = await door.get(f"http://127.0.0.1:{outside.port}/", Wanted(types=frozenset({"text/html"})))
    assert (answer.status, answer.body, answer.fine) == (410, b"", False)


async def test_drops_of_a_body_do_not_keep_us(door, outside):
    """SC-085."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.05)

    outside.answers["/"] = drip
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(OutsideFailed):
        await door.get(f"http://127.0.0.1:{outside.port}/", Wanted(plain=True, within_s=0.4))
    assert loop.time() - began < 3


async def test_time_holds_over_redirects_together(door, outside):
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(f"HTTP/1.1 302 X\r\nlocation: /{len(outside.asked)}\r\ncontent-length: 0\r\n\r\n".encode())

    for number in range(10):
        outside.answers[f"/{number}"] = slowly
    with pytest.raises(OutsideFailed):
        await door.get(f"http://127.0.0.1:{outside.port}/0", Wanted(plain=True, hops=9, within_s=0.5))
    assert len(outside.asked) <= 2


async def test_headers_are_counted_and_measured(door, outside):
    outside.page("/many", head="\r\n".join(f"x-{n}: y" for n in range(200)))
    outside.page("/long", head="x: " + "y" * 20_000)
    for path in ("/many", "/long"):
        with pytest.raises(OutsideFailed):
            await door.get(f"http://127.0.0.1:{outside.port}{path}", ANY)


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc",
     b"HTTP/1.1 200 X\r\ncontent-length: x\r\n\r\n", b"HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\nabc",
     b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
     b"HTTP/1.1 302 X\r\nlocation: http://[\r\ncontent-length: 0\r\n\r\n"],
)  # fmt: skip
async def test_nonsense_fails_in_one_way(door, outside, answer):
    outside.answers["/"] = answer
    with pytest.raises((OutsideFailed, OutsideForbidden)):
        await door.get(f"http://127.0.0.1:{outside.port}/", ANY)


async def test_at_most_four_at_once_to_one_host(door, outside):
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

    outside.answers["/"] = slowly
    await asyncio.gather(*(door.get(f"http://127.0.0.1:{outside.port}/", ANY) for _ in range(12)))
    assert len(outside.asked) == 12
    assert outside.most_under_way <= 4


async def test_a_name_nobody_answers_for_holds_up_nobody(named, outside):
    async def never(host: str) -> list[str]:
        await asyncio.sleep(60)
        return []

    with pytest.raises(OutsideFailed):
        await named(never).get("http://slow.example/", Wanted(plain=True, within_s=0.2))


async def test_it_opens_again_after_closing(door, outside):
    outside.page("/")
    for _ in range(2):
        assert (await door.get(f"http://127.0.0.1:{outside.port}/", ANY)).fine
        await door.close()


def test_whoever_only_knows_the_door_does_not_pay_for_it():
    said = subprocess.run(
        [sys.executable, "-c", "import sys, dunnock.app.build; print('aiohttp' in sys.modules, 'yarl' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["False", "False"]
