"""The rules that members agree to, in their order. Mastodon: Rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from dunnock import text
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.server import store
from dunnock.server.errors import GuideRefused, RuleMissing
from dunnock.server.events import GuideChanged

MOST_RULES = 100
LONGEST_RULE = 300
LONGEST_HINT = 2_000


class Words(msgspec.Struct, frozen=True):
    """What a rule says in one language."""

    text: str
    hint: str = ""


class Rule(msgspec.Struct, frozen=True):
    """A rule, and what it says in other languages (by code)."""

    id: int
    text: str
    hint: str = ""
    translations: dict[str, Words] = {}


_translations = msgspec.json.Decoder(dict[str, Words]).decode


async def rules(reader: Reader) -> list[Rule]:
    """All rules in their order."""
    return [_rule(row) for row in await reader.all(store.RULES)]


async def rules_by_id(reader: Reader, ids: Iterable[int]) -> list[Rule]:
    """Rules by id, those that were put away too (a report may name them); unknown ids are left out."""
    return [_rule(row) for row in await reader.all(store.RULES_BY_ID, ids=list(ids))]


async def add_rule(tx: Tx, words: str, *, hint: str = "", translations: Mapping[str, Words] | None = None) -> Rule:
    """A new last rule.

    Raises:
        GuideRefused: it is blank or too long, a language is unknown, or there are `MOST_RULES` already.
    """
    made = _checked(tx.new_id(), words, hint, translations or {})
    if len(await tx.all(store.RULES)) >= MOST_RULES:
        raise GuideRefused(say=f"Validation failed: there can be up to {MOST_RULES} rules")
    last: int = await tx.value(store.LAST_POSITION)
    await tx.run(
        store.ADD_RULE, id=made.id, position=last + 1, text=made.text, hint=made.hint,
        translations=_encoded(made.translations),
    )  # fmt: skip
    await tx.record(GuideChanged(what="rules"))
    return made


async def change_rule(
    tx: Tx, rule_id: int, words: str, *, hint: str = "", translations: Mapping[str, Words] | None = None
) -> Rule:
    """What the rule says from now on.

    Raises:
        RuleMissing, GuideRefused: as they say.
    """
    if await tx.one(store.RULE, the=rule_id) is None:
        raise RuleMissing(rule_id)
    made = _checked(rule_id, words, hint, translations or {})
    await tx.run(
        store.CHANGE_RULE, the=rule_id, new_text=made.text, new_hint=made.hint,
        new_translations=_encoded(made.translations),
    )  # fmt: skip
    await tx.record(GuideChanged(what="rules"))
    return made


async def remove_rule(tx: Tx, rule_id: int) -> None:
    """Put a rule away. Raises RuleMissing."""
    if not await tx.run(store.REMOVE_RULE, the=rule_id, now=tx.now):
        raise RuleMissing(rule_id)
    await tx.record(GuideChanged(what="rules"))


async def order_rules(tx: Tx, ids: Iterable[int]) -> list[Rule]:
    """Put the rules into this order; those that are not named come after.

    Raises:
        RuleMissing: one is unknown.
    """
    now = [row[0] for row in await tx.all(store.RULES)]
    first = list(dict.fromkeys(ids))
    for rule_id in first:
        if rule_id not in now:
            raise RuleMissing(rule_id)
    for place, rule_id in enumerate([*first, *(one for one in now if one not in first)], start=1):
        await tx.run(store.PLACE_RULE, the=rule_id, place=place)
    await tx.record(GuideChanged(what="rules"))
    return await rules(tx)


def _checked(rule_id: int, words: str, hint: str, translations: Mapping[str, Words]) -> Rule:
    words, hint = text.clean(words).strip(), text.clean(hint).strip()
    kept: dict[str, Words] = {}
    for language, said in translations.items():
        known = text.check_language(language)
        if known is None:
            raise GuideRefused(language[:40], say="Validation failed: Language is not one we know (ISO 639)")
        kept[known] = Words(text.clean(said.text).strip(), text.clean(said.hint).strip())
    for said in (Words(words, hint), *kept.values()):
        if not said.text:
            raise GuideRefused(say="Validation failed: Text can't be blank")
        if len(said.text) > LONGEST_RULE or len(said.hint) > LONGEST_HINT:
            raise GuideRefused(
                say=f"Validation failed: a rule has up to {LONGEST_RULE} characters, its hint {LONGEST_HINT}"
            )
    return Rule(rule_id, words, hint, kept)


def _encoded(translations: Mapping[str, Words]) -> str:
    return msgspec.json.encode(translations).decode()


def _rule(row: Row) -> Rule:
    return Rule(row[0], row[1], row[2], _translations(row[3]))
