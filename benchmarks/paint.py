"""How soon Chromium has painted the largest thing of a page (LCP), for strangers and members, on this machine.

    .venv/bin/python benchmarks/paint.py [--loads 20]

A demo server and a browser of their own; each load with an empty cache. Unlike the other benchmarks this is wall-clock
time: run it on an idle machine. Budget: p75 at most 300 ms for home, a profile and a post, on loopback.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from chromium import launched  # noqa: E402 (found through the path above)
from screens.town import OWNER, Town  # noqa: E402
from stories.running import Server  # noqa: E402

BUDGET_MS = 300
PAGES = {"home": "/", "profile": "/{author}", "post": "/{post}"}
LARGEST = """() => new Promise((done) => new PerformanceObserver((list) => {
  const all = list.getEntries(); done(all[all.length - 1].startTime);
}).observe({ type: "largest-contentful-paint", buffered: true }))"""


def loads(browser: Browser, town: Town, path: str, who: str | None, times: int) -> list[float]:
    """Milliseconds until the largest paint, for each load."""
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    if who:
        town.enter(context, who)
    took = []
    for _ in range(times + 1):
        page = context.new_page()
        context.new_cdp_session(page).send("Network.clearBrowserCache")
        page.goto(town.address(path, who), wait_until="networkidle")
        took.append(float(page.evaluate(LARGEST)))
        page.close()
    context.close()
    return took[1:]  # the first warms the server


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loads", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", DUNNOCK_SIGN_UP="open")
        password = re.search(r"password +(\S+)", server.dunnock("demo"))
        if password is None:
            raise SystemExit("the demo says no password")
        server.start()
        try:
            town = Town(server, password[1])
            town.furnish()
            with launched() as browser:
                for who in (None, OWNER):
                    for name, path in PAGES.items():
                        took = loads(browser, town, path, who, given.loads)
                        p75 = statistics.quantiles(took, n=4)[2]
                        shown = f"{name} ({'member' if who else 'stranger'})"
                        verdict = "" if p75 <= BUDGET_MS else f"  over {BUDGET_MS} ms"
                        print(f"{shown:<22}{statistics.median(took):>8.0f} ms p50{p75:>8.0f} ms p75{verdict}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
