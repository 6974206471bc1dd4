BEGIN;
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE accounts (
    id BIGINT NOT NULL, 
    username TEXT NOT NULL, 
    username_key TEXT NOT NULL, 
    domain TEXT DEFAULT '' NOT NULL, 
    kind TEXT DEFAULT 'person' NOT NULL, 
    display_name TEXT DEFAULT '' NOT NULL, 
    name_key TEXT DEFAULT '' NOT NULL, 
    bio TEXT DEFAULT '' NOT NULL, 
    bio_html TEXT DEFAULT '' NOT NULL, 
    fields TEXT DEFAULT '[]' NOT NULL, 
    avatar TEXT, 
    header TEXT, 
    locked BOOLEAN DEFAULT false NOT NULL, 
    discoverable BOOLEAN DEFAULT true NOT NULL, 
    indexable BOOLEAN DEFAULT false NOT NULL, 
    hide_collections BOOLEAN DEFAULT false NOT NULL, 
    url TEXT, 
    uri TEXT, 
    created_at BIGINT NOT NULL, 
    imported BOOLEAN DEFAULT false NOT NULL, 
    standing TEXT DEFAULT 'active' NOT NULL, 
    CONSTRAINT pk_accounts PRIMARY KEY (id), 
    CONSTRAINT ck_accounts_kind CHECK (kind IN ('person', 'service', 'group')), 
    CONSTRAINT ck_accounts_standing CHECK (standing IN ('active', 'limited', 'suspended', 'deleted')), 
    CONSTRAINT uq_accounts_username_key_domain UNIQUE (username_key, domain)
);
CREATE INDEX ix_accounts_domain_username ON accounts (domain, username_key);
CREATE INDEX ix_accounts_name_key ON accounts (name_key text_pattern_ops);
CREATE INDEX ix_accounts_username_key ON accounts (username_key text_pattern_ops);
CREATE TABLE apps (
    id BIGINT NOT NULL, 
    client_id TEXT NOT NULL, 
    secret_digest TEXT NOT NULL, 
    name TEXT NOT NULL, 
    website TEXT, 
    redirect_uris TEXT NOT NULL, 
    scopes TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    CONSTRAINT pk_apps PRIMARY KEY (id), 
    CONSTRAINT uq_apps_client_id UNIQUE (client_id)
);
CREATE TABLE emoji (
    shortcode TEXT NOT NULL, 
    domain TEXT DEFAULT '' NOT NULL, 
    file TEXT NOT NULL, 
    still_file TEXT NOT NULL, 
    category TEXT, 
    listed BOOLEAN DEFAULT true NOT NULL, 
    disabled BOOLEAN DEFAULT false NOT NULL, 
    created_at BIGINT NOT NULL, 
    CONSTRAINT pk_emoji PRIMARY KEY (shortcode, domain)
);
CREATE TABLE event_log (
    id BIGSERIAL NOT NULL, 
    tx BIGINT NOT NULL, 
    at BIGINT NOT NULL, 
    kind TEXT NOT NULL, 
    body TEXT NOT NULL, 
    CONSTRAINT pk_event_log PRIMARY KEY (id)
);
CREATE INDEX ix_event_log_tx_id ON event_log (tx, id);
CREATE TABLE hashtags (
    id BIGINT NOT NULL, 
    key TEXT NOT NULL, 
    name TEXT NOT NULL, 
    CONSTRAINT pk_hashtags PRIMARY KEY (id), 
    CONSTRAINT uq_hashtags_key UNIQUE (key)
);
CREATE INDEX ix_hashtags_key ON hashtags (key text_pattern_ops);
CREATE TABLE imports (
    source TEXT NOT NULL, 
    done BIGINT NOT NULL, 
    total BIGINT NOT NULL, 
    at BIGINT NOT NULL, 
    CONSTRAINT pk_imports PRIMARY KEY (source)
);
CREATE TABLE invitations (
    id BIGINT NOT NULL, 
    code TEXT NOT NULL, 
    by_member_id BIGINT, 
    most_uses INTEGER, 
    uses INTEGER DEFAULT '0' NOT NULL, 
    expires_at BIGINT, 
    revoked_at BIGINT, 
    CONSTRAINT pk_invitations PRIMARY KEY (id), 
    CONSTRAINT uq_invitations_code UNIQUE (code)
);
CREATE TABLE jobs (
    id BIGSERIAL NOT NULL, 
    kind TEXT NOT NULL, 
    body TEXT NOT NULL, 
    lane TEXT, 
    run_at BIGINT NOT NULL, 
    attempts INTEGER DEFAULT '0' NOT NULL, 
    lease_until BIGINT DEFAULT '0' NOT NULL, 
    error TEXT, 
    dead BOOLEAN DEFAULT false NOT NULL, 
    CONSTRAINT pk_jobs PRIMARY KEY (id)
);
CREATE INDEX ix_jobs_run_at ON jobs (run_at) WHERE NOT dead;
CREATE TABLE reactions (
    name TEXT NOT NULL, 
    tx BIGINT NOT NULL, 
    id BIGINT NOT NULL, 
    at BIGINT NOT NULL, 
    CONSTRAINT pk_reactions PRIMARY KEY (name)
);
CREATE TABLE schedule (
    name TEXT NOT NULL, 
    next_at BIGINT NOT NULL, 
    CONSTRAINT pk_schedule PRIMARY KEY (name)
);
CREATE TABLE account_counts (
    account_id BIGINT NOT NULL, 
    posts INTEGER DEFAULT '0' NOT NULL, 
    followers INTEGER DEFAULT '0' NOT NULL, 
    following INTEGER DEFAULT '0' NOT NULL, 
    last_post_at BIGINT, 
    CONSTRAINT pk_account_counts PRIMARY KEY (account_id), 
    CONSTRAINT fk_account_counts_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE blocks (
    account_id BIGINT NOT NULL, 
    target_id BIGINT NOT NULL, 
    id BIGINT NOT NULL, 
    CONSTRAINT pk_blocks PRIMARY KEY (account_id, target_id), 
    CONSTRAINT fk_blocks_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_blocks_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
);
CREATE INDEX ix_blocks_account_id_id ON blocks (account_id, id);
CREATE INDEX ix_blocks_target_id ON blocks (target_id);
CREATE TABLE domain_blocks (
    account_id BIGINT NOT NULL, 
    domain TEXT NOT NULL, 
    id BIGINT NOT NULL, 
    CONSTRAINT pk_domain_blocks PRIMARY KEY (account_id, domain), 
    CONSTRAINT fk_domain_blocks_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE failures (
    reaction TEXT NOT NULL, 
    event_id BIGINT NOT NULL, 
    attempts INTEGER NOT NULL, 
    run_at BIGINT NOT NULL, 
    error TEXT NOT NULL, 
    dead BOOLEAN DEFAULT false NOT NULL, 
    CONSTRAINT pk_failures PRIMARY KEY (reaction, event_id), 
    CONSTRAINT fk_failures_event_id FOREIGN KEY(event_id) REFERENCES event_log (id), 
    CONSTRAINT fk_failures_reaction FOREIGN KEY(reaction) REFERENCES reactions (name)
);
CREATE INDEX ix_failures_run_at ON failures (run_at) WHERE NOT dead;
CREATE TABLE follows (
    follower_id BIGINT NOT NULL, 
    followed_id BIGINT NOT NULL, 
    id BIGINT NOT NULL, 
    requested BOOLEAN DEFAULT false NOT NULL, 
    boosts BOOLEAN DEFAULT true NOT NULL, 
    notify BOOLEAN DEFAULT false NOT NULL, 
    languages TEXT DEFAULT '' NOT NULL, 
    CONSTRAINT pk_follows PRIMARY KEY (follower_id, followed_id), 
    CONSTRAINT fk_follows_followed_id FOREIGN KEY(followed_id) REFERENCES accounts (id), 
    CONSTRAINT fk_follows_follower_id FOREIGN KEY(follower_id) REFERENCES accounts (id)
);
CREATE INDEX ix_follows_followed_id_id ON follows (followed_id, id);
CREATE INDEX ix_follows_follower_id_id ON follows (follower_id, id);
CREATE INDEX ix_follows_notify ON follows (followed_id) WHERE notify;
CREATE INDEX ix_follows_requests ON follows (followed_id, id) WHERE requested;
CREATE TABLE idempotency (
    account_id BIGINT NOT NULL, 
    key TEXT NOT NULL, 
    post_id BIGINT NOT NULL, 
    at BIGINT NOT NULL, 
    CONSTRAINT pk_idempotency PRIMARY KEY (account_id, key), 
    CONSTRAINT fk_idempotency_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE TABLE lists (
    id BIGINT NOT NULL, 
    account_id BIGINT NOT NULL, 
    title TEXT NOT NULL, 
    replies TEXT DEFAULT 'list' NOT NULL, 
    exclusive BOOLEAN DEFAULT false NOT NULL, 
    CONSTRAINT pk_lists PRIMARY KEY (id), 
    CONSTRAINT ck_lists_replies CHECK (replies IN ('followed', 'list', 'none')), 
    CONSTRAINT fk_lists_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_lists_account_id ON lists (account_id);
CREATE TABLE markers (
    account_id BIGINT NOT NULL, 
    feed TEXT NOT NULL, 
    last_read_id BIGINT NOT NULL, 
    version INTEGER NOT NULL, 
    updated_at BIGINT NOT NULL, 
    CONSTRAINT pk_markers PRIMARY KEY (account_id, feed), 
    CONSTRAINT ck_markers_feed CHECK (feed IN ('home', 'notifications')), 
    CONSTRAINT fk_markers_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE media (
    id BIGINT NOT NULL, 
    account_id BIGINT NOT NULL, 
    post_id BIGINT, 
    kind TEXT NOT NULL, 
    state TEXT NOT NULL, 
    files TEXT NOT NULL, 
    description TEXT, 
    focus TEXT, 
    blurhash TEXT, 
    sha256 TEXT, 
    bytes INTEGER DEFAULT '0' NOT NULL, 
    created_at BIGINT NOT NULL, 
    unused_since BIGINT DEFAULT '0' NOT NULL, 
    CONSTRAINT pk_media PRIMARY KEY (id), 
    CONSTRAINT ck_media_kind CHECK (kind IN ('image', 'gifv', 'video', 'audio', 'unknown')), 
    CONSTRAINT ck_media_state CHECK (state IN ('ready', 'processing', 'failed')), 
    CONSTRAINT fk_media_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_media_post_id ON media (post_id);
CREATE INDEX ix_media_unused ON media (unused_since) WHERE post_id IS NULL;
CREATE TABLE members (
    id BIGINT NOT NULL, 
    account_id BIGINT NOT NULL, 
    email TEXT NOT NULL, 
    email_key TEXT NOT NULL, 
    password_hash TEXT NOT NULL, 
    role TEXT DEFAULT 'member' NOT NULL, 
    state TEXT DEFAULT 'active' NOT NULL, 
    locale TEXT DEFAULT 'en' NOT NULL, 
    reason TEXT DEFAULT '' NOT NULL, 
    invitation_id BIGINT, 
    default_visibility TEXT DEFAULT 'public' NOT NULL, 
    default_sensitive BOOLEAN DEFAULT false NOT NULL, 
    default_language TEXT, 
    created_at BIGINT NOT NULL, 
    last_sign_in_at BIGINT, 
    CONSTRAINT pk_members PRIMARY KEY (id), 
    CONSTRAINT ck_members_role CHECK (role IN ('member', 'moderator', 'admin', 'owner')), 
    CONSTRAINT ck_members_state CHECK (state IN ('pending', 'active', 'disabled')), 
    CONSTRAINT fk_members_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_members_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitations (id), 
    CONSTRAINT uq_members_account_id UNIQUE (account_id), 
    CONSTRAINT uq_members_email_key UNIQUE (email_key)
);
CREATE INDEX ix_members_state_id ON members (state, id);
CREATE TABLE mutes (
    account_id BIGINT NOT NULL, 
    target_id BIGINT NOT NULL, 
    id BIGINT NOT NULL, 
    notifications BOOLEAN DEFAULT true NOT NULL, 
    expires_at BIGINT, 
    CONSTRAINT pk_mutes PRIMARY KEY (account_id, target_id), 
    CONSTRAINT fk_mutes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_mutes_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
);
CREATE INDEX ix_mutes_account_id_id ON mutes (account_id, id);
CREATE INDEX ix_mutes_expires_at ON mutes (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE notifications (
    id BIGINT NOT NULL, 
    account_id BIGINT NOT NULL, 
    kind TEXT NOT NULL, 
    from_id BIGINT NOT NULL, 
    post_id BIGINT DEFAULT '0' NOT NULL, 
    created_at BIGINT NOT NULL, 
    CONSTRAINT pk_notifications PRIMARY KEY (id), 
    CONSTRAINT fk_notifications_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_notifications_from_id FOREIGN KEY(from_id) REFERENCES accounts (id), 
    CONSTRAINT uq_notifications_account_id_kind_from_id_post_id UNIQUE (account_id, kind, from_id, post_id)
);
CREATE INDEX ix_notifications_account_id_id ON notifications (account_id, id);
CREATE INDEX ix_notifications_post_id ON notifications (post_id);
CREATE TABLE personas (
    id BIGINT NOT NULL, 
    account_id BIGINT NOT NULL, 
    field TEXT NOT NULL, 
    "old" TEXT NOT NULL, 
    "new" TEXT NOT NULL, 
    by_member_id BIGINT, 
    CONSTRAINT pk_personas PRIMARY KEY (id), 
    CONSTRAINT fk_personas_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE INDEX ix_personas_account_id_id ON personas (account_id, id);
CREATE TABLE posts (
    id BIGINT NOT NULL, 
    author_id BIGINT NOT NULL, 
    boost_of_id BIGINT, 
    text TEXT DEFAULT '' NOT NULL, 
    html TEXT DEFAULT '' NOT NULL, 
    warning TEXT DEFAULT '' NOT NULL, 
    visibility TEXT NOT NULL, 
    language TEXT, 
    sensitive BOOLEAN DEFAULT false NOT NULL, 
    reply_to_id BIGINT, 
    reply_to_author_id BIGINT, 
    thread_id BIGINT NOT NULL, 
    mentions TEXT DEFAULT '[]' NOT NULL, 
    hashtags TEXT DEFAULT '[]' NOT NULL, 
    emoji TEXT DEFAULT '[]' NOT NULL, 
    media TEXT DEFAULT '[]' NOT NULL, 
    app_id BIGINT, 
    created_at BIGINT NOT NULL, 
    edited_at BIGINT, 
    deleted_at BIGINT, 
    local BOOLEAN DEFAULT true NOT NULL, 
    imported BOOLEAN DEFAULT false NOT NULL, 
    url TEXT, 
    uri TEXT, 
    CONSTRAINT pk_posts PRIMARY KEY (id), 
    CONSTRAINT ck_posts_visibility CHECK (visibility IN ('public', 'unlisted', 'followers', 'direct')), 
    CONSTRAINT fk_posts_author_id FOREIGN KEY(author_id) REFERENCES accounts (id), 
    CONSTRAINT fk_posts_boost_of_id FOREIGN KEY(boost_of_id) REFERENCES posts (id), 
    CONSTRAINT fk_posts_reply_to_author_id FOREIGN KEY(reply_to_author_id) REFERENCES accounts (id), 
    CONSTRAINT fk_posts_reply_to_id FOREIGN KEY(reply_to_id) REFERENCES posts (id)
);
CREATE INDEX ix_posts_author_id_id ON posts (author_id, id);
CREATE UNIQUE INDEX ix_posts_boost_of_id_author_id ON posts (boost_of_id, author_id) WHERE boost_of_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ix_posts_public ON posts (id) WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL;
CREATE INDEX ix_posts_public_local ON posts (id) WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL AND local;
CREATE INDEX ix_posts_reply_to_id ON posts (reply_to_id) WHERE reply_to_id IS NOT NULL;
CREATE INDEX ix_posts_thread_id_id ON posts (thread_id, id);
CREATE TABLE private_notes (
    account_id BIGINT NOT NULL, 
    target_id BIGINT NOT NULL, 
    text TEXT NOT NULL, 
    CONSTRAINT pk_private_notes PRIMARY KEY (account_id, target_id), 
    CONSTRAINT fk_private_notes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_private_notes_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
);
CREATE TABLE thread_mutes (
    account_id BIGINT NOT NULL, 
    thread_id BIGINT NOT NULL, 
    CONSTRAINT pk_thread_mutes PRIMARY KEY (account_id, thread_id), 
    CONSTRAINT fk_thread_mutes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE grants (
    code_digest TEXT NOT NULL, 
    app_id BIGINT NOT NULL, 
    member_id BIGINT NOT NULL, 
    scopes TEXT NOT NULL, 
    redirect_uri TEXT NOT NULL, 
    challenge TEXT, 
    expires_at BIGINT NOT NULL, 
    used_at BIGINT, 
    token_id BIGINT, 
    CONSTRAINT pk_grants PRIMARY KEY (code_digest), 
    CONSTRAINT fk_grants_app_id FOREIGN KEY(app_id) REFERENCES apps (id), 
    CONSTRAINT fk_grants_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);
CREATE TABLE hashtag_posts (
    hashtag_id BIGINT NOT NULL, 
    post_id BIGINT NOT NULL, 
    CONSTRAINT pk_hashtag_posts PRIMARY KEY (hashtag_id, post_id), 
    CONSTRAINT fk_hashtag_posts_hashtag_id FOREIGN KEY(hashtag_id) REFERENCES hashtags (id), 
    CONSTRAINT fk_hashtag_posts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE INDEX ix_hashtag_posts_post_id ON hashtag_posts (post_id);
CREATE TABLE imported_posts (
    key BIGINT NOT NULL, 
    post_id BIGINT NOT NULL, 
    CONSTRAINT pk_imported_posts PRIMARY KEY (key), 
    CONSTRAINT fk_imported_posts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE interactions (
    account_id BIGINT NOT NULL, 
    post_id BIGINT NOT NULL, 
    favourite_id BIGINT, 
    bookmark_id BIGINT, 
    boost_id BIGINT, 
    pin_id BIGINT, 
    CONSTRAINT pk_interactions PRIMARY KEY (account_id, post_id), 
    CONSTRAINT fk_interactions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_interactions_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE INDEX ix_interactions_bookmarks ON interactions (account_id, bookmark_id) WHERE bookmark_id IS NOT NULL;
CREATE INDEX ix_interactions_favourites ON interactions (account_id, favourite_id) WHERE favourite_id IS NOT NULL;
CREATE INDEX ix_interactions_pins ON interactions (account_id, pin_id) WHERE pin_id IS NOT NULL;
CREATE INDEX ix_interactions_post_id_favourite_id ON interactions (post_id, favourite_id);
CREATE TABLE list_members (
    list_id BIGINT NOT NULL, 
    account_id BIGINT NOT NULL, 
    id BIGINT NOT NULL, 
    CONSTRAINT pk_list_members PRIMARY KEY (list_id, account_id), 
    CONSTRAINT fk_list_members_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_list_members_list_id FOREIGN KEY(list_id) REFERENCES lists (id)
);
CREATE INDEX ix_list_members_account_id ON list_members (account_id);
CREATE TABLE mentions (
    account_id BIGINT NOT NULL, 
    post_id BIGINT NOT NULL, 
    CONSTRAINT pk_mentions PRIMARY KEY (account_id, post_id), 
    CONSTRAINT fk_mentions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_mentions_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE INDEX ix_mentions_post_id ON mentions (post_id);
CREATE TABLE post_counts (
    post_id BIGINT NOT NULL, 
    replies INTEGER DEFAULT '0' NOT NULL, 
    boosts INTEGER DEFAULT '0' NOT NULL, 
    favourites INTEGER DEFAULT '0' NOT NULL, 
    CONSTRAINT pk_post_counts PRIMARY KEY (post_id), 
    CONSTRAINT fk_post_counts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE revisions (
    id BIGINT NOT NULL, 
    post_id BIGINT NOT NULL, 
    text TEXT NOT NULL, 
    html TEXT NOT NULL, 
    warning TEXT NOT NULL, 
    sensitive BOOLEAN DEFAULT false NOT NULL, 
    emoji TEXT DEFAULT '[]' NOT NULL, 
    media TEXT DEFAULT '[]' NOT NULL, 
    at BIGINT NOT NULL, 
    CONSTRAINT pk_revisions PRIMARY KEY (id), 
    CONSTRAINT fk_revisions_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE INDEX ix_revisions_post_id_id ON revisions (post_id, id);
CREATE TABLE sessions (
    id BIGINT NOT NULL, 
    token_digest TEXT NOT NULL, 
    member_id BIGINT NOT NULL, 
    client TEXT DEFAULT '' NOT NULL, 
    created_at BIGINT NOT NULL, 
    seen_at BIGINT NOT NULL, 
    revoked_at BIGINT, 
    CONSTRAINT pk_sessions PRIMARY KEY (id), 
    CONSTRAINT fk_sessions_member_id FOREIGN KEY(member_id) REFERENCES members (id), 
    CONSTRAINT uq_sessions_token_digest UNIQUE (token_digest)
);
CREATE INDEX ix_sessions_member_id ON sessions (member_id);
CREATE TABLE tokens (
    id BIGINT NOT NULL, 
    digest TEXT NOT NULL, 
    app_id BIGINT NOT NULL, 
    member_id BIGINT, 
    account_id BIGINT, 
    scopes TEXT NOT NULL, 
    created_at BIGINT NOT NULL, 
    used_at BIGINT, 
    revoked_at BIGINT, 
    CONSTRAINT pk_tokens PRIMARY KEY (id), 
    CONSTRAINT fk_tokens_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
    CONSTRAINT fk_tokens_app_id FOREIGN KEY(app_id) REFERENCES apps (id), 
    CONSTRAINT fk_tokens_member_id FOREIGN KEY(member_id) REFERENCES members (id), 
    CONSTRAINT uq_tokens_digest UNIQUE (digest)
);
CREATE INDEX ix_tokens_member_id ON tokens (member_id);
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num;
COMMIT;
