"""Accounts: who is here, what they show, who signs in, and what stands between them.

Owns accounts and their history, members, sessions, apps and tokens, follows, blocks, mutes and private notes.
"""

from __future__ import annotations

# Profiles and relations
from dunnock.accounts.account import LOCAL, Account, Field, Standing, name_key, read_fields
from dunnock.accounts.block import block, blocked, unblock
from dunnock.accounts.counts import Counts, count_posts, counts_of, start_counts
from dunnock.accounts.domain_block import block_domain, blocked_domains, unblock_domain
from dunnock.accounts.errors import (
    AccountMissing,
    ProfileInvalid,
    RelationRefused,
    RequestMissing,
    SettingInvalid,
    TooManyFollows,
)
from dunnock.accounts.events import (
    AccountMade,
    AccountSettingsChanged,
    Blocked,
    DomainBlocked,
    DomainUnblocked,
    FollowChanged,
    Followed,
    FollowRequested,
    MemberSignedUp,
    MemberStateChanged,
    Muted,
    PersonaChanged,
    StandingChanged,
    TokensRevoked,
    Unblocked,
    Unfollowed,
    Unmuted,
)
from dunnock.accounts.find import find, find_by_handle, find_by_handles, find_many, find_shown, search_accounts
from dunnock.accounts.follow import (
    accept_follow,
    collections_hidden,
    count_follow_requests,
    familiar_followers,
    follow,
    follow_requests,
    followers,
    following,
    reject_follow,
    remove_from_followers,
    unfollow,
)
from dunnock.accounts.mute import END_MUTES_EVERY_MS, EndMutes, end_mutes, mute, mute_ends, muted, unmute
from dunnock.accounts.paging import Cursor, Page
from dunnock.accounts.persona import Persona, note_changes, personas
from dunnock.accounts.private_note import write_note
from dunnock.accounts.profile import change_profile
from dunnock.accounts.relationships import Relationship, relationships
from dunnock.accounts.settings import PostingDefaults, change_settings, posting_defaults, role_of

# Reading for show
from dunnock.accounts.viewers import Viewer, Viewers
from dunnock.accounts.views import AccountCard, AccountViews

__all__ = [
    "END_MUTES_EVERY_MS",
    "LOCAL",
    "Account",
    "AccountCard",
    "AccountMade",
    "AccountMissing",
    "AccountSettingsChanged",
    "AccountViews",
    "Blocked",
    "Counts",
    "Cursor",
    "DomainBlocked",
    "DomainUnblocked",
    "EndMutes",
    "Field",
    "FollowChanged",
    "FollowRequested",
    "Followed",
    "MemberSignedUp",
    "MemberStateChanged",
    "Muted",
    "Page",
    "Persona",
    "PersonaChanged",
    "PostingDefaults",
    "ProfileInvalid",
    "RelationRefused",
    "Relationship",
    "RequestMissing",
    "SettingInvalid",
    "Standing",
    "StandingChanged",
    "TokensRevoked",
    "TooManyFollows",
    "Unblocked",
    "Unfollowed",
    "Unmuted",
    "Viewer",
    "Viewers",
    "accept_follow",
    "block",
    "block_domain",
    "blocked",
    "blocked_domains",
    "change_profile",
    "change_settings",
    "collections_hidden",
    "count_follow_requests",
    "count_posts",
    "counts_of",
    "end_mutes",
    "familiar_followers",
    "find",
    "find_by_handle",
    "find_by_handles",
    "find_many",
    "find_shown",
    "follow",
    "follow_requests",
    "followers",
    "following",
    "mute",
    "mute_ends",
    "muted",
    "name_key",
    "note_changes",
    "personas",
    "posting_defaults",
    "read_fields",
    "reject_follow",
    "relationships",
    "remove_from_followers",
    "role_of",
    "search_accounts",
    "start_counts",
    "unblock",
    "unblock_domain",
    "unfollow",
    "unmute",
    "write_note",
]
