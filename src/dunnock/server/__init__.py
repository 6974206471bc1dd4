"""What this server says of itself: its rules, pages, terms of service and announcements.

Owns `rules`, `pages`, `terms`, `announcements`, the settings that staff chose, and what members did with these.
"""

from __future__ import annotations

from dunnock.foundation.jobs import Does
from dunnock.server.announcements import (
    Announce,
    Announcement,
    Reaction,
    Retire,
    Told,
    announce,
    announcements,
    change_announcement,
    dismiss,
    publish_due,
    react,
    remove_announcement,
    retire_due,
    told,
    told_one,
    unreact,
)
from dunnock.server.choices import CHANGEABLE, Live, checked, choices, choose, unchoose
from dunnock.server.errors import AnnouncementMissing, ChoiceRefused, GuideRefused, RuleMissing, TermsMissing
from dunnock.server.events import (
    AnnouncementChanged,
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    GuideChanged,
    SettingChosen,
)
from dunnock.server.pages import Page, page, write_page
from dunnock.server.privacy import PRIVACY_WRITTEN_AT, privacy_text
from dunnock.server.rules import Rule, Words, add_rule, change_rule, order_rules, remove_rule, rules, rules_by_id
from dunnock.server.terms import Terms, all_terms, current_terms, publish_terms, terms_of

JOBS: Does = {Announce: publish_due, Retire: retire_due}
"""Job -> what does it."""

__all__ = [
    "CHANGEABLE",
    "JOBS",
    "PRIVACY_WRITTEN_AT",
    "Announce",
    "Announcement",
    "AnnouncementChanged",
    "AnnouncementMissing",
    "AnnouncementPublished",
    "AnnouncementReacted",
    "AnnouncementRemoved",
    "ChoiceRefused",
    "GuideChanged",
    "GuideRefused",
    "Live",
    "Page",
    "Reaction",
    "Retire",
    "Rule",
    "RuleMissing",
    "SettingChosen",
    "Terms",
    "TermsMissing",
    "Told",
    "Words",
    "add_rule",
    "all_terms",
    "announce",
    "announcements",
    "change_announcement",
    "change_rule",
    "checked",
    "choices",
    "choose",
    "current_terms",
    "dismiss",
    "order_rules",
    "page",
    "privacy_text",
    "publish_terms",
    "react",
    "remove_announcement",
    "remove_rule",
    "rules",
    "rules_by_id",
    "terms_of",
    "told",
    "told_one",
    "unchoose",
    "unreact",
    "write_page",
]
