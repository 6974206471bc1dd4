"""The one door out: every request that leaves this server goes through `Door`, which goes nowhere it must not.

A name is resolved once, each address is checked, and the connection is opened to that very address. Nothing comes from the
environment (no proxies), nothing is remembered (no cookies), and every limit holds for the whole of a request.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

import msgspec

from dunnock.foundation.addresses import may_reach, networks
from dunnock.foundation.errors import DomainError, Kind

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import AbstractResolver
    from yarl import URL

Resolve = Callable[[str], Awaitable[Collection[str]]]
"""Finds the addresses of a host name, as text."""
Headers = Mapping[str, str] | Callable[[str], Mapping[str, str]]
"""What goes along: for the server of the first address only, or made anew for each address of the way (signatures)."""

MAX_URL = 2048
AT_ONCE, PER_HOST = 32, 4
_ADDRESSES = 8  # of one name that are tried
_HEADERS, _HEADER_BYTES = 100, 8190
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9_-][a-z0-9_.-]{0,252}", re.ASCII)
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.ASCII)  # what resolvers may read as an address
_USUAL_4 = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}", re.ASCII)
# High ports that speak other languages, where a request could do harm. Source: WHATWG Fetch, "bad port", and databases.
_BAD_PORTS = frozenset(
    {
        *(1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668),
        *(6669, 6679, 6697, 9200, 10080, 11211, 27017),
    }
)


class OutsideForbidden(DomainError):
    """This server does not go there: no public address, or another scheme, port or spelling than it uses. It stays so."""

    code, kind, safe = "outside_forbidden", Kind.INVALID, "That address can't be reached from this server"


class OutsideFailed(DomainError):
    """The other side did not answer, too late, or not in the way that was asked for. Another time it may."""

    code, kind, safe = "outside_failed", Kind.UNAVAILABLE, "Another server did not answer as it should"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller takes from outside."""

    plain: bool = False
    """Whether http will do; else only https."""
    types: frozenset[str] = frozenset()
    """Media types of the body, in lower case; empty: any. Others fail, before a byte of them is read."""
    most: int = 1024 * 1024
    """Bytes of the body, after decompression."""
    cut: bool = False
    """Whether the beginning of a longer body will do; else it fails."""
    hops: int = 3
    """Redirects that a GET follows, each one checked like the first address. A POST follows none."""
    within_s: float = 10.0
    """For everything together: waiting for a turn, name, connection, redirects, body."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. The body of an answer other than 2xx is not read."""

    status: int
    url: str
    """Where it came from, after redirects."""
    headers: Mapping[str, str]
    """By names in lower case; of several with one name, the first. `links` has every Link."""
    links: tuple[str, ...] = ()
    type: str = ""
    """The media type in lower case, without parameters."""
    charset: str | None = None
    body: bytes = b""
    cut: bool = False

    @property
    def fine(self) -> bool:
        """The status is 2xx."""
        return 200 <= self.status < 300


class Door:
    """Sends requests to other servers. One for a process; nothing is imported or opened before the first request."""

    def __init__(
        self,
        *,
        agent: str,
        beyond: Collection[str] = (),
        plain: bool = False,
        resolve: Resolve | None = None,
        tls: Any = True,
    ) -> None:
        """Make it; it costs nothing.

        Args:
            agent: The User-Agent of every request.
            beyond: For development: ranges (CIDR) that may be reached beyond public addresses.
            plain: For development: http will do even where the caller wants https.
            resolve: Finds addresses, instead of the system's resolver.
            tls: An `ssl.SSLContext` instead of the usual one.
        """
        self._agent, self._plain, self._tls = agent, plain, tls
        self._beyond = networks(beyond)
        self._resolve_with = resolve
        self._threads: ThreadPoolExecutor | None = None
        self._kept: aiohttp.ClientSession | None = None

    def check(self, url: str, *, plain: bool = False) -> None:
        """Whether requests may be sent to this address, as far as its text says; what its name leads to is seen then.

        Raises:
            OutsideForbidden: they may not.
        """
        self._parsed(url, plain=plain)

    async def get(self, url: str, wanted: Wanted, *, headers: Headers | None = None) -> Answer:
        """What is at this address.

        Raises:
            OutsideForbidden: it, or where it redirects to, must not be reached.
            OutsideFailed: no answer of the wanted kind in time.
        """
        return await self._guarded("GET", url, wanted, headers or {}, None)

    async def post(self, url: str, body: bytes, wanted: Wanted, *, headers: Headers | None = None) -> Answer:
        """Send bytes to this address; a redirect is answered as it is.

        Raises:
            OutsideForbidden, OutsideFailed: as `get`.
        """
        return await self._guarded("POST", url, wanted, headers or {}, body)

    async def close(self) -> None:
        """Let go of all connections."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept.close()
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    async def _guarded(self, method: str, text: str, wanted: Wanted, headers: Headers, body: bytes | None) -> Answer:
        first = self._parsed(text, plain=wanted.plain)
        import aiohttp  # noqa: PLC0415 (0.2 s, paid by processes that go out, when they do)

        try:
            async with asyncio.timeout(wanted.within_s):
                return await self._walk(method, first, wanted, headers, body)
        except TimeoutError as error:
            raise OutsideFailed("too slow", first.host) from error
        except (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, OSError, ValueError) as error:
            raise OutsideFailed(type(error).__name__, first.host) from error

    async def _walk(self, method: str, url: URL, wanted: Wanted, headers: Headers, body: bytes | None) -> Answer:
        session, origin, seen = self._session(), url.origin(), {url}
        while True:
            # What the caller says is for the server it was said to; another one gets to know no more than what is wanted.
            if callable(headers):
                said = headers(str(url))
            elif url.origin() == origin:
                said = headers
            else:
                said = {name: value for name, value in headers.items() if name.lower() == "accept"}
            async with session.request(method, url, headers=said, data=body, allow_redirects=False) as response:
                to = response.headers.get("location")
                if method != "GET" or response.status not in _REDIRECTS or to is None:
                    return await _read(response, wanted)
            url = self._next(url, to, wanted)
            if url in seen or len(seen) > wanted.hops:
                raise OutsideFailed("redirected in a circle or too often", origin.host)
            seen.add(url)

    def _next(self, url: URL, to: str, wanted: Wanted) -> URL:
        from yarl import URL  # noqa: PLC0415 (comes with aiohttp)

        if len(to) > MAX_URL or not _plainly_written(to):
            raise OutsideFailed("redirected to nonsense", url.host)
        return self._parsed(str(url.join(URL(to)).with_fragment(None)), plain=wanted.plain)

    def _parsed(self, text: str, *, plain: bool) -> URL:
        from yarl import URL  # noqa: PLC0415 (comes with aiohttp)

        if len(text) > MAX_URL or not _plainly_written(text):
            raise OutsideForbidden("spelling")
        try:
            url = URL(text)
            host, port = url.raw_host, url.port
        except (ValueError, TypeError) as error:
            raise OutsideForbidden("spelling") from error
        if url.scheme != "https" and not (url.scheme == "http" and (plain or self._plain)):
            raise OutsideForbidden("scheme", url.scheme)
        if not host or url.user is not None or url.password is not None:
            raise OutsideForbidden("host")
        if port is None or not (port in {80, 443} or 1024 <= port < 65_536) or port in _BAD_PORTS:
            raise OutsideForbidden("port", port)
        if ":" in host or _USUAL_4.fullmatch(host):
            if not may_reach(host, beyond=self._beyond):
                raise OutsideForbidden("address", host)
        elif not _HOST.fullmatch(host) or _NUMERIC.fullmatch(host):
            raise OutsideForbidden("host", host[:80])
        return url.with_fragment(None)

    def _session(self) -> aiohttp.ClientSession:
        if self._kept is None:
            import aiohttp  # noqa: PLC0415 (as above)

            # `_Checked` finds addresses; `_socket` sees the very address of each connection, literal ones too.
            connector = aiohttp.TCPConnector(
                resolver=cast(
                    "AbstractResolver", _Checked(self._allowed)
                ),  # by shape: a subclass would be an early import
                socket_factory=self._socket,
                use_dns_cache=False,
                ssl=self._tls,
                limit=AT_ONCE,
                limit_per_host=PER_HOST,
            )
            self._kept = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                headers={"user-agent": self._agent, "accept-encoding": "gzip, deflate"},
                skip_auto_headers=("content-type",),
                timeout=aiohttp.ClientTimeout(total=None),  # `_guarded` has the only clock
                max_headers=_HEADERS,
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
            )
        return self._kept

    async def _allowed(self, host: str) -> list[str]:
        """The addresses of a name that may be reached.

        Raises:
            OutsideForbidden: it has others only.
        """
        found = list(await (self._resolve_with or self._ask_system)(host))[:_ADDRESSES]
        good = [one for one in found if may_reach(one, beyond=self._beyond)]
        if found and not good:
            raise OutsideForbidden("address", host)
        return good

    async def _ask_system(self, host: str) -> list[str]:
        # Threads of its own: names that nobody answers for must not hold up what else waits for a thread.
        if self._threads is None:
            self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="names")
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host)
        return list(dict.fromkeys(found))

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, address = info
        if not may_reach(address[0], beyond=self._beyond):
            raise PermissionError("no address to be reached")  # checked before; this is the last look
        return socket.socket(family, kind, proto)


class _Checked:
    """What aiohttp asks for addresses."""

    def __init__(self, allowed: Callable[[str], Awaitable[list[str]]]) -> None:
        self._allowed = allowed

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:  # noqa: ARG002 (both)
        good = await self._allowed(host)
        if not good:
            raise OSError("no address")
        return [
            {
                "hostname": host,
                "host": one,
                "port": port,
                "family": socket.AF_INET6 if ":" in one else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for one in good
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _look_up(host: str) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _plainly_written(text: str) -> bool:
    """No spaces, control characters or backslashes, which others than we would read in another way."""
    return "\\" not in text and not any(letter <= " " or letter == "\x7f" for letter in text)


async def _read(response: aiohttp.ClientResponse, wanted: Wanted) -> Answer:
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        headers.setdefault(name.lower(), value)
    kind = response.content_type.lower() if "content-type" in headers else ""
    fine = 200 <= response.status < 300
    body, cut = b"", False
    if fine and response.status != 204:
        if wanted.types and kind not in wanted.types:
            raise OutsideFailed("another type", kind)
        body, cut = await _body(response, wanted)
    return Answer(
        status=response.status,
        url=str(response.url),
        headers=headers,
        links=tuple(response.headers.getall("link", [])),
        type=kind,
        charset=(response.charset or "").lower() or None,
        body=body,
        cut=cut,
    )


async def _body(response: aiohttp.ClientResponse, wanted: Wanted) -> tuple[bytes, bool]:
    if not wanted.cut and (response.content_length or 0) > wanted.most:
        raise OutsideFailed("too large")
    parts, size = [], 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > wanted.most:
            if not wanted.cut:
                raise OutsideFailed("too large")
            return b"".join(parts)[: wanted.most], True
    return b"".join(parts), False
