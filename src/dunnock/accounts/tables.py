"""Tables of accounts, members and what stands between accounts. All times are Unix milliseconds, all ids time-ordered."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from dunnock.foundation.db import BigId, Extra, extra, flag, metadata

_counts_move = text("uncounted_to NOT IN (0, 9223372036854775807)")

accounts = Table(
    "accounts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("username", Text, nullable=False),
    Column("username_key", Text, nullable=False),  # case-folded
    Column("domain", Text, nullable=False, server_default=""),  # "" is this server
    Column("kind", Text, nullable=False, server_default="person"),  # person | service (bot) | group
    Column("display_name", Text, nullable=False, server_default=""),
    Column("name_key", Text, nullable=False, server_default=""),  # display name folded by account.name_key, for search
    Column("bio", Text, nullable=False, server_default=""),  # as written
    Column("bio_html", Text, nullable=False, server_default=""),
    Column("fields", Text, nullable=False, server_default="[]"),  # JSON [{name, value, html, verified_at}]
    Column("avatar", Text),  # JSON of media's Picture; null: the default picture
    Column("header", Text),
    Column("avatar_description", Text, nullable=False, server_default=""),
    Column("header_description", Text, nullable=False, server_default=""),
    flag("locked"),
    flag("discoverable", default=True),
    flag("indexable"),
    flag("hide_collections"),
    flag("show_media", default=True),  # which tabs its owner wants on the profile: what clients show
    flag("show_media_replies", default=True),
    flag("show_featured", default=True),
    Column(
        "attribution_domains", Text, nullable=False, server_default="[]"
    ),  # JSON list: websites that may name it as author
    Column("url", Text),  # null for local accounts: made from the handle
    Column("uri", Text),
    Column("created_at", BigId, nullable=False),
    flag("imported"),  # came with a bulk import; nobody signs in to it
    Column("standing", Text, nullable=False, server_default="active"),  # active | limited | suspended | deleted
    flag("sensitized"),  # all that it posts is shown as sensitive
    Column(
        "labels", Text, nullable=False, server_default="[]"
    ),  # JSON [labels.Label]: what staff say of it, for all to see
    Column(
        "attestations", Text, nullable=False, server_default="[]"
    ),  # JSON [account.Attestation]: what named verifiers say of it, of what counts now
    Column("domain_handle", Text, nullable=False, server_default=""),  # the domain that it proved to be its own
    Column("domain_since", BigId),  # when it first did
    flag("protected"),  # what staff do to it needs two of them
    Column(
        "also_known_as", Text, nullable=False, server_default="[]"
    ),  # JSON list: addresses of the same person's accounts
    Column("moved_to_id", BigId),  # the account that its owner uses now
    Column("moved_at", BigId),  # when it moved last, also if its owner came back since
    # Its acts up to this id count for nobody: 0 none of them, the highest number all, else it is on the way (count_anew.py).
    Column("uncounted_to", BigId, nullable=False, server_default="0"),
    UniqueConstraint("username_key", "domain"),
    Index("ix_accounts_protected", "id", sqlite_where=text("protected = 1"), postgresql_where=text("protected")),
    Index("ix_accounts_uncounted", "id", sqlite_where=_counts_move, postgresql_where=_counts_move),
    Index("ix_accounts_domain_username", "domain", "username_key"),
    # Search by prefix; PostgreSQL serves it by an index only when that compares bytes.
    Index("ix_accounts_username_key", "username_key", postgresql_ops={"username_key": "text_pattern_ops"}),
    Index("ix_accounts_name_key", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
    CheckConstraint("kind IN ('person', 'service', 'group')", name="kind"),
    CheckConstraint("standing IN ('active', 'limited', 'suspended', 'deleted')", name="standing"),
)

# What is between signs of ASCII is a word, on both engines: of display name and handle.
NAME_WORDS = (
    "array_to_tsvector(array_remove(regexp_split_to_array("
    r"left(name_key, 500) || ' ' || username_key, '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+'), ''))"
)
extra(
    accounts,
    Extra(
        "account_names",
        sqlite=(
            """CREATE VIRTUAL TABLE account_names USING fts5(
    name_key, username_key, content='accounts', content_rowid='id', columnsize=0, tokenize='ascii'
)""",
            """CREATE TRIGGER account_names_added AFTER INSERT ON accounts BEGIN
    INSERT INTO account_names (rowid, name_key, username_key) VALUES (new.id, substr(new.name_key, 1, 500), new.username_key);
END""",
            """CREATE TRIGGER account_names_deleted AFTER DELETE ON accounts BEGIN
    INSERT INTO account_names (account_names, rowid, name_key, username_key)
    VALUES ('delete', old.id, substr(old.name_key, 1, 500), old.username_key);
END""",
            """CREATE TRIGGER account_names_changed AFTER UPDATE OF name_key, username_key ON accounts BEGIN
    INSERT INTO account_names (account_names, rowid, name_key, username_key)
    VALUES ('delete', old.id, substr(old.name_key, 1, 500), old.username_key);
    INSERT INTO account_names (rowid, name_key, username_key) VALUES (new.id, substr(new.name_key, 1, 500), new.username_key);
END""",
        ),
        postgresql=(f"CREATE INDEX ix_accounts_name_words ON accounts USING gin (({NAME_WORDS}))",),
        hidden=("account_names", "account_names_data", "account_names_idx", "account_names_config"),
    ),
)

account_counts = Table(
    "account_counts",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("posts", Integer, nullable=False, server_default="0"),
    Column("followers", Integer, nullable=False, server_default="0"),
    Column("following", Integer, nullable=False, server_default="0"),
    Column("last_post_at", BigId),
)

personas = Table(  # the history of what an account showed itself as: one dated row for each change of a field
    "personas",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("field", Text, nullable=False),  # display_name | username | bio | avatar | header | kind | fields
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("by_member_id", BigId),  # null: by the server (import, command)
    Index("ix_personas_account_id_id", "account_id", "id"),
)

members = Table(
    "members",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False, unique=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="member"),  # member | moderator | admin | owner
    Column("state", Text, nullable=False, server_default="active"),  # pending (approval) | active | disabled
    Column("locale", Text, nullable=False, server_default="en"),
    Column("reason", Text, nullable=False, server_default=""),  # why they want to join
    Column("invitation_id", BigId, ForeignKey("invitations.id")),
    Column("app_id", BigId),  # the app they joined with; null: the pages, or a command
    Column("default_visibility", Text, nullable=False, server_default="public"),
    flag("default_sensitive"),
    Column("default_language", Text),
    Column("default_quote_policy", Text, nullable=False, server_default="public"),  # public | followers | nobody
    # everyone | followers | following | mentioned | nobody
    Column("default_reply_policy", Text, nullable=False, server_default="everyone"),
    Column("created_at", BigId, nullable=False),
    Column("last_sign_in_at", BigId),
    flag("unconfirmed"),  # nobody has shown yet that mail to the address reaches them: they may not come in
    Column("new_email", Text),  # asked for; takes the place of `email` once it is confirmed
    Column("page_choices", Text, nullable=False, server_default=""),  # how pages look to them, in words of web
    Column("mail_refused_at", BigId),  # a mail server said that the address takes no mail
    CheckConstraint("role IN ('member', 'moderator', 'admin', 'owner')", name="role"),
    CheckConstraint("state IN ('pending', 'active', 'disabled')", name="state"),
    Index("ix_members_state_id", "state", "id"),
)

mail_links = Table(  # what the links in mails open; only digests of their tokens
    "mail_links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("purpose", Text, nullable=False),  # confirm | reset
    Column("email", Text, nullable=False),  # to which it was sent
    Column("expires_at", BigId, nullable=False),
    Column("used_at", BigId),
    CheckConstraint("purpose IN ('confirm', 'reset')", name="purpose"),
    Index("ix_mail_links_member_id", "member_id"),
    Index("ix_mail_links_expires_at", "expires_at"),
)

recalls = Table(  # links of mails by which owners take their account back; only digests of their tokens
    "recalls",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("email", Text, nullable=False),  # to which it was sent, and which the account has then
    Column("since", BigId, nullable=False),  # second factors that were added behind it go
    Column("expires_at", BigId, nullable=False),
    Column("used_at", BigId),
    Index("ix_recalls_member_id", "member_id"),
    Index("ix_recalls_expires_at", "expires_at"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False, unique=True),
    Column("by_member_id", BigId),  # no foreign key: members refers here; null: made by a command
    Column("most_uses", Integer),  # null: any number
    Column("uses", Integer, nullable=False, server_default="0"),
    Column("expires_at", BigId),
    Column("revoked_at", BigId),
)

sessions = Table(  # a browser's sign-in
    "sessions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("token_digest", Text, nullable=False, unique=True),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("client", Text, nullable=False, server_default=""),  # "Firefox on Linux": no address, no full user agent
    Column("created_at", BigId, nullable=False),
    Column("seen_at", BigId, nullable=False),
    Column("revoked_at", BigId),
    Column("proven_at", BigId, nullable=False, server_default="0"),  # when its owner last showed who they are
    flag("doubted"),  # begun with a browser that was never seen with the member, who has not said yet that it was they
    Index("ix_sessions_member_id", "member_id"),
)

browsers = Table(  # where a member signed in before, by a cookie's digest: others are told of by mail
    "browsers",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("seen_at", BigId, nullable=False),
    Index("ix_browsers_member_id", "member_id"),
    Index("ix_browsers_seen_at", "seen_at"),
)

access_changes = Table(  # of passwords, addresses and second factors, for 90 days
    "access_changes",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("what", Text, nullable=False),  # access_changes.Kept
    Index("ix_access_changes_member_id_id", "member_id", "id"),
)

door_acts = Table(  # what members did through which session or token, while it can be taken back
    "door_acts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("door", BigId, nullable=False),
    Column("kind", Text, nullable=False),  # door_acts.ActKind
    Column("target", Text, nullable=False),
    Column("was", Text, nullable=False),  # JSON of what was there before; empty: nothing
    Index("ix_door_acts_account_id_id", "account_id", "id"),
)

totps = Table(  # a second factor: codes of an app (RFC 6238)
    "totps",
    metadata,
    Column("member_id", BigId, ForeignKey("members.id"), primary_key=True, autoincrement=False),
    Column("secret", Text, nullable=False),
    Column("confirmed_at", BigId),  # null: no code was shown yet, so it is none
    Column("last_step", BigId, nullable=False, server_default="0"),  # of the newest code that was used
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("used_at", BigId),
    Index("ix_recovery_codes_member_id", "member_id"),
)

passkeys = Table(  # WebAuthn credentials: public keys, nothing secret
    "passkeys",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("credential_id", Text, nullable=False, unique=True),  # base64url
    Column("public_key", Text, nullable=False),  # base64url of COSE
    Column("sign_count", BigId, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", BigId, nullable=False),
    Column("used_at", BigId),
    Index("ix_passkeys_member_id", "member_id"),
)

sign_in_steps = Table(  # sign-ins that are under way, and questions to passkeys
    "sign_in_steps",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("purpose", Text, nullable=False),  # second | passkey | add
    Column("member_id", BigId, ForeignKey("members.id")),  # null: a passkey is to say who
    Column("held", Text, nullable=False, server_default=""),  # digest of the password's hash that was found right
    Column("client", Text, nullable=False, server_default=""),  # User-Agent header, shortened
    Column("challenge", Text, nullable=False, server_default=""),  # base64url
    Column("expires_at", BigId, nullable=False),
    CheckConstraint("purpose IN ('second', 'passkey', 'add')", name="purpose"),
    Index("ix_sign_in_steps_expires_at", "expires_at"),
    Index("ix_sign_in_steps_member_id", "member_id"),
)

apps = Table(
    "apps",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("client_id", Text, nullable=False, unique=True),
    Column("secret_digest", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("website", Text),
    Column("redirect_uris", Text, nullable=False),  # one a line
    Column("scopes", Text, nullable=False),
    Column("created_at", BigId, nullable=False),
)

grants = Table(  # OAuth authorisation codes
    "grants",
    metadata,
    Column("code_digest", Text, primary_key=True),
    Column("app_id", BigId, ForeignKey("apps.id"), nullable=False),
    Column("member_id", BigId, ForeignKey("members.id"), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text),  # PKCE S256
    Column("expires_at", BigId, nullable=False),
    Column("used_at", BigId),
    Column("token_id", BigId),  # what it was exchanged for: revoked when the code is shown a second time
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("app_id", BigId, ForeignKey("apps.id"), nullable=False),
    Column("member_id", BigId, ForeignKey("members.id")),  # null: the app's own (client credentials)
    Column("account_id", BigId, ForeignKey("accounts.id")),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigId, nullable=False),
    Column("used_at", BigId),  # to the day
    Column("revoked_at", BigId),
    Index("ix_tokens_member_id", "member_id"),
)

follows = Table(
    "follows",
    metadata,
    Column("follower_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("followed_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),  # when, and the cursor of lists
    flag("requested"),  # true until a locked account says yes
    flag("boosts", default=True),  # show their boosts
    flag("notify"),  # tell of each post
    Column("languages", Text, nullable=False, server_default=""),  # space-separated; "": all
    Index("ix_follows_followed_id_id", "followed_id", "id"),
    Index("ix_follows_follower_id_id", "follower_id", "id"),
    # those who are told of each post of somebody, however many follow
    Index("ix_follows_notify", "followed_id", sqlite_where=text("notify = 1"), postgresql_where=text("notify")),
    Index(
        "ix_follows_requests",
        "followed_id",
        "id",
        sqlite_where=text("requested = 1"),
        postgresql_where=text("requested"),
    ),
    sqlite_with_rowid=False,
)

blocks = Table(
    "blocks",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("target_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),
    Index("ix_blocks_account_id_id", "account_id", "id"),
    Index("ix_blocks_target_id", "target_id"),
    sqlite_with_rowid=False,
)

mutes = Table(
    "mutes",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("target_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),
    flag("notifications", default=True),  # hide their notifications too
    Column("expires_at", BigId),
    Index("ix_mutes_account_id_id", "account_id", "id"),
    Index("ix_mutes_target_id", "target_id"),
    Index(
        "ix_mutes_expires_at",
        "expires_at",
        sqlite_where=text("expires_at IS NOT NULL"),
        postgresql_where=text("expires_at IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

domain_blocks = Table(  # a member's own, not the server's
    "domain_blocks",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("domain", Text, primary_key=True),
    Column("id", BigId, nullable=False),
    sqlite_with_rowid=False,
)

severances = Table(  # follows, both ways, that a member lost at once
    "severances",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("kind", Text, nullable=False),  # own_block | domain_block | suspension
    Column("target", Text, nullable=False),  # a server, or a handle
    Column("followers", Integer, nullable=False),
    Column("following", Integer, nullable=False),
    CheckConstraint("kind IN ('own_block', 'domain_block', 'suspension')", name="kind"),
    Index("ix_severances_account_id", "account_id"),
)

endorsements = Table(  # whom an account recommends, of those it follows
    "endorsements",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("target_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False, unique=True),
    Index("ix_endorsements_target_id", "target_id"),
    sqlite_with_rowid=False,
)

independence = Table(  # accounts that act together with others; who is not here acts on its own
    "independence",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("group_id", BigId, nullable=False),
    Column("weight", Float, nullable=False),  # how much it counts by itself, 0 to 1
    Index("ix_independence_group_id", "group_id"),
    CheckConstraint("weight >= 0 AND weight <= 1", name="weight"),
    sqlite_with_rowid=False,
)

ages = Table(  # how old members are, in bands; who is not here said nothing
    "ages",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("band", Text),  # under_13 | 13_15 | 16_17 | adult; null: not known
    Column("moves_up_at", BigId),  # when the next band begins
    Column("zone", Text, nullable=False, server_default=""),  # a time zone's name; empty: UTC
    Column(
        "said_minor_at", BigId
    ),  # when they said that they are under 18 and no more; null: they said more, or nothing
    Column("put_off_at", BigId),  # when they let it be to be asked again
    CheckConstraint("band IN ('under_13', '13_15', '16_17', 'adult')", name="band"),
    sqlite_with_rowid=False,
)

verifiers = Table(  # whom staff named to say who others are
    "verifiers",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),  # what for: "journalists of the Example Times"
    Column("called", Text, nullable=False),  # its name when it was named: unlike names suspend it
    Column("since", BigId, nullable=False),  # what it said before that does not count
    Column("until", BigId),  # null: without an end
    flag("doubted"),  # it is called otherwise now, and staff have to name it anew
)

attestations = Table(  # who said of whom that they are who they say
    "attestations",
    metadata,
    Column("verifier_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("called", Text, nullable=False),  # the name that it was said of
    Column(
        "state", Text, nullable=False
    ),  # given | doubted (called otherwise since) | refused (by the account) | withdrawn
    Column("at", BigId, nullable=False),
    CheckConstraint("state IN ('given', 'doubted', 'refused', 'withdrawn')", name="state"),
    Index("ix_attestations_account_id", "account_id"),
    Index("ix_attestations_verifier_id_at", "verifier_id", "at"),
    sqlite_with_rowid=False,
)

domain_handles = Table(  # domains that members proved to be theirs, and the last one that each of them lost
    "domain_handles",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False),  # A-labels
    Column("way", Text, nullable=False),  # file | webfinger
    Column("proved_at", BigId, nullable=False),
    Column("checked_at", BigId, nullable=False),
    Column("failing_since", BigId),  # null: the last check found the proof
    Column("lost_at", BigId),  # null: it counts
    Column("lost_why", Text, nullable=False, server_default=""),  # gone (no proof any more) | taken (proved by another)
    CheckConstraint("way IN ('file', 'webfinger')", name="way"),
    CheckConstraint("lost_why IN ('', 'gone', 'taken')", name="lost_why"),
    Index(
        "ix_domain_handles_domain", "domain", unique=True,
        sqlite_where=text("lost_at IS NULL"), postgresql_where=text("lost_at IS NULL"),
    ),
    Index("ix_domain_handles_checked_at", "checked_at"),
)  # fmt: skip

private_notes = Table(
    "private_notes",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("target_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

active_days = Table(  # how many members used the server on a day; not who
    "active_days",
    metadata,
    Column("day", BigId, primary_key=True, autoincrement=False),  # days since 1970
    Column("members", Integer, nullable=False),
)

# The server's own limits -----------------------------------------------------------------------------------------------

server_blocks = Table(  # what this server thinks of others; a rule covers subdomains too
    "server_blocks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False, unique=True),
    Column("severity", Text, nullable=False),  # noop | limit | suspend
    flag("reject_media"),
    flag("reject_reports"),
    Column("private_comment", Text),
    Column("public_comment", Text),
    flag("obfuscate"),  # the public list shows only a part of the name
    Column("expires_at", BigId),  # null: until somebody ends it
    CheckConstraint("severity IN ('noop', 'limit', 'suspend')", name="severity"),
)

server_allows = Table(  # with limited federation: the only servers that there are
    "server_allows",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False, unique=True),
)

mail_domain_blocks = Table(  # nobody joins with an address there
    "mail_domain_blocks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False, unique=True),
    flag("allow_with_approval"),
)

mail_domain_tries = Table(  # how many wanted to
    "mail_domain_tries",
    metadata,
    Column("block_id", BigId, ForeignKey("mail_domain_blocks.id"), primary_key=True, autoincrement=False),
    Column("day", BigId, primary_key=True, autoincrement=False),  # days since 1970
    Column("tries", Integer, nullable=False),
    sqlite_with_rowid=False,
)

mail_blocks = Table(  # single addresses, as hashes of their canonical form
    "mail_blocks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("account_id", BigId, ForeignKey("accounts.id")),  # whose suspension made it; null: made by hand
    Index("ix_mail_blocks_account_id", "account_id"),
)

network_blocks = Table(
    "network_blocks",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("network", Text, nullable=False, unique=True),  # CIDR
    Column("severity", Text, nullable=False),  # sign_up_requires_approval | sign_up_block | no_access
    Column("comment", Text, nullable=False, server_default=""),
    Column("expires_at", BigId),
    CheckConstraint("severity IN ('sign_up_requires_approval', 'sign_up_block', 'no_access')", name="severity"),
)

posting_stops = Table(  # an emergency: for a while a class of accounts can't post
    "posting_stops",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("who", Text, nullable=False),  # everybody (but staff) | newcomers | protected
    Column("newer_than", BigId, nullable=False),  # of newcomers: made after that
    Column("why", Text, nullable=False),
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("until", BigId, nullable=False),
    CheckConstraint("who IN ('everybody', 'newcomers', 'protected')", name="who"),
)

__all__ = [
    "access_changes",
    "account_counts",
    "accounts",
    "active_days",
    "apps",
    "attestations",
    "blocks",
    "browsers",
    "domain_blocks",
    "domain_handles",
    "follows",
    "grants",
    "invitations",
    "mail_blocks",
    "mail_domain_blocks",
    "mail_domain_tries",
    "mail_links",
    "members",
    "mutes",
    "network_blocks",
    "passkeys",
    "personas",
    "posting_stops",
    "private_notes",
    "recalls",
    "recovery_codes",
    "server_allows",
    "server_blocks",
    "sessions",
    "severances",
    "sign_in_steps",
    "tokens",
    "totps",
    "verifiers",
]
