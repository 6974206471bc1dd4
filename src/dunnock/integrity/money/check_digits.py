"""What tells an address that money is sent to from letters that look like one: its alphabets, sums and hashes.

Sources: Base58Check (Bitcoin), BIP 173 (Bech32), FIPS 202's permutation with the padding of the original Keccak.
"""

from __future__ import annotations

import hashlib

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def base58(word: str) -> bytes:
    """The bytes that a word of the alphabet stands for."""
    number = 0
    for char in word:
        number = number * 58 + BASE58.index(char)
    zeros = len(word) - len(word.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def double_sha256(data: bytes) -> bytes:
    """The hash whose first four bytes are Bitcoin's check digits."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def polymod(values: list[int]) -> int:
    """The sum of Bech32: 1 where the check digits are right, of Bech32m another."""
    sums = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, add in enumerate(sums):
            if top >> bit & 1:
                check ^= add
    return check


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
