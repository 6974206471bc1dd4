"""The client's address: headers count only from configured proxies, and of them the rightmost stranger."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Callable
from typing import TypeAlias

RawHeaders: TypeAlias = list[tuple[bytes, bytes]]


def address_reader(trusted_proxies: tuple[str, ...]) -> Callable[[str, RawHeaders], str]:
    """A function from (peer address, headers) to the client's address; without trusted proxies it is the peer's.

    Raises:
        ValueError: a range that is none.
    """
    networks = [ipaddress.ip_network(text) for text in trusted_proxies]

    @functools.lru_cache(maxsize=4096)
    def trusted(address: str) -> bool:
        parsed = _parse(address)
        return parsed is not None and any(parsed in network for network in networks)

    def read(peer: str, headers: RawHeaders) -> str:
        if not networks or not trusted(peer):
            return peer
        client = peer
        hops = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1").split(",")
        for hop in reversed(hops):
            parsed = _parse(hop.strip())
            if parsed is None:
                break  # what a trusted proxy did not write is not believed
            client = str(parsed)
            if not trusted(client):
                break
        return client

    return read


@functools.lru_cache(maxsize=65536)
def bucket_key(address: str) -> str:
    """What shares one rate limit: an IPv4 address, or an IPv6 network of 64 bits (one subscriber)."""
    if ":" not in address:
        return address
    parsed = _parse(address)
    if parsed is None or isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed or address)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        return parsed.ipv4_mapped
    return parsed
