BEGIN TRANSACTION;
CREATE TABLE account_counts (
	account_id INTEGER NOT NULL, 
	posts INTEGER DEFAULT '0' NOT NULL, 
	followers INTEGER DEFAULT '0' NOT NULL, 
	following INTEGER DEFAULT '0' NOT NULL, 
	last_post_at INTEGER, 
	CONSTRAINT pk_account_counts PRIMARY KEY (account_id), 
	CONSTRAINT fk_account_counts_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE accounts (
	id INTEGER NOT NULL, 
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
	locked BOOLEAN DEFAULT 0 NOT NULL, 
	discoverable BOOLEAN DEFAULT 1 NOT NULL, 
	indexable BOOLEAN DEFAULT 0 NOT NULL, 
	hide_collections BOOLEAN DEFAULT 0 NOT NULL, 
	url TEXT, 
	uri TEXT, 
	created_at INTEGER NOT NULL, 
	imported BOOLEAN DEFAULT 0 NOT NULL, 
	standing TEXT DEFAULT 'active' NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT ck_accounts_kind CHECK (kind IN ('person', 'service', 'group')), 
	CONSTRAINT ck_accounts_standing CHECK (standing IN ('active', 'limited', 'suspended', 'deleted')), 
	CONSTRAINT uq_accounts_username_key_domain UNIQUE (username_key, domain)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE apps (
	id INTEGER NOT NULL, 
	client_id TEXT NOT NULL, 
	secret_digest TEXT NOT NULL, 
	name TEXT NOT NULL, 
	website TEXT, 
	redirect_uris TEXT NOT NULL, 
	scopes TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_apps PRIMARY KEY (id), 
	CONSTRAINT uq_apps_client_id UNIQUE (client_id)
);
CREATE TABLE blocks (
	account_id INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	CONSTRAINT pk_blocks PRIMARY KEY (account_id, target_id), 
	CONSTRAINT fk_blocks_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_blocks_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE domain_blocks (
	account_id INTEGER NOT NULL, 
	domain TEXT NOT NULL, 
	id INTEGER NOT NULL, 
	CONSTRAINT pk_domain_blocks PRIMARY KEY (account_id, domain), 
	CONSTRAINT fk_domain_blocks_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE emoji (
	shortcode TEXT NOT NULL, 
	domain TEXT DEFAULT '' NOT NULL, 
	file TEXT NOT NULL, 
	still_file TEXT NOT NULL, 
	category TEXT, 
	listed BOOLEAN DEFAULT 1 NOT NULL, 
	disabled BOOLEAN DEFAULT 0 NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_emoji PRIMARY KEY (shortcode, domain)
);
CREATE TABLE event_log (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	tx INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	body TEXT NOT NULL
);
CREATE TABLE failures (
	reaction TEXT NOT NULL, 
	event_id INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	run_at INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	dead BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_failures PRIMARY KEY (reaction, event_id), 
	CONSTRAINT fk_failures_event_id FOREIGN KEY(event_id) REFERENCES event_log (id), 
	CONSTRAINT fk_failures_reaction FOREIGN KEY(reaction) REFERENCES reactions (name)
);
CREATE TABLE follows (
	follower_id INTEGER NOT NULL, 
	followed_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	requested BOOLEAN DEFAULT 0 NOT NULL, 
	boosts BOOLEAN DEFAULT 1 NOT NULL, 
	notify BOOLEAN DEFAULT 0 NOT NULL, 
	languages TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_follows PRIMARY KEY (follower_id, followed_id), 
	CONSTRAINT fk_follows_followed_id FOREIGN KEY(followed_id) REFERENCES accounts (id), 
	CONSTRAINT fk_follows_follower_id FOREIGN KEY(follower_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE grants (
	code_digest TEXT NOT NULL, 
	app_id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	scopes TEXT NOT NULL, 
	redirect_uri TEXT NOT NULL, 
	challenge TEXT, 
	expires_at INTEGER NOT NULL, 
	used_at INTEGER, 
	token_id INTEGER, 
	CONSTRAINT pk_grants PRIMARY KEY (code_digest), 
	CONSTRAINT fk_grants_app_id FOREIGN KEY(app_id) REFERENCES apps (id), 
	CONSTRAINT fk_grants_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);
CREATE TABLE hashtag_posts (
	hashtag_id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	CONSTRAINT pk_hashtag_posts PRIMARY KEY (hashtag_id, post_id), 
	CONSTRAINT fk_hashtag_posts_hashtag_id FOREIGN KEY(hashtag_id) REFERENCES hashtags (id), 
	CONSTRAINT fk_hashtag_posts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
)
 WITHOUT ROWID

;
CREATE TABLE hashtags (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_hashtags PRIMARY KEY (id), 
	CONSTRAINT uq_hashtags_key UNIQUE ("key")
);
CREATE TABLE idempotency (
	account_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	post_id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_idempotency PRIMARY KEY (account_id, "key"), 
	CONSTRAINT fk_idempotency_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE imported_posts (
	"key" INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	CONSTRAINT pk_imported_posts PRIMARY KEY ("key"), 
	CONSTRAINT fk_imported_posts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE imports (
	source TEXT NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_imports PRIMARY KEY (source)
);
CREATE TABLE interactions (
	account_id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	favourite_id INTEGER, 
	bookmark_id INTEGER, 
	boost_id INTEGER, 
	pin_id INTEGER, 
	CONSTRAINT pk_interactions PRIMARY KEY (account_id, post_id), 
	CONSTRAINT fk_interactions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_interactions_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
)
 WITHOUT ROWID

;
CREATE TABLE invitations (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	by_member_id INTEGER, 
	most_uses INTEGER, 
	uses INTEGER DEFAULT '0' NOT NULL, 
	expires_at INTEGER, 
	revoked_at INTEGER, 
	CONSTRAINT pk_invitations PRIMARY KEY (id), 
	CONSTRAINT uq_invitations_code UNIQUE (code)
);
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	body TEXT NOT NULL, 
	lane TEXT, 
	run_at INTEGER NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	lease_until INTEGER DEFAULT '0' NOT NULL, 
	error TEXT, 
	dead BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (id)
);
CREATE TABLE list_members (
	list_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	CONSTRAINT pk_list_members PRIMARY KEY (list_id, account_id), 
	CONSTRAINT fk_list_members_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_list_members_list_id FOREIGN KEY(list_id) REFERENCES lists (id)
)
 WITHOUT ROWID

;
CREATE TABLE lists (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	replies TEXT DEFAULT 'list' NOT NULL, 
	"exclusive" BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_lists PRIMARY KEY (id), 
	CONSTRAINT ck_lists_replies CHECK (replies IN ('followed', 'list', 'none')), 
	CONSTRAINT fk_lists_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE markers (
	account_id INTEGER NOT NULL, 
	feed TEXT NOT NULL, 
	last_read_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_markers PRIMARY KEY (account_id, feed), 
	CONSTRAINT ck_markers_feed CHECK (feed IN ('home', 'notifications')), 
	CONSTRAINT fk_markers_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE media (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	post_id INTEGER, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	files TEXT NOT NULL, 
	description TEXT, 
	focus TEXT, 
	blurhash TEXT, 
	sha256 TEXT, 
	bytes INTEGER DEFAULT '0' NOT NULL, 
	created_at INTEGER NOT NULL, 
	unused_since INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_media PRIMARY KEY (id), 
	CONSTRAINT ck_media_kind CHECK (kind IN ('image', 'gifv', 'video', 'audio', 'unknown')), 
	CONSTRAINT ck_media_state CHECK (state IN ('ready', 'processing', 'failed')), 
	CONSTRAINT fk_media_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE members (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	email TEXT NOT NULL, 
	email_key TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	role TEXT DEFAULT 'member' NOT NULL, 
	state TEXT DEFAULT 'active' NOT NULL, 
	locale TEXT DEFAULT 'en' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	invitation_id INTEGER, 
	default_visibility TEXT DEFAULT 'public' NOT NULL, 
	default_sensitive BOOLEAN DEFAULT 0 NOT NULL, 
	default_language TEXT, 
	created_at INTEGER NOT NULL, 
	last_sign_in_at INTEGER, 
	CONSTRAINT pk_members PRIMARY KEY (id), 
	CONSTRAINT ck_members_role CHECK (role IN ('member', 'moderator', 'admin', 'owner')), 
	CONSTRAINT ck_members_state CHECK (state IN ('pending', 'active', 'disabled')), 
	CONSTRAINT fk_members_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_members_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitations (id), 
	CONSTRAINT uq_members_account_id UNIQUE (account_id), 
	CONSTRAINT uq_members_email_key UNIQUE (email_key)
);
CREATE TABLE mentions (
	account_id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	CONSTRAINT pk_mentions PRIMARY KEY (account_id, post_id), 
	CONSTRAINT fk_mentions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_mentions_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
)
 WITHOUT ROWID

;
CREATE TABLE mutes (
	account_id INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	notifications BOOLEAN DEFAULT 1 NOT NULL, 
	expires_at INTEGER, 
	CONSTRAINT pk_mutes PRIMARY KEY (account_id, target_id), 
	CONSTRAINT fk_mutes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_mutes_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE notifications (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	from_id INTEGER NOT NULL, 
	post_id INTEGER DEFAULT '0' NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_notifications PRIMARY KEY (id), 
	CONSTRAINT fk_notifications_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_notifications_from_id FOREIGN KEY(from_id) REFERENCES accounts (id), 
	CONSTRAINT uq_notifications_account_id_kind_from_id_post_id UNIQUE (account_id, kind, from_id, post_id)
);
CREATE TABLE personas (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	field TEXT NOT NULL, 
	old TEXT NOT NULL, 
	new TEXT NOT NULL, 
	by_member_id INTEGER, 
	CONSTRAINT pk_personas PRIMARY KEY (id), 
	CONSTRAINT fk_personas_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE post_counts (
	post_id INTEGER NOT NULL, 
	replies INTEGER DEFAULT '0' NOT NULL, 
	boosts INTEGER DEFAULT '0' NOT NULL, 
	favourites INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_post_counts PRIMARY KEY (post_id), 
	CONSTRAINT fk_post_counts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE posts (
	id INTEGER NOT NULL, 
	author_id INTEGER NOT NULL, 
	boost_of_id INTEGER, 
	text TEXT DEFAULT '' NOT NULL, 
	html TEXT DEFAULT '' NOT NULL, 
	warning TEXT DEFAULT '' NOT NULL, 
	visibility TEXT NOT NULL, 
	language TEXT, 
	sensitive BOOLEAN DEFAULT 0 NOT NULL, 
	reply_to_id INTEGER, 
	reply_to_author_id INTEGER, 
	thread_id INTEGER NOT NULL, 
	mentions TEXT DEFAULT '[]' NOT NULL, 
	hashtags TEXT DEFAULT '[]' NOT NULL, 
	emoji TEXT DEFAULT '[]' NOT NULL, 
	media TEXT DEFAULT '[]' NOT NULL, 
	app_id INTEGER, 
	created_at INTEGER NOT NULL, 
	edited_at INTEGER, 
	deleted_at INTEGER, 
	local BOOLEAN DEFAULT 1 NOT NULL, 
	imported BOOLEAN DEFAULT 0 NOT NULL, 
	url TEXT, 
	uri TEXT, 
	CONSTRAINT pk_posts PRIMARY KEY (id), 
	CONSTRAINT ck_posts_visibility CHECK (visibility IN ('public', 'unlisted', 'followers', 'direct')), 
	CONSTRAINT fk_posts_author_id FOREIGN KEY(author_id) REFERENCES accounts (id), 
	CONSTRAINT fk_posts_boost_of_id FOREIGN KEY(boost_of_id) REFERENCES posts (id), 
	CONSTRAINT fk_posts_reply_to_author_id FOREIGN KEY(reply_to_author_id) REFERENCES accounts (id), 
	CONSTRAINT fk_posts_reply_to_id FOREIGN KEY(reply_to_id) REFERENCES posts (id)
);
CREATE TABLE private_notes (
	account_id INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_private_notes PRIMARY KEY (account_id, target_id), 
	CONSTRAINT fk_private_notes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_private_notes_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE reactions (
	name TEXT NOT NULL, 
	tx INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_reactions PRIMARY KEY (name)
);
CREATE TABLE revisions (
	id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	html TEXT NOT NULL, 
	warning TEXT NOT NULL, 
	sensitive BOOLEAN DEFAULT 0 NOT NULL, 
	emoji TEXT DEFAULT '[]' NOT NULL, 
	media TEXT DEFAULT '[]' NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_revisions PRIMARY KEY (id), 
	CONSTRAINT fk_revisions_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE schedule (
	name TEXT NOT NULL, 
	next_at INTEGER NOT NULL, 
	CONSTRAINT pk_schedule PRIMARY KEY (name)
);
CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	token_digest TEXT NOT NULL, 
	member_id INTEGER NOT NULL, 
	client TEXT DEFAULT '' NOT NULL, 
	created_at INTEGER NOT NULL, 
	seen_at INTEGER NOT NULL, 
	revoked_at INTEGER, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_member_id FOREIGN KEY(member_id) REFERENCES members (id), 
	CONSTRAINT uq_sessions_token_digest UNIQUE (token_digest)
);
CREATE TABLE thread_mutes (
	account_id INTEGER NOT NULL, 
	thread_id INTEGER NOT NULL, 
	CONSTRAINT pk_thread_mutes PRIMARY KEY (account_id, thread_id), 
	CONSTRAINT fk_thread_mutes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE tokens (
	id INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	app_id INTEGER NOT NULL, 
	member_id INTEGER, 
	account_id INTEGER, 
	scopes TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	used_at INTEGER, 
	revoked_at INTEGER, 
	CONSTRAINT pk_tokens PRIMARY KEY (id), 
	CONSTRAINT fk_tokens_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_tokens_app_id FOREIGN KEY(app_id) REFERENCES apps (id), 
	CONSTRAINT fk_tokens_member_id FOREIGN KEY(member_id) REFERENCES members (id), 
	CONSTRAINT uq_tokens_digest UNIQUE (digest)
);
CREATE INDEX ix_accounts_domain_username ON accounts (domain, username_key);
CREATE INDEX ix_accounts_name_key ON accounts (name_key);
CREATE INDEX ix_accounts_username_key ON accounts (username_key);
CREATE INDEX ix_event_log_tx_id ON event_log (tx, id);
CREATE INDEX ix_hashtags_key ON hashtags ("key");
CREATE INDEX ix_jobs_run_at ON jobs (run_at) WHERE dead = 0;
CREATE INDEX ix_blocks_account_id_id ON blocks (account_id, id);
CREATE INDEX ix_blocks_target_id ON blocks (target_id);
CREATE INDEX ix_failures_run_at ON failures (run_at) WHERE dead = 0;
CREATE INDEX ix_follows_followed_id_id ON follows (followed_id, id);
CREATE INDEX ix_follows_follower_id_id ON follows (follower_id, id);
CREATE INDEX ix_follows_notify ON follows (followed_id) WHERE notify = 1;
CREATE INDEX ix_follows_requests ON follows (followed_id, id) WHERE requested = 1;
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE INDEX ix_lists_account_id ON lists (account_id);
CREATE INDEX ix_media_post_id ON media (post_id);
CREATE INDEX ix_media_unused ON media (unused_since) WHERE post_id IS NULL;
CREATE INDEX ix_members_state_id ON members (state, id);
CREATE INDEX ix_mutes_account_id_id ON mutes (account_id, id);
CREATE INDEX ix_mutes_expires_at ON mutes (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX ix_notifications_account_id_id ON notifications (account_id, id);
CREATE INDEX ix_notifications_post_id ON notifications (post_id);
CREATE INDEX ix_personas_account_id_id ON personas (account_id, id);
CREATE INDEX ix_posts_author_id_id ON posts (author_id, id);
CREATE UNIQUE INDEX ix_posts_boost_of_id_author_id ON posts (boost_of_id, author_id) WHERE boost_of_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ix_posts_public ON posts (id) WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL;
CREATE INDEX ix_posts_public_local ON posts (id) WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL AND local = 1;
CREATE INDEX ix_posts_reply_to_id ON posts (reply_to_id) WHERE reply_to_id IS NOT NULL;
CREATE INDEX ix_posts_thread_id_id ON posts (thread_id, id);
CREATE INDEX ix_hashtag_posts_post_id ON hashtag_posts (post_id);
CREATE INDEX ix_interactions_bookmarks ON interactions (account_id, bookmark_id) WHERE bookmark_id IS NOT NULL;
CREATE INDEX ix_interactions_favourites ON interactions (account_id, favourite_id) WHERE favourite_id IS NOT NULL;
CREATE INDEX ix_interactions_pins ON interactions (account_id, pin_id) WHERE pin_id IS NOT NULL;
CREATE INDEX ix_interactions_post_id_favourite_id ON interactions (post_id, favourite_id);
CREATE INDEX ix_list_members_account_id ON list_members (account_id);
CREATE INDEX ix_mentions_post_id ON mentions (post_id);
CREATE INDEX ix_revisions_post_id_id ON revisions (post_id, id);
CREATE INDEX ix_sessions_member_id ON sessions (member_id);
CREATE INDEX ix_tokens_member_id ON tokens (member_id);
DELETE FROM "sqlite_sequence";
COMMIT;
