"""Does a statement of reasons fit what the European Union's transparency database takes?

Source: transparency.dsa.ec.europa.eu, API documentation (version of July 2025); DSA, articles 17(3) and 24(5).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

_CATEGORIES = frozenset(
    f"STATEMENT_CATEGORY_{one}"
    for one in (
        "ANIMAL_WELFARE", "CONSUMER_INFORMATION", "CYBER_VIOLENCE", "CYBER_VIOLENCE_AGAINST_WOMEN",
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", "ILLEGAL_OR_HARMFUL_SPEECH", "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS", "NOT_SPECIFIED_NOTICE", "OTHER_VIOLATION_TC",
        "PROTECTION_OF_MINORS", "RISK_FOR_PUBLIC_SECURITY", "SCAMS_AND_FRAUD", "SELF_HARM",
        "UNSAFE_AND_PROHIBITED_PRODUCTS", "VIOLENCE",
    )
)  # fmt: skip
_PERIODS = ("SUSPENSION", "TERMINATION")
_VISIBILITIES = frozenset(
    f"DECISION_VISIBILITY_{one}"
    for one in (
        "CONTENT_REMOVED", "CONTENT_DISABLED", "CONTENT_DEMOTED", "CONTENT_AGE_RESTRICTED", "CONTENT_INTERACTION_RESTRICTED",
        "CONTENT_LABELLED", "OTHER",
    )
)  # fmt: skip
_ONE_OF: Mapping[str, Collection[str]] = {
    "decision_ground": ("DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    "category": _CATEGORIES,
    "source_type": (
        "SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"
    ),
    "automated_detection": ("Yes", "No"),
    "automated_decision": tuple(f"AUTOMATED_DECISION_{one}" for one in ("FULLY", "PARTIALLY", "NOT_AUTOMATED")),
    "decision_monetary": tuple(f"DECISION_MONETARY_{one}" for one in (*_PERIODS, "OTHER")),
    "decision_provision": tuple(f"DECISION_PROVISION_{how}_{one}" for how in ("PARTIAL", "TOTAL") for one in _PERIODS),
    "decision_account": ("DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"),
    "account_type": ("ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE"),
    "incompatible_content_illegal": ("Yes", "No"),
}  # fmt: skip
_SOME_OF: Mapping[str, Collection[str]] = {
    "decision_visibility": _VISIBILITIES,
    "content_type": tuple(
        f"CONTENT_TYPE_{one}"
        for one in ("APP", "AUDIO", "IMAGE", "PRODUCT", "SYNTHETIC_MEDIA", "TEXT", "VIDEO", "OTHER")
    ),
    "category_addition": _CATEGORIES,
}
_LONGEST: Mapping[str, int] = {
    "decision_facts": 5_000,
    "decision_ground_reference_url": 500,
    "decision_visibility_other": 500,
    "decision_monetary_other": 500,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2_000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2_000,
    "content_type_other": 500,
    "source_identity": 500,
    "puid": 500,
}
_DATES = (
    "content_date", "application_date", "end_date_visibility_restriction", "end_date_monetary_restriction",
    "end_date_service_restriction", "end_date_account_restriction",
)  # fmt: skip
_REQUIRED = (
    "decision_ground", "content_type", "category", "content_date", "application_date", "decision_facts", "source_type",
    "automated_detection", "automated_decision", "puid",
)  # fmt: skip
_RESTRICTIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
_PUID = re.compile(r"[A-Za-z0-9_-]{1,500}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST_DAY = {"content_date": "2000-01-01", "application_date": "2020-01-01"}


def faults_of(statement: Mapping[str, Any]) -> list[str]:
    """The fields of a statement that are missing, unknown or not as they must be; empty: it fits."""
    wrong = [name for name in _needed(statement) if not statement.get(name)]
    for name, value in statement.items():
        if name in _ONE_OF:
            fits = value in _ONE_OF[name]
        elif name in _SOME_OF:
            fits = isinstance(value, list) and bool(value) and set(value) <= set(_SOME_OF[name])
        elif name in _LONGEST:
            fits = isinstance(value, str) and 0 < len(value) <= _LONGEST[name]
        else:
            fits = name in _DATES and isinstance(value, str) and _is_day(name, value)
        if not fits and name not in wrong:
            wrong.append(name)
    if "puid" in statement and not _PUID.fullmatch(str(statement["puid"])):
        wrong.append("puid")
    if not any(statement.get(name) for name in _RESTRICTIONS):
        wrong.append("decision_visibility")
    return sorted(set(wrong))


def _needed(statement: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields that must be there, some because of others."""
    needed: tuple[str, ...] = _REQUIRED
    if statement.get("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT":
        needed += ("illegal_content_legal_ground", "illegal_content_explanation")
    else:
        needed += ("incompatible_content_ground", "incompatible_content_explanation")
    if "CONTENT_TYPE_OTHER" in statement.get("content_type", ()):
        needed += ("content_type_other",)
    if "DECISION_VISIBILITY_OTHER" in statement.get("decision_visibility", ()):
        needed += ("decision_visibility_other",)
    if statement.get("decision_monetary") == "DECISION_MONETARY_OTHER":
        needed += ("decision_monetary_other",)
    return needed


def _is_day(name: str, value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return bool(_DAY.fullmatch(value)) and value >= _FIRST_DAY.get(name, "2020-01-01")
