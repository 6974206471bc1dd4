"""Writes pictures of the main pages into docs/screenshots, from a demo server and in Chromium.

`python scripts/screenshots.py`; `--every FOLDER` photographs all screens of tests/screens/table.py instead, on a phone and
a desk, in English and Arabic, for somebody to look through. Needs the test tools (docs/testing.md).
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from chromium import launched  # noqa: E402 (found through the path above)
from screens.table import MEMBER, SCREENS  # noqa: E402
from screens.town import ARAB, OWNER, Town  # noqa: E402
from stories.running import Server, until  # noqa: E402

HERE = ROOT / "docs/screenshots"
MOST_BYTES = 60_000
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
SCHEMES = ("light", "dark")
PAGES = {"home": "/", "profile": "/{author}", "thread": "/{post}", "safety": "/settings/safety"}


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=Path, metavar="FOLDER")
    parser.add_argument("--only", default="", help="with --every: only groups of the table with this name")
    given = parser.parse_args()
    with _town(furnished=given.every is not None) as town, launched() as browser:
        if given.every is None:
            _main_pages(browser, town)
        else:
            given.every.mkdir(parents=True, exist_ok=True)
            _every(browser, town, given.every, given.only)


@contextmanager
def _town(*, furnished: bool) -> Iterator[Town]:
    """A demo server; `furnished` as the tests have it, which is more than is pretty."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", DUNNOCK_SIGN_UP="open")
        password = re.search(r"password +(\S+)", server.dunnock("demo"))
        if password is None:
            raise SystemExit("the demo says no password")
        server.start()
        try:
            town = Town(server, password[1])
            if furnished:
                town.furnish()
            yield town
        finally:
            server.stop()


def _main_pages(browser: Browser, town: Town) -> None:
    HERE.mkdir(exist_ok=True)
    context = browser.new_context(locale="en-GB")
    town.enter(context, OWNER)
    page = context.new_page()
    token = town.server.dunnock("members", "token", OWNER, "--scopes", "read").split()[-1]
    home = until(lambda: town.server.call("GET", "/api/v1/timelines/home?limit=40", token).json())
    talked = max((one for one in home if not one["reblog"]), key=lambda one: one["replies_count"])
    author = f"@{talked['account']['acct']}"
    town.paths |= {f"{OWNER}.post": f"{author}/{talked['id']}", f"{OWNER}.author": author}
    for name, path in PAGES.items():
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.goto(town.address(path, OWNER), wait_until="networkidle")
                (HERE / f"{name}-{size}-{scheme}.webp").write_bytes(_packed(page.screenshot()))
    context.close()


def _every(browser: Browser, town: Town, folder: Path, only: str) -> None:
    for language, member in (("en", OWNER), ("ar", ARAB)):
        pages: dict[str, Page] = {}
        for who in ("stranger", MEMBER):
            context = browser.new_context(locale=language)
            if who == MEMBER:
                town.enter(context, member, language=language)
            pages[who] = context.new_page()
        for group, screens in SCREENS.items():
            for at, (path, who) in enumerate(screens):
                if only not in group:
                    continue
                page = pages[who]
                page.set_viewport_size({"width": 1440, "height": 900})
                page.goto(town.address(path, member if who == MEMBER else None), wait_until="networkidle")
                for width in (1440, 360):
                    page.set_viewport_size({"width": width, "height": 900})
                    shown = re.sub(r"\W+", "_", path).strip("_") or "home"
                    file = folder / f"{group}-{at:02}-{shown}-{who}-{language}-{width}.png"
                    page.screenshot(path=file, full_page=True)


def _packed(png: bytes) -> bytes:
    """As WebP, as good as the bytes allow."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in range(85, 20, -5):
        file = io.BytesIO()
        picture.save(file, "WEBP", quality=quality, method=6)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    raise SystemExit("too many bytes for a picture")


if __name__ == "__main__":
    main()
