"""Plots of a report as SVG: lines day by day, and gains over numbers of accounts. Readable on a phone, also in print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

_WIDTH, _HEIGHT = 320, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 24
_DASHES = ("", "6 3", "2 3")


def lines(title: str, series: Mapping[str, Sequence[float]], *, level: float | None = None) -> str:
    """Shares by day, a line each, told apart by their dashes. `level`: a share to compare with, as a thin line."""
    most = max([one for each in series.values() for one in each] + [level or 0.0, 0.01])
    days = max(len(each) for each in series.values())
    drawn = [_axis("0 %", _percent(most)), _text(_LEFT, _HEIGHT - 6, "day 1"), _last_day(days)]
    if level is not None:
        y = _y(level / most)
        drawn.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#888" stroke-width="1"/>'
        )
    for dash, each in zip(_DASHES, series.values(), strict=False):
        points = " ".join(f"{_x(n / max(days - 1, 1)):.1f},{_y(one / most):.1f}" for n, one in enumerate(each))
        drawn.append(_line(points, dash))
    said = "; ".join(f"{name}: {', '.join(_percent(one) for one in each)}" for name, each in series.items())
    return _figure(title, said, drawn, series)


def gains(title: str, series: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """Gains over numbers of accounts, both by powers of ten."""
    every = [point for each in series.values() for point in each]
    right, top = log10(max(n for n, _ in every)), log10(max(10.0, *(gain for _, gain in every)))
    drawn = [_axis("1", f"{10**top:,.0f}"), _text(_LEFT, _HEIGHT - 6, "1 account")]
    drawn.append(_text(_WIDTH - _RIGHT, _HEIGHT - 6, f"{10**right:,.0f}", "end"))
    for dash, each in zip(_DASHES, series.values(), strict=False):
        points = " ".join(
            f"{_x(log10(n) / max(right, 1e-9)):.1f},{_y(log10(max(gain, 1.0)) / top):.1f}" for n, gain in each
        )
        drawn.append(_line(points, dash))
    said = "; ".join(f"{name}: {', '.join(f'{n:,}: {gain:.1f}' for n, gain in each)}" for name, each in series.items())
    return _figure(title, said, drawn, series)


def _figure(title: str, said: str, drawn: Sequence[str], names: Mapping[str, object]) -> str:
    keys = "".join(
        f'<span><svg width="28" height="8" aria-hidden="true">{_line("0,4 28,4", dash)}</svg> {escape(name)}</span>'
        for dash, name in zip(_DASHES, names, strict=False)
    )
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(said)}">{"".join(drawn)}</svg><p class="keys">{keys}</p></figure>'
    )


def _axis(at_low: str, at_high: str) -> str:
    bottom = _HEIGHT - _BOTTOM
    return (
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - _RIGHT}" fill="none" stroke="#888"/>'
        f"{_text(_LEFT - 4, bottom, at_low, 'end')}{_text(_LEFT - 4, _TOP + 8, at_high, 'end')}"
    )


def _last_day(days: int) -> str:
    return _text(_WIDTH - _RIGHT, _HEIGHT - 6, f"day {days}", "end")


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-size="12" text-anchor="{anchor}" fill="currentColor">{text}</text>'


def _line(points: str, dash: str) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline fill="none" stroke="currentColor" stroke-width="2"{dashes} points="{points}"/>'


def _x(part: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * part


def _y(part: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * min(part, 1.0)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"
