"""Make `src/dunnock/integrity/places.txt`: places as people write them, and the time zones that they lie in.

From Babel's data (Unicode CLDR): countries in many languages, and the cities of time zones. Run again when Babel was updated.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global

OUT = Path(__file__).parents[1] / "src/dunnock/integrity/places.txt"
LANGUAGES = (
    "en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro", "el", "tr", "ru", "uk", "ar",
    "fa", "he", "hi", "id", "vi", "th", "ja", "ko", "zh",
)  # fmt: skip
SHORTEST = 2
NOTICE = (
    "# Places and the time zones that they lie in. Made by scripts/places.py.",
    "# Data of the Unicode Common Locale Data Repository. Copyright © 1991-2026 Unicode, Inc. All rights reserved.",
    "# Distributed under the Terms of Use in https://www.unicode.org/copyright.html (Unicode License).",
)
WRITTEN = {"usa": "US", "u.s.": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "uae": "AE"}


def apart(zones: list[str]) -> list[str]:
    """One zone for each difference from UTC, in winter and summer."""
    kept: dict[tuple[object, object], str] = {}
    for zone in zones:
        ways = tuple(datetime(2026, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() for month in (1, 7))
        kept.setdefault((ways[0], ways[1]), zone)
    return sorted(kept.values())


def main() -> None:
    """Write the file."""
    zones = {code: apart(list(held)) for code, held in get_global("territory_zones").items() if code.isalpha()}
    places: dict[str, set[str]] = {name: set(zones[code]) for name, code in WRITTEN.items()}
    for held in get_global("territory_zones").values():
        for zone in held:
            area, _, city = zone.rpartition("/")
            if area and not area.startswith("Etc"):
                places.setdefault(city.replace("_", " ").casefold(), set()).add(zone)
    for language in LANGUAGES:
        locale = Locale.parse(language)
        for code, name in locale.territories.items():
            if code in zones:
                places.setdefault(name.casefold(), set()).update(zones[code])
        for zone, told in locale.time_zones.items():
            if "city" in told and not zone.startswith("Etc"):
                places.setdefault(told["city"].casefold(), set()).add(zone)
    lines = [f"{name}\t{' '.join(sorted(held))}" for name, held in sorted(places.items()) if len(name) >= SHORTEST]
    OUT.write_text("\n".join([*NOTICE, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
