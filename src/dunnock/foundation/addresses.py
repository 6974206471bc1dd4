"""Which addresses of the internet this server may connect to: globally reachable unicast, and nothing else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Written out, because Python's own tables (`is_global`) differ between its releases.
# Source: IANA IPv4 and IPv6 Special-Purpose Address Registries. Last of the first table: a cloud's door to its machines.
_SPECIAL_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",
    )
)
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
# Within 2000::/3: protocol assignments with Teredo and ORCHID, documentation (two), 6to4, AS112.
_SPECIAL_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The ranges as written in CIDR."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def may_reach(text: str, *, beyond: Sequence[Network] = ()) -> bool:
    """A connection to this address (as a resolver gives it) may be opened. `beyond`: ranges allowed besides public ones.

    What an IPv6 address carries of IPv4 (mapped, NAT64) is what counts; tunnels (6to4, Teredo) and scoped ones are refused.
    """
    if "%" in text:
        return False
    try:
        address = _meant(ipaddress.ip_address(text))
    except ValueError:
        return False
    if any(address in one for one in beyond):  # of the other version: not in it
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in one for one in _SPECIAL_4)
    return address in _UNICAST_6 and not any(address in one for one in _SPECIAL_6)


def _meant(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
