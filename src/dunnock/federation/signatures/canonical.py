"""JSON in its one spelling, so that what was signed can be compared byte for byte. Source: RFC 8785 (JCS)."""

from __future__ import annotations

import math
from json.encoder import encode_basestring
from typing import Any

_EXACT = 2**53
_LONGEST_DIGITS = 21


def canonical(value: Any) -> bytes:
    """The bytes of a decoded JSON value: names in order, no spaces, numbers and texts as ECMAScript writes them.

    Raises:
        ValueError: it has no such spelling (half a character, a number that is none).
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode()  # half a surrogate pair raises a UnicodeEncodeError, which is a ValueError


def _write(value: Any, parts: list[str]) -> None:
    match value:
        case str():
            parts.append(encode_basestring(value))
        case dict():
            before = "{"
            for name in sorted(value, key=_order):
                parts += [before, encode_basestring(name), ":"]
                _write(value[name], parts)
                before = ","
            parts.append("}" if value else "{}")
        case list():
            before = "["
            for one in value:
                parts.append(before)
                _write(one, parts)
                before = ","
            parts.append("]" if value else "[]")
        case None:
            parts.append("null")
        case bool():
            parts.append("true" if value else "false")
        case int() if -_EXACT <= value <= _EXACT:
            parts.append(str(value))
        case int() | float():
            parts.append(_number(value))
        case _:
            raise ValueError(type(value).__name__)


def _order(name: str) -> bytes:
    """Names are in the order of their UTF-16 units."""
    return name.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    """Source: ECMAScript, Number::toString; the shortest digits that give the same number are those of Python's `repr`."""
    try:
        value = float(value)
    except OverflowError as error:
        raise ValueError("too large") from error
    if not math.isfinite(value):
        raise ValueError("no number")
    if value == 0:
        return "0"
    sign, digits, power = _digits(value)
    count = len(digits)
    if count <= power <= _LONGEST_DIGITS:
        return f"{sign}{digits}{'0' * (power - count)}"
    if 0 < power <= _LONGEST_DIGITS:
        return f"{sign}{digits[:power]}.{digits[power:]}"
    if -6 < power <= 0:
        return f"{sign}0.{'0' * -power}{digits}"
    rest = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if power > 0 else '-'}{abs(power - 1)}"


def _digits(value: float) -> tuple[str, str, int]:
    """(sign, digits, power): the number is 0.digits times ten to the power."""
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    power = len(whole) + int(exponent or 0) - (len(whole + part) - len(digits))
    return sign, digits.rstrip("0"), power
