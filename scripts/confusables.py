"""Writes the table of characters that look alike, which integrity compares names by, from a file of Unicode's data.

    pip download --no-deps confusable-homoglyphs    # MIT; carries Unicode's data, unzip it
    .venv/bin/python scripts/confusables.py confusable_homoglyphs/confusables.json

The data are Unicode's (UTS 39, confusables.txt), under the Unicode licence, whose notice the table carries.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

_TO = Path(__file__).parents[1] / "src" / "dunnock" / "integrity" / "identity" / "confusables.txt"
_MARK = "\u200e"
_HEAD = """\
# Characters that look like others: what they look like, a tab, and those that do. Made by scripts/confusables.py.
# Data of UTS 39 (Unicode Security Mechanisms), confusables. Copyright © 1991-2023 Unicode, Inc. All rights reserved.
# Distributed under the Terms of Use in https://www.unicode.org/copyright.html (Unicode License).
"""


def main() -> None:
    """Read the file that is named, write the table."""
    read = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    alike = {_plain(one): [_plain(other["c"]) for other in others] for one, others in read.items()}
    table: dict[str, list[str]] = {}
    for one, others in sorted(alike.items()):
        if len(one) != 1 or len(others) != 1 or (one.isascii() and not one.isalnum()):
            continue
        to = others[0]
        if len(alike.get(to, ())) == 1 and len(to) == 1 and to > one:
            continue  # a pair: the lower one stands for both
        letters = [char for char in to if unicodedata.category(char)[0] in "LN"]
        if letters and unicodedata.normalize("NFKC", one) != to:
            table.setdefault(to, []).append(one)
    lines = [f"{to}\t{''.join(ones)}\n" for to, ones in sorted(table.items())]
    _TO.write_text(_HEAD + "".join(lines), "utf-8")


def _plain(text: str) -> str:
    return text.replace(_MARK, "")


main()
