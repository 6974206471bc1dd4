"""The words of statements of reasons: what a decision may rest on. Source: DSA transparency database, StatementStoreRequest."""

from __future__ import annotations

GROUNDS = ("terms", "law")
"""A rule of this server, or the law."""
CATEGORIES = {
    "other": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "civic": "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    "scams": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "minors": "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
    "self_harm": "STATEMENT_CATEGORY_SELF_HARM",
    "hate": "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    "violence": "STATEMENT_CATEGORY_VIOLENCE",
}
"""Our short names, and the database's."""
LONGEST_FACTS = 5_000
