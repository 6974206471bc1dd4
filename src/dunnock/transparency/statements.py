"""Statements of reasons as the European Union's transparency database takes them. Source: DSA articles 17 and 24(5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunnock.foundation.clock import iso_day
from dunnock.foundation.ids import ms_of
from dunnock.moderation.model import Decision
from dunnock.moderation.statement_words import CATEGORIES

_ACCOUNT = {"suspend": "DECISION_ACCOUNT_SUSPENDED", "disable": "DECISION_ACCOUNT_SUSPENDED"}
_VISIBILITY = {
    "limit": "DECISION_VISIBILITY_CONTENT_DEMOTED",
    "sensitive": "DECISION_VISIBILITY_CONTENT_LABELLED",
    "mark_posts": "DECISION_VISIBILITY_CONTENT_LABELLED",
    "delete_posts": "DECISION_VISIBILITY_CONTENT_REMOVED",
}


def statement(decision: Decision, puid: str, *, reported: bool = False) -> Mapping[str, Any] | None:
    """One statement about one account; `puid` is its unique name. None: the decision restricts nothing (a warning).

    `reported`: somebody had complained (DSA article 16), else the staff looked by themselves.
    """
    visibility = [_VISIBILITY[one] for one in decision.actions if one in _VISIBILITY]
    account = next((_ACCOUNT[one] for one in decision.actions if one in _ACCOUNT), None)
    if not visibility and account is None:
        return None
    day = iso_day(ms_of(decision.id))[:10]
    # Never the words to the member: they are a letter, and a statement is published.
    facts = decision.facts or "The account broke the rules of this server."
    told: dict[str, Any] = {
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"
        if decision.ground == "law"
        else "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "content_type": ["CONTENT_TYPE_OTHER"],
        "content_type_other": "account",
        "category": CATEGORIES[decision.category],
        "content_date": day,
        "application_date": day,
        "decision_facts": facts[:5_000],
        "source_type": "SOURCE_ARTICLE_16" if reported else "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": puid,
    }
    if decision.ground == "law":
        told |= {
            "illegal_content_legal_ground": facts[:500],
            "illegal_content_explanation": facts[:2_000],
        }
    else:
        told |= {
            "incompatible_content_ground": "The rules of this server",
            "incompatible_content_explanation": facts[:2_000],
        }
    if visibility:
        told["decision_visibility"] = visibility
    if account is not None:
        told["decision_account"] = account
    if decision.expires_at is not None:
        told["end_date_visibility_restriction" if account is None else "end_date_account_restriction"] = iso_day(
            decision.expires_at
        )[:10]
    return told
