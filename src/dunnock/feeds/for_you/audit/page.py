"""The report as a page of its own, with plots: no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape

import numpy as np

from dunnock.feeds.for_you.audit.bars import SENTENCES
from dunnock.feeds.for_you.audit.report import Report

_HEADS = (
    *(
        "Persona",
        "Behaviour",
        "Under 18",
        "Shown",
        "Harmful",
        "By those it follows",
        "Fringe on the last day",
        "Drift a day",
    ),
    *(
        "Of its interest",
        "Recovery",
        "NDCG@10",
        "Without the rules",
        "With what is inferred",
        "Authors",
        "Largest author",
        "Fringe by day",
        "Interest by day",
    ),
)
_CROWDS = ("Accounts", "Root", "Gain", "Reached", "Gain while unknown", "Reached while unknown", "One account reaches")


def page_of(report: Report, before: Report | None = None) -> str:
    """The report; `before`: the last one, to compare with."""
    last = {one.persona: one for one in before.seen} if before else {}
    rows = []
    for one in report.seen:
        then = last.get(one.persona)
        cells = [
            one.behaviour,
            "yes" if one.minor else "no",
            str(one.shown),
            _figure(float(np.mean(one.harmful)), None if then is None else float(np.mean(then.harmful))),
            f"{one.followed_harmful:.4f}",
            _figure(one.fringe[-1], None if then is None else then.fringe[-1]),
            f"{one.drift:+.5f}",
            _figure(float(np.mean(one.interest)), None if then is None else float(np.mean(then.interest))),
            "" if one.recovery is None else f"{one.recovery:.2f}",
            _figure(one.ndcg, None if then is None else then.ndcg),
            f"{one.ndcg_open:.4f}",
            f"{one.ndcg_inferred:.4f}",
            str(one.authors),
            f"{one.largest_author:.3f}",
            _plot(one.fringe),
            _plot(one.interest),
        ]
        rows.append(f"<tr><th scope=row>{escape(one.persona)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    bars = "".join(
        f"<li><strong>{'Held' if held else 'Broken'}</strong>: {SENTENCES[name]}"
        + ("" if before is None or before.passed.get(name) == held else " <em>(other than last time)</em>")
        + "</li>"
        for name, held in report.passed.items()
    )
    crowds = "".join(
        f"<tr><th scope=row>{one.accounts:,}</th><td>{one.accounts**0.5:.1f}</td><td>{one.gain:.2f}</td>"
        f"<td>{one.reached:.2f}</td>"
        f"<td>{one.gain_unknown:.2f}</td><td>{one.reached_unknown:.2f}</td><td>{one.reached_alone:.2f}</td></tr>"
        for one in report.crowds
    )
    compared = (
        "" if before is None else f" Compared with weights {before.model[:16]}: what was then stands in brackets."
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Audit of For You</title><h1>Audit of For You</h1>"
        f"<p>Weights {report.model[:16]}, gate {report.policy[:16]}, seed {report.plan.seed}. Of all posts "
        f"{report.base_harmful:.4f} were harmful and {report.base_fringe:.4f} of the fringe.{compared}</p>"
        f"<h2>What has to hold</h2><ul>{bars}</ul><h2>What was shown</h2>{_table(_HEADS, ''.join(rows))}"
        f"<h2>Campaigns</h2>{_table(_CROWDS, crowds)}</html>\n"
    )


def _table(heads: tuple[str, ...], rows: str) -> str:
    return f"<table><tr>{''.join(f'<th scope=col>{one}</th>' for one in heads)}</tr>{rows}</table>"


def _figure(now: float, then: float | None) -> str:
    return f"{now:.4f}" if then is None else f"{now:.4f} ({then:.4f})"


def _plot(values: tuple[float, ...]) -> str:
    most = max(*values, 0.01)
    step = 100 / max(len(values) - 1, 1)
    points = " ".join(f"{n * step:.1f},{30 - 28 * one / most:.1f}" for n, one in enumerate(values))
    return (
        f'<svg width="100" height="32" role="img" aria-label="from {values[0]:.4f} to {values[-1]:.4f}, at most {most:.4f}">'
        f'<polyline fill="none" stroke="currentColor" points="{points}"/></svg>'
    )
