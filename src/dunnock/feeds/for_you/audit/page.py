"""The report as a page of its own, with plots: no script, nothing from elsewhere, to be read on a phone as well."""

from __future__ import annotations

from html import escape

from dunnock.feeds.for_you.audit.bars import SENTENCES
from dunnock.feeds.for_you.audit.figures import Figures, figures_of
from dunnock.feeds.for_you.audit.plot import gains, lines
from dunnock.feeds.for_you.audit.reading import Seen
from dunnock.feeds.for_you.audit.report import Report

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:0 1rem;color-scheme:light dark}"
    "article{border-top:1px solid;margin-top:1.5rem}"
    ".plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem}"
    "figure{margin:0}figure>svg{width:100%;height:auto}.keys{margin:0;display:flex;flex-wrap:wrap;gap:0 1rem}"
    "dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 1.5rem}"
    "dl div{display:flex;justify-content:space-between;gap:1rem;border-bottom:1px dotted}"
    "dd{margin:0;font-variant-numeric:tabular-nums;text-align:end}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse}th,td{padding:.25rem .75rem;text-align:end;border-bottom:1px dotted}"
)
_CROWDS = ("Accounts", "Root", "Gain", "Reached", "Gain while unknown", "Reached while unknown", "One account reaches")


def page_of(report: Report, before: Report | None = None) -> str:
    """The report; `before`: the last one, to compare with."""
    last = {one.persona: one for one in before.seen} if before else {}
    bars = "".join(
        f"<li><strong>{'Held' if held else 'Broken'}</strong>: {SENTENCES[name]}"
        + ("" if before is None or before.passed.get(name) == held else " <em>(other than last time)</em>")
        + "</li>"
        for name, held in report.passed.items()
    )
    compared = (
        "" if before is None else f" Compared with weights {before.model[:16]}: what was then stands in brackets."
    )
    readers = "".join(_reader(one, last.get(one.persona), report) for one in report.seen)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Audit of For You</title><style>{_STYLE}</style><main><h1>Audit of For You</h1>"
        f"<p>Weights {report.model[:16]}, gate {report.policy[:16]}, seed {report.plan.seed}. Of all posts "
        f"{report.base_harmful:.4f} were harmful and {report.base_fringe:.4f} of the fringe.{compared}</p>"
        f"<h2>What has to hold</h2><ul>{bars}</ul>{_crowds(report)}<h2>What was shown</h2>{readers}</main></html>\n"
    )


def _reader(one: Seen, then: Seen | None, report: Report) -> str:
    now, old = figures_of(one), None if then is None else figures_of(then)
    told = [
        ("Posts shown", f"{one.shown:,}"),
        ("Harmful, of what was shown", _figure(now, old, "harmful")),
        ("Harmful, over those it follows", _times(now, old, "amplified_harmful")),
        ("Fringe on the last day", _figure(now, old, "fringe")),
        ("Fringe, over those it follows", _times(now, old, "amplified_fringe")),
        ("Drift to the fringe, a day", _figure(now, old, "drift", "+.5f")),
        ("Of its interest", _figure(now, old, "interest")),
        ("Interest, over those it follows", _times(now, old, "amplified_interest")),
        ("Recovery", _figure(now, old, "recovery", ".2f")),
        ("NDCG@10", _figure(one, then, "ndcg")),
        ("NDCG@10 without the rules for under 18", _figure(one, then, "ndcg_open")),
        ("NDCG@10 with what is inferred", _figure(one, then, "ndcg_inferred")),
        ("Authors", f"{one.authors:,}"),
        ("Largest author", _figure(now, old, "largest_author", ".3f")),
        ("Gini of authors", _figure(now, old, "gini", ".3f")),
        ("Receipts wrong", _receipts(now)),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{figure}</dd></div>" for name, figure in told if figure)
    age = "under 18" if one.minor else "adult"
    bad = lines(
        "Fringe and harmful, by day (thin: the fringe among all posts)",
        {"fringe": one.fringe, "harmful": one.harmful},
        level=report.base_fringe,
    )
    good = lines("Its interest, by day", {"interest": one.interest} | ({"last time": then.interest} if then else {}))
    return (
        f"<article><h3>{escape(one.persona)}</h3><p>{one.behaviour.replace('_', ' ')}, {age}</p><div class=plots>"
        f"{bad}{good}</div><dl>{rows}</dl></article>"
    )


def _crowds(report: Report) -> str:
    if not report.crowds:
        return ""
    heads = "".join(f"<th scope=col>{one}</th>" for one in _CROWDS)
    rows = "".join(
        f"<tr><th scope=row>{one.accounts:,}</th><td>{one.accounts**0.5:.1f}</td><td>{one.gain:.2f}</td>"
        f"<td>{one.reached:.2f}</td>"
        f"<td>{one.gain_unknown:.2f}</td><td>{one.reached_unknown:.2f}</td><td>{one.reached_alone:.2f}</td></tr>"
        for one in report.crowds
    )
    plot = gains(
        "What N accounts gain over one",
        {
            "gain": [(one.accounts, one.gain) for one in report.crowds],
            "at most: the root": [(one.accounts, one.accounts**0.5) for one in report.crowds],
            "while nobody knows": [(one.accounts, one.gain_unknown) for one in report.crowds],
        },
    )
    return (
        f"<h2>Campaigns</h2><div class=plots>{plot}</div>"
        f"<div class=scroll tabindex=0 role=region aria-label=Campaigns><table><tr>{heads}</tr>{rows}</table></div>"
    )


def _figure(now: Seen | Figures, then: Seen | Figures | None, name: str, form: str = ".4f") -> str:
    """One of the figures, with that of the last run in brackets; empty when there is none."""
    figure, before = getattr(now, name), getattr(then, name, None)
    if figure is None:
        return ""
    return f"{figure:{form}}" if before is None else f"{figure:{form}} ({before:{form}})"


def _times(now: Figures, then: Figures | None, name: str) -> str:
    figure = _figure(now, then, name, ".2f")
    return f"{figure} times" if figure else "they post none"


def _receipts(now: Figures) -> str:
    return str(now.wrong) if now.receipts is None else f"{now.wrong} of {now.receipts}"
