"""Addresses of wallets and accounts that money is sent to, as people write them: only what its check digits confirm.

Sources: Base58Check (Bitcoin), BIP 173 and BIP 350 (Bech32, Bech32m), EIP-55 (Ethereum), ISO 13616 (IBAN); others: coins.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dunnock.integrity.money import coins
from dunnock.integrity.money.check_digits import BASE58, BECH32, base58, double_sha256, keccak_256, polymod

_VERSIONS = {0x00: "btc", 0x05: "btc", 0x30: "ltc", 0x32: "ltc", 0x1E: "doge", 0x16: "doge", 0x41: "trx", 0x4C: "dash"}
_PARTS = {"bc": "btc", "ltc": "ltc", "addr": "ada", "cosmos": "atom"}
_WORD = re.compile(r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|[A-Za-z0-9]{25,110})(?![A-Za-z0-9=])")
_BETWEEN = r"[ .\-\u00a0\u2009\u202f]?"
_IBAN = re.compile(
    rf"(?<![A-Za-z0-9])([A-Za-z]{{2}}{_BETWEEN}[0-9]{{2}}(?:{_BETWEEN}[A-Za-z0-9]{{4}}){{2,7}}(?:{_BETWEEN}[A-Za-z0-9]{{1,4}})?)"
    r"(?![A-Za-z0-9])"
)
_LONG, _NUMBER = re.compile(r"[A-Za-z0-9]{25}"), re.compile(r"[0-9]{2}(?=[^\n]{7})")
"""Without the first there is no word, without the second no account: most texts have neither, and these say so at once."""
_ALL_DIGITS = frozenset(
    ("AE", "AT", "BE", "CZ", "DE", "DK", "EE", "ES", "FI", "HR", "HU", "IL", "IS", "LT", "NO", "PL", "PT", "RS", "SE", "SI", "SK")
)  # fmt: skip
"""Countries whose accounts have no letters behind the check digits."""
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "TR": 26, "UA": 29,
}  # fmt: skip
_APART = re.compile(_BETWEEN.removesuffix("?"))
_MOST = 20
_ETHEREUM, _HEX = 40, re.compile(r"[0-9a-fA-F]+")


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
    for name, read in (("xmr", coins.monero), ("ln", coins.lightning)):
        if (one := read(word)) is not None:
            return name, one
    if coins.ripple(word):
        return "xrp", word
    kind = _base58_kind(word)
    if kind is not None:
        return kind, word
    kind = _bech32_kind(word)
    return None if kind is None else (kind, word.lower())


def _found(text: str) -> Iterator[tuple[str, str]]:
    if _LONG.search(text):
        of_solana = coins.SAYS_SOLANA.search(text) is not None
        for match in _WORD.finditer(text):
            if (one := wallet(match[0])) is not None:
                yield one
            elif of_solana and coins.solana(match[0]):
                yield "sol", match[0]
        for match in coins.LIGHTNING.finditer(text):
            if (paid := coins.lightning(match[0])) is not None:
                yield "ln", paid
    if "@" in text:
        yield from (("ln", match[1].lower()) for match in coins.LIGHTNING_NAME.finditer(text))
    for match in _IBAN.finditer(text) if _NUMBER.search(text) else ():
        written = match[1].upper()
        bare = _APART.sub("", written)
        length = _IBAN_LENGTHS.get(bare[:2], 0)
        # What is written in one piece is one number: a longer one only begins like an account.
        if length and (len(bare) == length or (len(bare) > length and bare != written)) and _is_iban(bare[:length]):
            yield "iban", bare[:length]


def _is_iban(bare: str) -> bool:
    if bare[:2] in _ALL_DIGITS and not bare[4:].isdigit():
        return False
    digits = "".join(str(int(char, 36)) for char in bare[4:] + bare[:4])
    return int(digits) % 97 == 1


def _base58_kind(word: str) -> str | None:
    if not 26 <= len(word) <= 35 or any(char not in BASE58 for char in word):
        return None
    raw = base58(word)
    if len(raw) != 25 or double_sha256(raw[:-4])[:4] != raw[-4:]:
        return None
    return _VERSIONS.get(raw[0])


def _bech32_kind(word: str) -> str | None:
    if word.lower() != word != word.upper():
        return None
    part, one, data = word.lower().rpartition("1")
    kind = _PARTS.get(part)
    if not one or kind is None or len(data) < 6 or any(char not in BECH32 for char in data):
        return None
    values = [ord(char) >> 5 for char in part] + [0] + [ord(char) & 31 for char in part]
    check = polymod(values + [BECH32.index(char) for char in data])
    return kind if check in {1, 0x2BC830A3} else None


def _is_ethereum(word: str) -> bool:
    """Letters of one case carry no check digits; of both cases they say the hash of the address."""
    bare = word[2:]
    if len(bare) != _ETHEREUM or _HEX.fullmatch(bare) is None:  # a longer one is the hash of a payment
        return False
    if bare.lower() == bare or bare.upper() == bare:
        return any(char in "abcdefABCDEF" for char in bare)
    digest = keccak_256(bare.lower().encode()).hex()
    return all(
        not char.isalpha() or char.isupper() == (int(nibble, 16) >= 8)
        for char, nibble in zip(bare, digest, strict=False)
    )
