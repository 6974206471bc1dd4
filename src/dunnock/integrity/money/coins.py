"""Addresses of Monero, Solana, the XRP Ledger and Lightning, of which one payee has several spellings.

Sources: Monero's CryptoNote base58 and address formats (docs.getmonero.org, "Addresses"), RFC 8032 (points of Ed25519, which
Solana's addresses of people are), xrpl.org "Base58 encodings", BOLT 11 and LUD-01, LUD-16 (Lightning).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from dunnock.integrity.money.check_digits import BASE58, BECH32, base58, double_sha256, keccak_256, polymod

_BLOCK, _BLOCK_CHARS = 8, 11
_CHARS = {0: 0, 1: 2, 2: 3, 3: 5, 4: 6, 5: 7, 6: 9, 7: 10, 8: 11}  # of so many bytes
_BYTES = {chars: number for number, chars in _CHARS.items()}
_STANDARD, _INTEGRATED, _SUBADDRESS = 18, 19, 42
_RIPPLE = str.maketrans("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", BASE58)
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
SAYS_SOLANA = re.compile(r"\b(?:sol|solana|phantom|spl)\b|◎", re.IGNORECASE)
"""An address of Solana has no check digits: it is one where the text says so."""
LIGHTNING = re.compile(
    rf"(?<![A-Za-z0-9])(?:ln(?:bc|tb)(?:[0-9]{{1,12}}[munp]?)?1[{BECH32}]{{100,1200}}|lnurl1[{BECH32}]{{20,1200}})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SERVICES = (
    "walletofsatoshi.com", "getalby.com", "strike.me", "ln.tips", "zbd.gg", "blink.sv", "coinos.io", "minibits.cash",
    "primal.net", "stacker.news", "vlt.ge", "bitrefill.me", "speed.app", "lnmarkets.com", "fountain.fm", "lifpay.me",
)  # fmt: skip
LIGHTNING_NAME = re.compile(
    rf"(?<![\w.+@-])([a-z0-9._+-]{{1,64}}@(?:{'|'.join(re.escape(one) for one in _SERVICES)}))(?![\w-]|\.\w)",
    re.IGNORECASE,
)
"""A name that is paid over Lightning looks like one of mail or of the Fediverse: only at services that are for nothing else."""


def monero(word: str) -> str | None:
    """The address that a payee has without the number of one payment; None: it is none, or its check digits are wrong."""
    if len(word) not in {95, 106} or word[0] not in "48":
        return None
    raw = b""
    for at in range(0, len(word), _BLOCK_CHARS):
        block = word[at : at + _BLOCK_CHARS]
        size = _BYTES[len(block)]
        number = _number(block)
        if number is None or number >= 1 << 8 * size:
            return None
        raw += number.to_bytes(size, "big")
    if keccak_256(raw[:-4])[:4] != raw[-4:]:
        return None
    if raw[0] == _INTEGRATED:
        raw = bytes([_STANDARD]) + raw[1:65]
        raw += keccak_256(raw)[:4]
    elif raw[0] not in {_STANDARD, _SUBADDRESS}:
        return None
    return "".join(_chars(raw[at : at + _BLOCK]) for at in range(0, len(raw), _BLOCK))


def solana(word: str) -> bool:
    """Whether it can be somebody's: 32 bytes, the key of a pair. Half of such words are: only what is said beside it tells."""
    if not 43 <= len(word) <= 44 or (number := _number(word)) is None or number >> 256:
        return False
    y = int.from_bytes(number.to_bytes(32, "big"), "little") & ((1 << 255) - 1)
    if y >= _P:
        return False
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return pow(square, (_P - 1) // 2, _P) in {0, 1}


def ripple(word: str) -> bool:
    """Whether it is an account of the XRP Ledger, with right check digits."""
    if not 25 <= len(word) <= 35 or not word.startswith("r") or any(char not in BASE58 for char in word):
        return False
    raw = base58(word.translate(_RIPPLE))
    return len(raw) == 25 and raw[0] == 0 and double_sha256(raw[:-4])[:4] == raw[-4:]


def lightning(word: str) -> str | None:
    """An invoice; of an LNURL the name (`wren@pay.example`) or address that it stands for; None: it is none of Lightning."""
    if LIGHTNING_NAME.fullmatch(word) is not None:
        return word.lower()
    if LIGHTNING.fullmatch(word) is None or word.lower() != word != word.upper():
        return None
    bare = word.lower()
    part, _, data = bare.rpartition("1")
    values = [ord(char) >> 5 for char in part] + [0] + [ord(char) & 31 for char in part]
    if polymod(values + [BECH32.index(char) for char in data]) != 1:
        return None
    return _paid_at(data[:-6]) or bare if part == "lnurl" else bare


def _paid_at(data: str) -> str:
    """`name@host` of an LNURL that asks such a name's server; else the host and path; empty: it is no address."""
    bits = "".join(f"{BECH32.index(char):05b}" for char in data)
    raw = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
    try:
        parts = urlsplit(raw.decode("ascii"))
        host = parts.hostname
    except ValueError:
        return ""
    if host is None or parts.scheme != "https":
        return ""
    name = parts.path.removeprefix("/.well-known/lnurlp/")
    return f"{name}@{host}".lower() if name != parts.path and "/" not in name else ""


def _number(word: str) -> int | None:
    number = 0
    for char in word:
        at = BASE58.find(char)
        if at < 0:
            return None
        number = number * 58 + at
    return number


def _chars(block: bytes) -> str:
    number, made = int.from_bytes(block, "big"), ""
    for _ in range(_CHARS[len(block)]):
        number, rest = divmod(number, 58)
        made = BASE58[rest] + made
    return made
