"""Answers of the Mastodon API as their documentation has them: for the OpenAPI document and for tests. Ids are decimal text.

Source: mastodon/documentation, entities. The bytes themselves come from `fragments.py` and `render.py`.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Visibility = Literal["public", "unlisted", "private", "direct"]


class Emoji(msgspec.Struct, kw_only=True):
    """CustomEmoji."""

    shortcode: str
    url: str
    static_url: str
    visible_in_picker: bool
    category: str | None


class Field(msgspec.Struct, kw_only=True):
    """A line of a profile; `value` is HTML."""

    name: str
    value: str
    verified_at: str | None


class AccountRole(msgspec.Struct, kw_only=True):
    """AccountRole: what everybody sees of a role."""

    id: str
    name: str
    color: str


class FeatureApproval(msgspec.Struct, kw_only=True):
    """FeatureApproval: who may put an account into a collection, and whether the one who asks may."""

    automatic: list[Literal["public", "followers", "following", "unsupported_policy"]]
    manual: list[Literal["public", "followers", "following", "unsupported_policy"]]
    current_user: Literal["automatic", "manual", "denied", "unknown", "missing"]


class Account(msgspec.Struct, kw_only=True):
    """Account; `note` is HTML, `created_at` a date and time, `last_status_at` a bare date."""

    id: str
    username: str
    acct: str
    display_name: str
    locked: bool
    bot: bool
    discoverable: bool
    indexable: bool
    group: bool
    created_at: str
    note: str
    url: str
    uri: str
    avatar: str
    avatar_static: str
    avatar_description: str
    header: str
    header_static: str
    header_description: str
    hide_collections: bool
    noindex: bool
    emojis: list[Emoji]
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    roles: list[AccountRole] | None
    feature_approval: FeatureApproval
    fields: list[Field]
    followers_count: int
    following_count: int
    statuses_count: int
    last_status_at: str | None
    moved: Account | msgspec.UnsetType | None = msgspec.UNSET
    memorial: bool | msgspec.UnsetType = msgspec.UNSET
    limited: bool | msgspec.UnsetType = msgspec.UNSET
    labels: list[AccountLabel] | msgspec.UnsetType = msgspec.UNSET
    attestations: list[AccountAttestation] | msgspec.UnsetType = msgspec.UNSET
    domain_handle: str | msgspec.UnsetType = msgspec.UNSET
    suspended: bool = False


class AccountLabel(msgspec.Struct, kw_only=True):
    """What the people who run this server say of an account. Ours; left out where there is none."""

    kind: Literal["official", "coordinated", "impersonation", "automated", "context", "renamed"]
    text: str
    since: str


class AccountAttestation(msgspec.Struct, kw_only=True):
    """That a named verifier says who an account is; `what`: what it speaks for. Ours; left out where there is none."""

    account_id: str
    acct: str
    display_name: str
    what: str
    since: str


class Source(msgspec.Struct, kw_only=True):
    """What a member's profile is made from."""

    note: str
    fields: list[Field]
    privacy: Visibility
    sensitive: bool
    language: str | None
    follow_requests_count: int
    hide_collections: bool
    discoverable: bool
    indexable: bool
    attribution_domains: list[str]
    quote_policy: Literal["public", "followers", "nobody"]
    reply_policy: Literal["everyone", "followers", "following", "mentioned", "nobody"]


class Role(msgspec.Struct, kw_only=True):
    """A member's role on this server."""

    id: str
    name: str
    color: str
    permissions: str
    highlighted: bool
    collection_limit: int


class CredentialAccount(Account, kw_only=True):
    """CredentialAccount: a member's own."""

    source: Source
    role: Role


class MutedAccount(Account, kw_only=True):
    """MutedAccount."""

    mute_expires_at: str | None


class Relationship(msgspec.Struct, kw_only=True):
    """Relationship."""

    id: str
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: list[str] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: str | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


class MediaAttachment(msgspec.Struct, kw_only=True):
    """MediaAttachment; `url` is null while it is processed."""

    id: str
    type: Literal["image", "gifv", "video", "audio", "unknown"]
    url: str | None
    preview_url: str | None
    remote_url: str | None
    preview_remote_url: str | None
    text_url: str | None
    meta: dict[str, Any] | None
    description: str | None
    blurhash: str | None


class Mention(msgspec.Struct, kw_only=True):
    """Status::Mention."""

    id: str
    username: str
    acct: str
    url: str


class StatusTag(msgspec.Struct, kw_only=True):
    """Status::Tag."""

    name: str
    url: str


class Application(msgspec.Struct, kw_only=True):
    """The app that a post was written with."""

    name: str
    website: str | None


class PreviewCardAuthor(msgspec.Struct, kw_only=True):
    """PreviewCardAuthor."""

    name: str
    url: str
    account: Account | None


class PreviewCard(msgspec.Struct, kw_only=True):
    """PreviewCard. `type` is `link`, `photo` or `video`."""

    url: str
    title: str
    description: str
    language: str | None
    type: str
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    html: str
    width: int
    height: int
    image: str | None
    image_description: str
    embed_url: str
    blurhash: str | None
    published_at: str | None
    authors: list[PreviewCardAuthor]
    missing_attribution: bool | None


class Nothing(msgspec.Struct):
    """An empty object."""


class PollOption(msgspec.Struct, kw_only=True):
    """Poll::Option; the count is null as long as the poll hides it."""

    title: str
    votes_count: int | None


class Poll(msgspec.Struct, kw_only=True):
    """Poll. `voted` and `own_votes` are there only for a member; `voters_count` is null where one may be chosen only."""

    id: str
    expires_at: str | None
    expired: bool
    multiple: bool
    votes_count: int
    voters_count: int | None
    options: list[PollOption]
    emojis: list[Emoji]
    voted: bool | msgspec.UnsetType = msgspec.UNSET
    own_votes: list[int] | msgspec.UnsetType = msgspec.UNSET


class FilterGroup(msgspec.Struct, kw_only=True):
    """Filter, without what is in it."""

    id: str
    title: str
    context: list[Literal["home", "notifications", "public", "thread", "account"]]
    expires_at: str | None
    filter_action: Literal["warn", "hide", "blur"]


class FilterKeyword(msgspec.Struct, kw_only=True):
    """FilterKeyword."""

    id: str
    keyword: str
    whole_word: bool


class FilterStatus(msgspec.Struct, kw_only=True):
    """FilterStatus."""

    id: str
    status_id: str


class Filter(FilterGroup, kw_only=True):
    """Filter, with what is in it."""

    keywords: list[FilterKeyword]
    statuses: list[FilterStatus]


class FilterResult(msgspec.Struct, kw_only=True):
    """FilterResult: `keyword_matches` as the post writes them, null when none is in it."""

    filter: FilterGroup
    keyword_matches: list[str] | None
    status_matches: list[str] | None


class V1Filter(msgspec.Struct, kw_only=True):
    """V1::Filter: a keyword with its filter."""

    id: str
    phrase: str
    context: list[Literal["home", "notifications", "public", "thread", "account"]]
    expires_at: str | None
    irreversible: bool
    whole_word: bool


State = Literal[
    "pending",
    "accepted",
    "rejected",
    "revoked",
    "deleted",
    "unauthorized",
    "blocked_account",
    "blocked_domain",
    "muted_account",
]


class QuoteApproval(msgspec.Struct, kw_only=True):
    """QuoteApproval: who may quote a post, and whether the one who asks may."""

    automatic: list[Literal["public", "followers", "following", "unsupported_policy"]]
    manual: list[Literal["public", "followers", "following", "unsupported_policy"]]
    current_user: Literal["automatic", "manual", "denied", "unknown"]


class ReplyApproval(msgspec.Struct, kw_only=True):
    """Who may answer a post, and whether the one who asks may; ours."""

    policy: Literal["everyone", "followers", "following", "mentioned", "nobody"]
    current_user: Literal["allowed", "denied"]


class Quote(msgspec.Struct, kw_only=True):
    """Quote, or in a status that is quoted itself ShallowQuote."""

    state: State
    quoted_status: Status | msgspec.UnsetType | None = msgspec.UNSET
    quoted_status_id: str | msgspec.UnsetType | None = msgspec.UNSET


class Status(msgspec.Struct, kw_only=True):
    """Status. The fields from `favourited` on are there only for a member."""

    id: str
    uri: str
    url: str
    created_at: str
    edited_at: str | None
    in_reply_to_id: str | None
    in_reply_to_account_id: str | None
    sensitive: bool
    spoiler_text: str
    visibility: Visibility
    language: str | None
    content: str
    application: Application | None
    media_attachments: list[MediaAttachment]
    mentions: list[Mention]
    tags: list[StatusTag]
    emojis: list[Emoji]
    card: PreviewCard | None
    poll: Poll | None
    reblog: Status | None
    account: Account
    replies_count: int
    reblogs_count: int
    favourites_count: int
    quotes_count: int
    quote: Quote | None
    tagged_collections: list[Any]
    quote_approval: QuoteApproval
    reply_approval: ReplyApproval
    favourited: bool | msgspec.UnsetType = msgspec.UNSET
    reblogged: bool | msgspec.UnsetType = msgspec.UNSET
    muted: bool | msgspec.UnsetType = msgspec.UNSET
    bookmarked: bool | msgspec.UnsetType = msgspec.UNSET
    pinned: bool | msgspec.UnsetType = msgspec.UNSET
    filtered: list[FilterResult] | msgspec.UnsetType = msgspec.UNSET


class DeletedStatus(Status, kw_only=True):
    """What DELETE answers: the status with its source, so that a client can offer to write it anew."""

    text: str


class PollParams(msgspec.Struct, kw_only=True):
    """ScheduledStatus::Params, its poll; `expires_in` in seconds from when the post goes out."""

    options: list[str]
    expires_in: int | None
    multiple: bool
    hide_totals: bool


class StatusParams(msgspec.Struct, kw_only=True):
    """ScheduledStatus::Params: what POST /api/v1/statuses was told. `text` is its `status`, `reply_policy` ours."""

    text: str
    poll: PollParams | None
    media_ids: list[str] | None
    sensitive: bool | None
    spoiler_text: str | None
    visibility: Visibility | None
    in_reply_to_id: str | None
    language: str | None
    application_id: str | None = None
    scheduled_at: None = None
    idempotency: str | None = None
    with_rate_limit: bool = False
    quoted_status_id: str | None = None
    quote_approval_policy: Literal["public", "followers", "nobody"] | None = None
    reply_policy: str | None = None


class ScheduledStatus(msgspec.Struct, kw_only=True):
    """ScheduledStatus. `error` is ours: why it could not go out at its time; null as long as it may."""

    id: str
    scheduled_at: str
    params: StatusParams
    media_attachments: list[MediaAttachment]
    error: str | None


class Draft(msgspec.Struct, kw_only=True):
    """A draft kept on the server; ours. `params` is the post, `thread` the posts that follow it."""

    id: str
    version: int
    updated_at: str
    params: StatusParams
    thread: list[StatusParams]
    media_attachments: list[MediaAttachment]


class DraftConflict(msgspec.Struct, kw_only=True):
    """What PUT on a draft answers with 409: what another device made of it."""

    error: str
    draft: Draft


class Conversation(msgspec.Struct, kw_only=True):
    """Conversation: `accounts` are the others; `last_status` is null when its reader may not see it."""

    id: str
    unread: bool
    accounts: list[Account]
    last_status: Status | None


class Context(msgspec.Struct, kw_only=True):
    """Context."""

    ancestors: list[Status]
    descendants: list[Status]


class EditPollOption(msgspec.Struct, kw_only=True):
    """An option of a poll as a version of the post had it."""

    title: str


class EditPoll(msgspec.Struct, kw_only=True):
    """A poll as a version of the post had it."""

    options: list[EditPollOption]


class StatusEdit(msgspec.Struct, kw_only=True):
    """StatusEdit."""

    content: str
    spoiler_text: str
    sensitive: bool
    created_at: str
    account: Account
    media_attachments: list[MediaAttachment]
    emojis: list[Emoji]
    poll: EditPoll | msgspec.UnsetType = msgspec.UNSET
    quote: Quote | None


class StatusSource(msgspec.Struct, kw_only=True):
    """StatusSource."""

    id: str
    text: str
    spoiler_text: str


class List(msgspec.Struct, kw_only=True):
    """List."""

    id: str
    title: str
    replies_policy: Literal["followed", "list", "none"]
    exclusive: bool


class Report(msgspec.Struct, kw_only=True):
    """Report, as who filed it sees it."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: Literal["spam", "legal", "violation", "other"]
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str] | None
    collection_ids: list[str] | None
    rule_ids: list[str] | None
    target_account: Account


class Appeal(msgspec.Struct, kw_only=True):
    """Appeal."""

    text: str
    state: Literal["approved", "rejected", "pending"]


class AccountWarning(msgspec.Struct, kw_only=True):
    """AccountWarning: what staff decided about the member's account."""

    id: str
    action: Literal[
        "none", "disable", "mark_statuses_as_sensitive", "delete_statuses", "sensitive", "silence", "suspend"
    ]
    text: str
    status_ids: list[str] | None
    target_account: Account
    appeal: Appeal | None
    created_at: str


class RelationshipSeveranceEvent(msgspec.Struct, kw_only=True):
    """RelationshipSeveranceEvent: follows that were lost at once."""

    id: str
    type: str
    purged: bool
    target_name: str
    followers_count: int
    following_count: int
    created_at: str


class Notification(msgspec.Struct, kw_only=True):
    """Notification."""

    id: str
    type: str
    group_key: str
    created_at: str
    account: Account
    status: Status | msgspec.UnsetType = msgspec.UNSET
    report: Report | msgspec.UnsetType = msgspec.UNSET
    event: RelationshipSeveranceEvent | msgspec.UnsetType = msgspec.UNSET
    moderation_warning: AccountWarning | msgspec.UnsetType = msgspec.UNSET
    collection: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    fallback: NotificationFallback | msgspec.UnsetType = msgspec.UNSET


class NotificationFallback(msgspec.Struct, kw_only=True):
    """NotificationFallback: words to show for a notification that an app does not know; HTML."""

    title: str
    summary: str | None
    details: str | None


class FeaturedTag(msgspec.Struct, kw_only=True):
    """FeaturedTag; the count is text, `last_status_at` a bare date."""

    id: str
    name: str
    url: str
    statuses_count: str
    last_status_at: str | None


class TagHistory(msgspec.Struct, kw_only=True):
    """A day of a hashtag: Unix time of its midnight, uses and accounts, all as text."""

    day: str
    uses: str
    accounts: str


class Tag(msgspec.Struct, kw_only=True):
    """Tag."""

    id: str
    name: str
    url: str
    history: list[TagHistory]
    following: bool | msgspec.UnsetType = msgspec.UNSET
    featuring: bool | msgspec.UnsetType = msgspec.UNSET


class Search(msgspec.Struct, kw_only=True):
    """Search."""

    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[Tag]


class FamiliarFollowers(msgspec.Struct, kw_only=True):
    """FamiliarFollowers: of one account, those whom the asker follows too."""

    id: str
    accounts: list[Account]


class PlainField(msgspec.Struct, kw_only=True):
    """A line of a profile as written."""

    name: str
    value: str
    verified_at: str | None


class Profile(msgspec.Struct, kw_only=True):
    """Profile: a member's own, as written; pictures are null where there are none."""

    id: str
    display_name: str
    note: str
    fields: list[PlainField]
    avatar: str | None
    avatar_static: str | None
    avatar_description: str
    header: str | None
    header_static: str | None
    header_description: str
    locked: bool
    bot: bool
    hide_collections: bool
    discoverable: bool
    indexable: bool
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    attribution_domains: list[str]
    featured_tags: list[FeaturedTag]


class Persona(msgspec.Struct, kw_only=True):
    """One change of what an account shows itself as; ours. `old` and `new` are texts, or what the field consists of."""

    id: str
    at: str
    field: str
    old: Any
    new: Any


class RegisteredApp(msgspec.Struct, kw_only=True):
    """Application: an app as its makers see it; `redirect_uri` has one a line."""

    id: str
    name: str
    website: str | None
    scopes: list[str]
    redirect_uris: list[str]
    redirect_uri: str
    vapid_key: str


class CredentialApplication(RegisteredApp, kw_only=True):
    """CredentialApplication: with what the app proves itself by."""

    client_id: str
    client_secret: str
    client_secret_expires_at: int


class Token(msgspec.Struct, kw_only=True):
    """Token; `created_at` in Unix seconds."""

    access_token: str
    token_type: str
    scope: str
    created_at: int
