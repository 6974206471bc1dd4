"""Ed25519 keys as documents write them: Multikey, base58 of a prefix and the key. Source: FEP-521a; Multibase; Multicodec."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\xed\x01"
_LENGTH = 32
_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}


def write_multikey(key: Ed25519PublicKey) -> str:
    """The key as `publicKeyMultibase`."""
    return write_base58(_ED25519 + key.public_bytes_raw())


def read_multikey(text: Any) -> Ed25519PublicKey | None:
    """The key of a `publicKeyMultibase`; None: it is none, or of another kind."""
    held = read_base58(text, length=len(_ED25519) + _LENGTH)
    if held is None or not held.startswith(_ED25519):
        return None
    return Ed25519PublicKey.from_public_bytes(held[len(_ED25519) :])


def write_base58(held: bytes) -> str:
    """The bytes as Multibase writes them in base 58."""
    number, text = int.from_bytes(held, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _LETTERS[rest] + text
    zeros = len(held) - len(held.lstrip(b"\0"))
    return f"z{'1' * zeros}{text}"


def read_base58(text: Any, *, length: int) -> bytes | None:
    """So many bytes of a Multibase text in base 58; None: it is none, or of other length."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 2 * length:
        return None
    number = 0
    for letter in text[1:]:
        value = _VALUES.get(letter)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    held = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return held if len(held) == length else None
