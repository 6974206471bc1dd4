"""A translator that speaks LibreTranslate's API, wherever the owner runs one. Source: docs.libretranslate.com."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.http import Door, OutsideFailed, OutsideForbidden, Wanted
from dunnock.posts.translate import UNKNOWN, Said, TranslationFailed
from dunnock.text import check_language

_JSON = Wanted(plain=True, types=frozenset(("application/json",)), most=1024 * 1024, hops=0, within_s=30)
_FRESH_MS = 12 * HOUR


class _Language(msgspec.Struct):
    code: str
    targets: list[str] = []


class _Detected(msgspec.Struct):
    language: str = ""


class _Answer(msgspec.Struct, rename="camel"):
    translated_text: list[str]
    detected_language: list[_Detected] = []


class LibreTranslate:
    """Asks the server at `url`. Which languages it knows is asked once in twelve hours."""

    provider = "LibreTranslate"

    def __init__(self, door: Door, url: str, key: str) -> None:
        """`door` must reach it; `key` "": it wants none."""
        self._door, self._url, self._key = door, url.rstrip("/"), key
        self._pairs: dict[str, list[str]] = {}
        self._asked_at = 0

    async def pairs(self) -> Mapping[str, Sequence[str]]:
        """What it can translate into what."""
        now = now_ms()
        if now - self._asked_at > _FRESH_MS:
            try:
                answer = await self._door.get(f"{self._url}/languages", _JSON)
                if not answer.fine:
                    raise TranslationFailed(answer.status)
                found = msgspec.json.decode(answer.body, type=list[_Language])
            except (OutsideFailed, OutsideForbidden, msgspec.DecodeError) as error:
                raise TranslationFailed(type(error).__name__) from error
            pairs = {one.code: [to for to in one.targets if to != one.code] for one in found}
            pairs[UNKNOWN] = sorted({to for targets in pairs.values() for to in targets})
            self._pairs, self._asked_at = pairs, now
        return self._pairs

    async def translate(self, texts: Sequence[str], *, source: str | None, target: str) -> Said:
        """The texts, which are HTML, in another language."""
        asked = {"q": list(texts), "source": source or "auto", "target": target, "format": "html"}
        if self._key:
            asked["api_key"] = self._key
        try:
            answer = await self._door.post(
                f"{self._url}/translate",
                msgspec.json.encode(asked),
                _JSON,
                headers={"content-type": "application/json"},
            )
            if not answer.fine:
                raise TranslationFailed(answer.status)
            said = msgspec.json.decode(answer.body, type=_Answer)
        except (OutsideFailed, OutsideForbidden, msgspec.DecodeError) as error:
            raise TranslationFailed(type(error).__name__) from error
        found = said.detected_language[0].language if said.detected_language else ""
        return Said(tuple(said.translated_text), source or check_language(found) or UNKNOWN)
