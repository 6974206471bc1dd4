"""Addresses of wallets and accounts that money is sent to, as people write them: only what its check digits confirm.

Sources: Base58Check (Bitcoin), BIP 173 and BIP 350 (Bech32, Bech32m), EIP-55 (Ethereum), FIPS 202's permutation with the
padding of the original Keccak, ISO 13616 (IBAN).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VERSIONS = {0x00: "btc", 0x05: "btc", 0x30: "ltc", 0x32: "ltc", 0x1E: "doge", 0x16: "doge", 0x41: "trx", 0x4C: "dash"}
_PARTS = {"bc": "btc", "ltc": "ltc", "addr": "ada", "cosmos": "atom"}
_WORD = re.compile(r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|[A-Za-z0-9]{26,110})(?![A-Za-z0-9])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)(?![A-Za-z0-9])")
_LONG, _COUNTRY = re.compile(r"[A-Za-z0-9]{26}"), re.compile(r"[A-Z][A-Z][0-9][0-9]")
"""Without the first there is no word, without the second no account: most texts have neither, and these say so at once."""
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "TR": 26, "UA": 29,
}  # fmt: skip
_MOST = 20


def wallets(text: str) -> list[tuple[str, str]]:
    """(kind, address in its one spelling) of each that stands in the text, in order; at most 20."""
    found: dict[tuple[str, str], None] = {}
    for one in _found(text):
        found.setdefault(one)
        if len(found) == _MOST:
            break
    return list(found)


def wallet(word: str) -> tuple[str, str] | None:
    """Kind and one spelling of an address; None: it is none, or its check digits are wrong."""
    if word.startswith("0x"):
        return ("eth", word.lower()) if _is_ethereum(word) else None
    kind = _base58_kind(word)
    if kind is not None:
        return kind, word
    kind = _bech32_kind(word)
    return None if kind is None else (kind, word.lower())


def _found(text: str) -> Iterator[tuple[str, str]]:
    for match in _WORD.finditer(text) if _LONG.search(text) else ():
        if (one := wallet(match[0])) is not None:
            yield one
    for match in _IBAN.finditer(text) if _COUNTRY.search(text) else ():
        bare = match[1].replace(" ", "")
        length = _IBAN_LENGTHS.get(bare[:2])
        if length is not None and len(bare) >= length and _is_iban(bare[:length]):
            yield "iban", bare[:length]


def _is_iban(bare: str) -> bool:
    digits = "".join(str(int(char, 36)) for char in bare[4:] + bare[:4])
    return int(digits) % 97 == 1


def _base58_kind(word: str) -> str | None:
    if not 26 <= len(word) <= 35 or any(char not in _BASE58 for char in word):
        return None
    number = 0
    for char in word:
        number = number * 58 + _BASE58.index(char)
    zeros = len(word) - len(word.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(raw) != 25 or hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] != raw[-4:]:
        return None
    return _VERSIONS.get(raw[0])


def _bech32_kind(word: str) -> str | None:
    if word.lower() != word != word.upper():
        return None
    part, one, data = word.lower().rpartition("1")
    kind = _PARTS.get(part)
    if not one or kind is None or len(data) < 6 or any(char not in _BECH32 for char in data):
        return None
    values = [ord(char) >> 5 for char in part] + [0] + [ord(char) & 31 for char in part]
    check = _polymod(values + [_BECH32.index(char) for char in data])
    return kind if check in {1, 0x2BC830A3} else None


def _polymod(values: list[int]) -> int:
    sums = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, add in enumerate(sums):
            if top >> bit & 1:
                check ^= add
    return check


def _is_ethereum(word: str) -> bool:
    """Letters of one case carry no check digits; of both cases they say the hash of the address."""
    bare = word[2:]
    if bare.lower() == bare or bare.upper() == bare:
        return any(char in "abcdefABCDEF" for char in bare)
    digest = keccak_256(bare.lower().encode()).hex()
    return all(
        not char.isalpha() or char.isupper() == (int(nibble, 16) >= 8)
        for char, nibble in zip(bare, digest, strict=False)
    )


_ROUNDS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip
_FULL = (1 << 64) - 1
_RATE = 136


def keccak_256(data: bytes) -> bytes:
    """The hash that Ethereum uses: SHA-3 with the padding from before it was made a standard."""
    padded = bytearray(data) + b"\x01" + b"\0" * (_RATE - len(data) % _RATE - 1)
    padded[-1] |= 0x80
    lanes = [0] * 25
    for at in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            lanes[lane] ^= int.from_bytes(padded[at + 8 * lane : at + 8 * lane + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permute(lanes: list[int]) -> list[int]:
    for constant in _ROUNDS:
        column = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [column[(x - 1) % 5] ^ _turn(column[(x + 1) % 5], 1) for x in range(5)]
        lanes = [lane ^ mixed[at % 5] for at, lane in enumerate(lanes)]
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x + 5 * y] = lanes[x + 5 * y], _turn(current, (step + 1) * (step + 2) // 2 % 64)
        lanes = [
            lanes[at] ^ (~lanes[at - at % 5 + (at + 1) % 5] & _FULL & lanes[at - at % 5 + (at + 2) % 5])
            for at in range(25)
        ]
        lanes[0] ^= constant
    return lanes


def _turn(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _FULL if by else lane
