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
CREATE TABLE "accounts" (
	id INTEGER NOT NULL, 
	username TEXT NOT NULL, 
	username_key TEXT NOT NULL, 
	domain TEXT DEFAULT ('') NOT NULL, 
	kind TEXT DEFAULT 'person' NOT NULL, 
	display_name TEXT DEFAULT ('') NOT NULL, 
	name_key TEXT DEFAULT ('') NOT NULL, 
	bio TEXT DEFAULT ('') NOT NULL, 
	bio_html TEXT DEFAULT ('') NOT NULL, 
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
	avatar_description TEXT DEFAULT '' NOT NULL, 
	header_description TEXT DEFAULT '' NOT NULL, 
	show_media BOOLEAN DEFAULT 1 NOT NULL, 
	show_media_replies BOOLEAN DEFAULT 1 NOT NULL, 
	show_featured BOOLEAN DEFAULT 1 NOT NULL, 
	attribution_domains TEXT DEFAULT '[]' NOT NULL, 
	sensitized BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_accounts_username_key_domain UNIQUE (username_key, domain), 
	CONSTRAINT ck_accounts_kind CHECK (kind IN ('person', 'service', 'group')), 
	CONSTRAINT ck_accounts_standing CHECK (standing IN ('active', 'limited', 'suspended', 'deleted'))
);
CREATE TABLE active_days (
	day INTEGER NOT NULL, 
	members INTEGER NOT NULL, 
	CONSTRAINT pk_active_days PRIMARY KEY (day)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE announcement_reactions (
	announcement_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	account_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	CONSTRAINT pk_announcement_reactions PRIMARY KEY (announcement_id, name, account_id), 
	CONSTRAINT fk_announcement_reactions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_announcement_reactions_announcement_id FOREIGN KEY(announcement_id) REFERENCES announcements (id)
)
 WITHOUT ROWID

;
CREATE TABLE announcement_reads (
	account_id INTEGER NOT NULL, 
	announcement_id INTEGER NOT NULL, 
	CONSTRAINT pk_announcement_reads PRIMARY KEY (account_id, announcement_id), 
	CONSTRAINT fk_announcement_reads_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_announcement_reads_announcement_id FOREIGN KEY(announcement_id) REFERENCES announcements (id)
)
 WITHOUT ROWID

;
CREATE TABLE announcements (
	id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	starts_at INTEGER, 
	ends_at INTEGER, 
	all_day BOOLEAN DEFAULT 0 NOT NULL, 
	published_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_announcements PRIMARY KEY (id)
);
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
CREATE TABLE archives (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	secret TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	phase TEXT DEFAULT 'outbox' NOT NULL, 
	"after" INTEGER DEFAULT '0' NOT NULL, 
	outbox_bytes INTEGER DEFAULT '0' NOT NULL, 
	bytes INTEGER DEFAULT '0' NOT NULL, 
	posts INTEGER DEFAULT '0' NOT NULL, 
	files INTEGER DEFAULT '0' NOT NULL, 
	created_at INTEGER NOT NULL, 
	ready_at INTEGER, 
	CONSTRAINT pk_archives PRIMARY KEY (id), 
	CONSTRAINT ck_archives_phase CHECK (phase IN ('outbox', 'lists', 'files', 'media', 'ready')), 
	CONSTRAINT fk_archives_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE auto_delete (
	account_id INTEGER NOT NULL, 
	enabled BOOLEAN DEFAULT 0 NOT NULL, 
	min_age INTEGER NOT NULL, 
	keep_direct BOOLEAN DEFAULT 0 NOT NULL, 
	keep_pinned BOOLEAN DEFAULT 0 NOT NULL, 
	keep_polls BOOLEAN DEFAULT 0 NOT NULL, 
	keep_media BOOLEAN DEFAULT 0 NOT NULL, 
	keep_favourites BOOLEAN DEFAULT 0 NOT NULL, 
	keep_bookmarks BOOLEAN DEFAULT 0 NOT NULL, 
	min_favourites INTEGER, 
	min_boosts INTEGER, 
	looked_at INTEGER DEFAULT '0' NOT NULL, 
	due_at INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_auto_delete PRIMARY KEY (account_id), 
	CONSTRAINT fk_auto_delete_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
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
CREATE TABLE browsers (
	digest TEXT NOT NULL, 
	member_id INTEGER NOT NULL, 
	seen_at INTEGER NOT NULL, 
	CONSTRAINT pk_browsers PRIMARY KEY (digest), 
	CONSTRAINT fk_browsers_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);
CREATE TABLE collection_items (
	id INTEGER NOT NULL, 
	collection_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT pk_collection_items PRIMARY KEY (id), 
	CONSTRAINT ck_collection_items_state CHECK (state IN ('accepted', 'revoked')), 
	CONSTRAINT fk_collection_items_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_collection_items_collection_id FOREIGN KEY(collection_id) REFERENCES collections (id), 
	CONSTRAINT uq_collection_items_collection_id_account_id UNIQUE (collection_id, account_id)
);
CREATE TABLE collections (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	description TEXT DEFAULT '' NOT NULL, 
	language TEXT, 
	tag TEXT, 
	sensitive BOOLEAN DEFAULT 0 NOT NULL, 
	discoverable BOOLEAN DEFAULT 1 NOT NULL, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_collections PRIMARY KEY (id), 
	CONSTRAINT fk_collections_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE conversation_backlog (
	name TEXT NOT NULL, 
	below INTEGER NOT NULL, 
	CONSTRAINT pk_conversation_backlog PRIMARY KEY (name)
);
CREATE TABLE conversation_posts (
	account_id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	conversation_id INTEGER NOT NULL, 
	CONSTRAINT pk_conversation_posts PRIMARY KEY (account_id, post_id), 
	CONSTRAINT fk_conversation_posts_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_conversation_posts_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT fk_conversation_posts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
)
 WITHOUT ROWID

;
CREATE TABLE conversations (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	thread_id INTEGER NOT NULL, 
	people TEXT NOT NULL, 
	last_post_id INTEGER NOT NULL, 
	unread BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_conversations PRIMARY KEY (id), 
	CONSTRAINT fk_conversations_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_conversations_account_id_thread_id_people UNIQUE (account_id, thread_id, people)
);
CREATE TABLE daily_figures (
	"key" TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	figure INTEGER NOT NULL, 
	CONSTRAINT pk_daily_figures PRIMARY KEY ("key", day)
)
 WITHOUT ROWID

;
CREATE TABLE data_import_rows (
	import_id INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	data TEXT NOT NULL, 
	outcome TEXT, 
	reason TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_data_import_rows PRIMARY KEY (import_id, "row"), 
	CONSTRAINT ck_data_import_rows_outcome CHECK (outcome IN ('done', 'already', 'waiting', 'refused')), 
	CONSTRAINT fk_data_import_rows_import_id FOREIGN KEY(import_id) REFERENCES data_imports (id)
)
 WITHOUT ROWID

;
CREATE TABLE data_imports (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	overwrite BOOLEAN DEFAULT 0 NOT NULL, 
	state TEXT NOT NULL, 
	filename TEXT DEFAULT '' NOT NULL, 
	total INTEGER NOT NULL, 
	removed INTEGER DEFAULT '0' NOT NULL, 
	below INTEGER, 
	created_at INTEGER NOT NULL, 
	finished_at INTEGER, 
	CONSTRAINT pk_data_imports PRIMARY KEY (id), 
	CONSTRAINT ck_data_imports_state CHECK (state IN ('unconfirmed', 'running', 'finished')), 
	CONSTRAINT fk_data_imports_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE decision_subjects (
	decision_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	subject_id INTEGER NOT NULL, 
	was TEXT DEFAULT '' NOT NULL, 
	applied_at INTEGER, 
	reversed_at INTEGER, 
	CONSTRAINT pk_decision_subjects PRIMARY KEY (decision_id, kind, subject_id), 
	CONSTRAINT ck_decision_subjects_kind CHECK (kind IN ('account', 'post')), 
	CONSTRAINT fk_decision_subjects_decision_id FOREIGN KEY(decision_id) REFERENCES decisions (id)
)
 WITHOUT ROWID

;
CREATE TABLE decisions (
	id INTEGER NOT NULL, 
	action TEXT NOT NULL, 
	by_account_id INTEGER NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	report_id INTEGER, 
	mail BOOLEAN DEFAULT 1 NOT NULL, 
	reversed_at INTEGER, 
	reversed_by INTEGER, 
	CONSTRAINT pk_decisions PRIMARY KEY (id), 
	CONSTRAINT ck_decisions_action CHECK (action IN ('none', 'sensitive', 'disable', 'limit', 'suspend', 'delete_posts', 'mark_posts')), 
	CONSTRAINT fk_decisions_by_account_id FOREIGN KEY(by_account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_decisions_report_id FOREIGN KEY(report_id) REFERENCES reports (id), 
	CONSTRAINT fk_decisions_reversed_by FOREIGN KEY(reversed_by) REFERENCES accounts (id)
);
CREATE TABLE deletions (
	account_id INTEGER NOT NULL, 
	by_whom TEXT NOT NULL, 
	step TEXT DEFAULT '' NOT NULL, 
	things INTEGER DEFAULT '0' NOT NULL, 
	begun_at INTEGER NOT NULL, 
	finished_at INTEGER, 
	CONSTRAINT pk_deletions PRIMARY KEY (account_id), 
	CONSTRAINT ck_deletions_by_whom CHECK (by_whom IN ('member', 'staff', 'command')), 
	CONSTRAINT fk_deletions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE dev_mails (
	id INTEGER NOT NULL, 
	recipient TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	body TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_dev_mails PRIMARY KEY (id)
);
CREATE TABLE dismissals (
	account_id INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	CONSTRAINT pk_dismissals PRIMARY KEY (account_id, target_id), 
	CONSTRAINT fk_dismissals_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_dismissals_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
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
CREATE TABLE drafts (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	parts TEXT NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (id), 
	CONSTRAINT fk_drafts_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
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
CREATE TABLE endorsements (
	account_id INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	CONSTRAINT pk_endorsements PRIMARY KEY (account_id, target_id), 
	CONSTRAINT fk_endorsements_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_endorsements_target_id FOREIGN KEY(target_id) REFERENCES accounts (id), 
	CONSTRAINT uq_endorsements_id UNIQUE (id)
)
 WITHOUT ROWID

;
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
CREATE TABLE featured_tags (
	account_id INTEGER NOT NULL, 
	hashtag_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	posts INTEGER NOT NULL, 
	last_post_at INTEGER, 
	CONSTRAINT pk_featured_tags PRIMARY KEY (account_id, hashtag_id), 
	CONSTRAINT fk_featured_tags_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_featured_tags_hashtag_id FOREIGN KEY(hashtag_id) REFERENCES hashtags (id), 
	CONSTRAINT uq_featured_tags_id UNIQUE (id)
)
 WITHOUT ROWID

;
CREATE TABLE filter_keywords (
	id INTEGER NOT NULL, 
	filter_id INTEGER NOT NULL, 
	keyword TEXT NOT NULL, 
	whole_word BOOLEAN DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_filter_keywords PRIMARY KEY (id), 
	CONSTRAINT fk_filter_keywords_filter_id FOREIGN KEY(filter_id) REFERENCES filters (id)
);
CREATE TABLE filter_posts (
	filter_id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	CONSTRAINT pk_filter_posts PRIMARY KEY (filter_id, post_id), 
	CONSTRAINT fk_filter_posts_filter_id FOREIGN KEY(filter_id) REFERENCES filters (id), 
	CONSTRAINT fk_filter_posts_post_id FOREIGN KEY(post_id) REFERENCES posts (id), 
	CONSTRAINT uq_filter_posts_id UNIQUE (id)
)
 WITHOUT ROWID

;
CREATE TABLE filters (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	contexts TEXT NOT NULL, 
	action TEXT NOT NULL, 
	expires_at INTEGER, 
	CONSTRAINT pk_filters PRIMARY KEY (id), 
	CONSTRAINT ck_filters_action CHECK (action IN ('warn', 'hide', 'blur')), 
	CONSTRAINT fk_filters_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE followed_tags (
	account_id INTEGER NOT NULL, 
	hashtag_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	CONSTRAINT pk_followed_tags PRIMARY KEY (account_id, hashtag_id), 
	CONSTRAINT fk_followed_tags_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_followed_tags_hashtag_id FOREIGN KEY(hashtag_id) REFERENCES hashtags (id), 
	CONSTRAINT uq_followed_tags_id UNIQUE (id)
)
 WITHOUT ROWID

;
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
CREATE TABLE "hashtags" (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	name TEXT NOT NULL, 
	trendable BOOLEAN, 
	usable BOOLEAN DEFAULT 1 NOT NULL, 
	listable BOOLEAN DEFAULT 1 NOT NULL, 
	reviewed_at INTEGER, 
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
CREATE TABLE letter_wishes (
	member_id INTEGER NOT NULL, 
	secret TEXT NOT NULL, 
	wanted TEXT, 
	always BOOLEAN DEFAULT 0 NOT NULL, 
	told_id INTEGER DEFAULT '0' NOT NULL, 
	told_at INTEGER DEFAULT '0' NOT NULL, 
	planned_at INTEGER DEFAULT '0' NOT NULL, 
	digest_at INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_letter_wishes PRIMARY KEY (member_id), 
	CONSTRAINT fk_letter_wishes_member_id FOREIGN KEY(member_id) REFERENCES members (id)
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
CREATE TABLE mail_blocks (
	id INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	account_id INTEGER, 
	CONSTRAINT pk_mail_blocks PRIMARY KEY (id), 
	CONSTRAINT fk_mail_blocks_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_mail_blocks_hash UNIQUE (hash)
);
CREATE TABLE mail_domain_blocks (
	id INTEGER NOT NULL, 
	domain TEXT NOT NULL, 
	allow_with_approval BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_mail_domain_blocks PRIMARY KEY (id), 
	CONSTRAINT uq_mail_domain_blocks_domain UNIQUE (domain)
);
CREATE TABLE mail_domain_tries (
	block_id INTEGER NOT NULL, 
	day INTEGER NOT NULL, 
	tries INTEGER NOT NULL, 
	CONSTRAINT pk_mail_domain_tries PRIMARY KEY (block_id, day), 
	CONSTRAINT fk_mail_domain_tries_block_id FOREIGN KEY(block_id) REFERENCES mail_domain_blocks (id)
)
 WITHOUT ROWID

;
CREATE TABLE mail_links (
	digest TEXT NOT NULL, 
	member_id INTEGER NOT NULL, 
	purpose TEXT NOT NULL, 
	email TEXT NOT NULL, 
	expires_at INTEGER NOT NULL, 
	used_at INTEGER, 
	CONSTRAINT pk_mail_links PRIMARY KEY (digest), 
	CONSTRAINT ck_mail_links_purpose CHECK (purpose IN ('confirm', 'reset')), 
	CONSTRAINT fk_mail_links_member_id FOREIGN KEY(member_id) REFERENCES members (id)
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
	unused_since INTEGER DEFAULT '0' NOT NULL, thumbnail TEXT, 
	CONSTRAINT pk_media PRIMARY KEY (id), 
	CONSTRAINT ck_media_kind CHECK (kind IN ('image', 'gifv', 'video', 'audio', 'unknown')), 
	CONSTRAINT ck_media_state CHECK (state IN ('ready', 'processing', 'failed')), 
	CONSTRAINT fk_media_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE media_holds (
	holder_id INTEGER NOT NULL, 
	media_id INTEGER NOT NULL, 
	firm BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_media_holds PRIMARY KEY (holder_id, media_id)
)
 WITHOUT ROWID

;
CREATE TABLE "members" (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	email TEXT NOT NULL, 
	email_key TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	role TEXT DEFAULT 'member' NOT NULL, 
	state TEXT DEFAULT 'active' NOT NULL, 
	locale TEXT DEFAULT 'en' NOT NULL, 
	reason TEXT DEFAULT ('') NOT NULL, 
	invitation_id INTEGER, 
	default_visibility TEXT DEFAULT 'public' NOT NULL, 
	default_sensitive BOOLEAN DEFAULT 0 NOT NULL, 
	default_language TEXT, 
	created_at INTEGER NOT NULL, 
	last_sign_in_at INTEGER, 
	app_id INTEGER, 
	default_quote_policy TEXT DEFAULT 'public' NOT NULL, 
	default_reply_policy TEXT DEFAULT 'everyone' NOT NULL, 
	unconfirmed BOOLEAN DEFAULT 0 NOT NULL, 
	new_email TEXT, 
	mail_refused_at INTEGER, 
	CONSTRAINT pk_members PRIMARY KEY (id), 
	CONSTRAINT ck_members_role CHECK (role IN ('member', 'moderator', 'admin', 'owner')), 
	CONSTRAINT fk_members_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitations (id), 
	CONSTRAINT ck_members_state CHECK (state IN ('pending', 'active', 'disabled')), 
	CONSTRAINT fk_members_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
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
CREATE TABLE network_blocks (
	id INTEGER NOT NULL, 
	network TEXT NOT NULL, 
	severity TEXT NOT NULL, 
	comment TEXT DEFAULT '' NOT NULL, 
	expires_at INTEGER, 
	CONSTRAINT pk_network_blocks PRIMARY KEY (id), 
	CONSTRAINT ck_network_blocks_severity CHECK (severity IN ('sign_up_requires_approval', 'sign_up_block', 'no_access')), 
	CONSTRAINT uq_network_blocks_network UNIQUE (network)
);
CREATE TABLE notification_permissions (
	account_id INTEGER NOT NULL, 
	from_id INTEGER NOT NULL, 
	merging INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_notification_permissions PRIMARY KEY (account_id, from_id), 
	CONSTRAINT fk_notification_permissions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_notification_permissions_from_id FOREIGN KEY(from_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE notification_policies (
	account_id INTEGER NOT NULL, 
	not_following TEXT NOT NULL, 
	not_followers TEXT NOT NULL, 
	new_accounts TEXT NOT NULL, 
	private_mentions TEXT NOT NULL, 
	limited_accounts TEXT NOT NULL, 
	bots TEXT NOT NULL, 
	CONSTRAINT pk_notification_policies PRIMARY KEY (account_id), 
	CONSTRAINT fk_notification_policies_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE notification_requests (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	from_id INTEGER NOT NULL, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_notification_requests PRIMARY KEY (id), 
	CONSTRAINT fk_notification_requests_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_notification_requests_from_id FOREIGN KEY(from_id) REFERENCES accounts (id), 
	CONSTRAINT uq_notification_requests_account_id_from_id UNIQUE (account_id, from_id)
);
CREATE TABLE notification_settings (
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	from_whom TEXT NOT NULL, 
	CONSTRAINT pk_notification_settings PRIMARY KEY (account_id, kind), 
	CONSTRAINT ck_notification_settings_from_whom CHECK (from_whom IN ('followed', 'followers', 'nobody')), 
	CONSTRAINT fk_notification_settings_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
)
 WITHOUT ROWID

;
CREATE TABLE "notifications" (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	from_id INTEGER NOT NULL, 
	post_id INTEGER DEFAULT '0' NOT NULL, 
	created_at INTEGER NOT NULL, 
	bucket INTEGER DEFAULT '0' NOT NULL, 
	head BOOLEAN DEFAULT 1 NOT NULL, 
	filtered BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_notifications PRIMARY KEY (id), 
	CONSTRAINT fk_notifications_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_notifications_account_id_kind_from_id_post_id UNIQUE (account_id, kind, from_id, post_id), 
	CONSTRAINT fk_notifications_from_id FOREIGN KEY(from_id) REFERENCES accounts (id)
);
CREATE TABLE pages (
	name TEXT NOT NULL, 
	text TEXT NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_pages PRIMARY KEY (name), 
	CONSTRAINT ck_pages_name CHECK (name IN ('about', 'privacy'))
)
 WITHOUT ROWID

;
CREATE TABLE passkeys (
	id INTEGER NOT NULL, 
	member_id INTEGER NOT NULL, 
	credential_id TEXT NOT NULL, 
	public_key TEXT NOT NULL, 
	sign_count INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	used_at INTEGER, 
	CONSTRAINT pk_passkeys PRIMARY KEY (id), 
	CONSTRAINT fk_passkeys_member_id FOREIGN KEY(member_id) REFERENCES members (id), 
	CONSTRAINT uq_passkeys_credential_id UNIQUE (credential_id)
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
CREATE TABLE poll_votes (
	account_id INTEGER NOT NULL, 
	poll_id INTEGER NOT NULL, 
	choice INTEGER NOT NULL, 
	CONSTRAINT pk_poll_votes PRIMARY KEY (account_id, poll_id, choice), 
	CONSTRAINT fk_poll_votes_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_poll_votes_poll_id FOREIGN KEY(poll_id) REFERENCES polls (id)
)
 WITHOUT ROWID

;
CREATE TABLE polls (
	id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	options TEXT NOT NULL, 
	multiple BOOLEAN DEFAULT 0 NOT NULL, 
	hide_totals BOOLEAN DEFAULT 0 NOT NULL, 
	expires_at INTEGER NOT NULL, 
	tallies TEXT NOT NULL, 
	voters INTEGER DEFAULT '0' NOT NULL, 
	ended BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_polls PRIMARY KEY (id), 
	CONSTRAINT fk_polls_post_id FOREIGN KEY(post_id) REFERENCES posts (id), 
	CONSTRAINT uq_polls_post_id UNIQUE (post_id)
);
CREATE TABLE post_counts (
	post_id INTEGER NOT NULL, 
	replies INTEGER DEFAULT '0' NOT NULL, 
	boosts INTEGER DEFAULT '0' NOT NULL, 
	favourites INTEGER DEFAULT '0' NOT NULL, quotes INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_post_counts PRIMARY KEY (post_id), 
	CONSTRAINT fk_post_counts_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE post_previews (
	post_id INTEGER NOT NULL, 
	preview_id INTEGER NOT NULL, 
	link_id INTEGER NOT NULL, 
	CONSTRAINT pk_post_previews PRIMARY KEY (post_id), 
	CONSTRAINT fk_post_previews_preview_id FOREIGN KEY(preview_id) REFERENCES previews (id)
);
CREATE TABLE "posts" (
	id INTEGER NOT NULL, 
	author_id INTEGER NOT NULL, 
	boost_of_id INTEGER, 
	text TEXT DEFAULT ('') NOT NULL, 
	html TEXT DEFAULT ('') NOT NULL, 
	warning TEXT DEFAULT ('') NOT NULL, 
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
	poll_id INTEGER, 
	quoted_id INTEGER, 
	quoted_author_id INTEGER, 
	quote_state TEXT, 
	quote_policy TEXT DEFAULT 'nobody' NOT NULL, 
	reply_policy TEXT DEFAULT 'everyone' NOT NULL, 
	CONSTRAINT pk_posts PRIMARY KEY (id), 
	CONSTRAINT fk_posts_reply_to_id FOREIGN KEY(reply_to_id) REFERENCES posts (id), 
	CONSTRAINT fk_posts_reply_to_author_id FOREIGN KEY(reply_to_author_id) REFERENCES accounts (id), 
	CONSTRAINT ck_posts_visibility CHECK (visibility IN ('public', 'unlisted', 'followers', 'direct')), 
	CONSTRAINT fk_posts_boost_of_id FOREIGN KEY(boost_of_id) REFERENCES posts (id), 
	CONSTRAINT fk_posts_author_id FOREIGN KEY(author_id) REFERENCES accounts (id), 
	CONSTRAINT fk_posts_quoted_author_id FOREIGN KEY(quoted_author_id) REFERENCES accounts (id), 
	CONSTRAINT fk_posts_quoted_id FOREIGN KEY(quoted_id) REFERENCES posts (id)
);
CREATE TABLE previews (
	id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	link_id INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	card TEXT DEFAULT '{}' NOT NULL, 
	image TEXT, 
	asked_at INTEGER NOT NULL, 
	CONSTRAINT pk_previews PRIMARY KEY (id), 
	CONSTRAINT ck_previews_state CHECK (state IN ('waiting', 'ready', 'nothing')), 
	CONSTRAINT uq_previews_url UNIQUE (url)
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
CREATE TABLE publishers (
	id INTEGER NOT NULL, 
	domain TEXT NOT NULL, 
	trendable BOOLEAN, 
	reviewed_at INTEGER, 
	CONSTRAINT pk_publishers PRIMARY KEY (id), 
	CONSTRAINT uq_publishers_domain UNIQUE (domain)
);
CREATE TABLE push_keys (
	name TEXT NOT NULL, 
	public TEXT NOT NULL, 
	secret TEXT NOT NULL, 
	CONSTRAINT pk_push_keys PRIMARY KEY (name)
);
CREATE TABLE push_subscriptions (
	id INTEGER NOT NULL, 
	token_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	endpoint TEXT NOT NULL, 
	p256dh TEXT NOT NULL, 
	auth TEXT NOT NULL, 
	standard BOOLEAN DEFAULT 0 NOT NULL, 
	policy TEXT DEFAULT 'all' NOT NULL, 
	alerts TEXT DEFAULT '' NOT NULL, 
	sealed_token TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT pk_push_subscriptions PRIMARY KEY (id), 
	CONSTRAINT ck_push_subscriptions_policy CHECK (policy IN ('all', 'followed', 'follower', 'none')), 
	CONSTRAINT fk_push_subscriptions_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_push_subscriptions_token_id FOREIGN KEY(token_id) REFERENCES tokens (id) ON DELETE CASCADE, 
	CONSTRAINT uq_push_subscriptions_token_id UNIQUE (token_id)
);
CREATE TABLE reactions (
	name TEXT NOT NULL, 
	tx INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_reactions PRIMARY KEY (name)
);
CREATE TABLE recovery_codes (
	digest TEXT NOT NULL, 
	member_id INTEGER NOT NULL, 
	used_at INTEGER, 
	CONSTRAINT pk_recovery_codes PRIMARY KEY (digest), 
	CONSTRAINT fk_recovery_codes_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);
CREATE TABLE refreshes (
	name TEXT NOT NULL, 
	id INTEGER NOT NULL, 
	secret TEXT NOT NULL, 
	finished BOOLEAN DEFAULT 0 NOT NULL, 
	results INTEGER, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_refreshes PRIMARY KEY (name), 
	CONSTRAINT uq_refreshes_id UNIQUE (id)
);
CREATE TABLE reports (
	id INTEGER NOT NULL, 
	account_id INTEGER, 
	target_id INTEGER NOT NULL, 
	category TEXT DEFAULT 'other' NOT NULL, 
	comment TEXT DEFAULT '' NOT NULL, 
	post_ids TEXT DEFAULT '[]' NOT NULL, 
	collection_ids TEXT DEFAULT '[]' NOT NULL, 
	rule_ids TEXT DEFAULT '[]' NOT NULL, 
	forwarded BOOLEAN DEFAULT 0 NOT NULL, 
	assigned_to INTEGER, 
	resolved_at INTEGER, 
	resolved_by INTEGER, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_reports PRIMARY KEY (id), 
	CONSTRAINT ck_reports_category CHECK (category IN ('spam', 'legal', 'violation', 'other')), 
	CONSTRAINT fk_reports_account_id FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT fk_reports_assigned_to FOREIGN KEY(assigned_to) REFERENCES accounts (id), 
	CONSTRAINT fk_reports_resolved_by FOREIGN KEY(resolved_by) REFERENCES accounts (id), 
	CONSTRAINT fk_reports_target_id FOREIGN KEY(target_id) REFERENCES accounts (id)
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
	at INTEGER NOT NULL, poll TEXT, 
	CONSTRAINT pk_revisions PRIMARY KEY (id), 
	CONSTRAINT fk_revisions_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE rules (
	id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	hint TEXT DEFAULT '' NOT NULL, 
	translations TEXT DEFAULT '{}' NOT NULL, 
	removed_at INTEGER, 
	CONSTRAINT pk_rules PRIMARY KEY (id)
);
CREATE TABLE schedule (
	name TEXT NOT NULL, 
	next_at INTEGER NOT NULL, 
	CONSTRAINT pk_schedule PRIMARY KEY (name)
);
CREATE TABLE scheduled (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	app_id INTEGER, 
	at INTEGER NOT NULL, 
	draft TEXT NOT NULL, 
	error TEXT, 
	CONSTRAINT pk_scheduled PRIMARY KEY (id), 
	CONSTRAINT fk_scheduled_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE search_docs (
	post_id INTEGER NOT NULL, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_search_docs PRIMARY KEY (post_id), 
	CONSTRAINT fk_search_docs_post_id FOREIGN KEY(post_id) REFERENCES posts (id)
);
CREATE TABLE search_progress (
	name TEXT NOT NULL, 
	below INTEGER NOT NULL, 
	CONSTRAINT pk_search_progress PRIMARY KEY (name)
);
CREATE TABLE server_allows (
	id INTEGER NOT NULL, 
	domain TEXT NOT NULL, 
	CONSTRAINT pk_server_allows PRIMARY KEY (id), 
	CONSTRAINT uq_server_allows_domain UNIQUE (domain)
);
CREATE TABLE server_blocks (
	id INTEGER NOT NULL, 
	domain TEXT NOT NULL, 
	severity TEXT NOT NULL, 
	reject_media BOOLEAN DEFAULT 0 NOT NULL, 
	reject_reports BOOLEAN DEFAULT 0 NOT NULL, 
	private_comment TEXT, 
	public_comment TEXT, 
	obfuscate BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_server_blocks PRIMARY KEY (id), 
	CONSTRAINT ck_server_blocks_severity CHECK (severity IN ('noop', 'limit', 'suspend')), 
	CONSTRAINT uq_server_blocks_domain UNIQUE (domain)
);
CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	token_digest TEXT NOT NULL, 
	member_id INTEGER NOT NULL, 
	client TEXT DEFAULT '' NOT NULL, 
	created_at INTEGER NOT NULL, 
	seen_at INTEGER NOT NULL, 
	revoked_at INTEGER, proven_at INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_member_id FOREIGN KEY(member_id) REFERENCES members (id), 
	CONSTRAINT uq_sessions_token_digest UNIQUE (token_digest)
);
CREATE TABLE severances (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	target TEXT NOT NULL, 
	followers INTEGER NOT NULL, 
	following INTEGER NOT NULL, 
	CONSTRAINT pk_severances PRIMARY KEY (id), 
	CONSTRAINT ck_severances_kind CHECK (kind IN ('own_block', 'domain_block', 'suspension')), 
	CONSTRAINT fk_severances_account_id FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE sign_in_steps (
	digest TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	member_id INTEGER, 
	held TEXT DEFAULT '' NOT NULL, 
	client TEXT DEFAULT '' NOT NULL, 
	challenge TEXT DEFAULT '' NOT NULL, 
	expires_at INTEGER NOT NULL, 
	CONSTRAINT pk_sign_in_steps PRIMARY KEY (digest), 
	CONSTRAINT ck_sign_in_steps_purpose CHECK (purpose IN ('second', 'passkey', 'add')), 
	CONSTRAINT fk_sign_in_steps_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);
CREATE TABLE staff_log (
	id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	by_account_id INTEGER NOT NULL, 
	act TEXT NOT NULL, 
	subject_kind TEXT NOT NULL, 
	subject_id INTEGER, 
	subject TEXT DEFAULT '' NOT NULL, 
	details TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_staff_log PRIMARY KEY (id)
);
CREATE TABLE tag_hours (
	hashtag_id INTEGER NOT NULL, 
	hour INTEGER NOT NULL, 
	accounts INTEGER NOT NULL, 
	CONSTRAINT pk_tag_hours PRIMARY KEY (hashtag_id, hour), 
	CONSTRAINT fk_tag_hours_hashtag_id FOREIGN KEY(hashtag_id) REFERENCES hashtags (id)
)
 WITHOUT ROWID

;
CREATE TABLE terms (
	id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	changes TEXT DEFAULT '' NOT NULL, 
	effective_on TEXT NOT NULL, 
	published_at INTEGER NOT NULL, 
	CONSTRAINT pk_terms PRIMARY KEY (id), 
	CONSTRAINT uq_terms_effective_on UNIQUE (effective_on)
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
CREATE TABLE totps (
	member_id INTEGER NOT NULL, 
	secret TEXT NOT NULL, 
	confirmed_at INTEGER, 
	last_step INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_totps PRIMARY KEY (member_id), 
	CONSTRAINT fk_totps_member_id FOREIGN KEY(member_id) REFERENCES members (id)
);
CREATE TABLE trend_reviews (
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	trendable BOOLEAN DEFAULT 0 NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_trend_reviews PRIMARY KEY (kind, subject)
)
 WITHOUT ROWID

;
CREATE TABLE trends (
	kind TEXT NOT NULL, 
	subject_id INTEGER NOT NULL, 
	expected FLOAT NOT NULL, 
	CONSTRAINT pk_trends PRIMARY KEY (kind, subject_id)
)
 WITHOUT ROWID

;
CREATE TABLE warning_presets (
	id INTEGER NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_warning_presets PRIMARY KEY (id)
);
CREATE INDEX ix_event_log_tx_id ON event_log (tx, id);
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
CREATE INDEX ix_mutes_account_id_id ON mutes (account_id, id);
CREATE INDEX ix_mutes_expires_at ON mutes (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX ix_personas_account_id_id ON personas (account_id, id);
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
CREATE INDEX ix_announcements_published_at ON announcements (published_at);
CREATE INDEX ix_media_holds_media_id ON media_holds (media_id);
CREATE INDEX ix_previews_image ON previews (id) WHERE image IS NOT NULL;
CREATE INDEX ix_previews_link_id ON previews (link_id);
CREATE INDEX ix_refreshes_at ON refreshes (at);
CREATE INDEX ix_staff_log_by_account_id_id ON staff_log (by_account_id, id);
CREATE INDEX ix_staff_log_subject ON staff_log (subject_kind, subject_id, id);
CREATE INDEX ix_announcement_reactions_account_id ON announcement_reactions (account_id);
CREATE INDEX ix_announcement_reads_announcement_id ON announcement_reads (announcement_id);
CREATE INDEX ix_archives_account_id_id ON archives (account_id, id);
CREATE INDEX ix_auto_delete_due_at ON auto_delete (due_at, account_id) WHERE enabled = 1;
CREATE INDEX ix_collections_account_id_id ON collections (account_id, id);
CREATE INDEX ix_conversations_account_id_last_post_id ON conversations (account_id, last_post_id);
CREATE INDEX ix_data_imports_account_id_id ON data_imports (account_id, id);
CREATE INDEX ix_deletions_finished_at ON deletions (finished_at);
CREATE INDEX ix_dismissals_target_id ON dismissals (target_id);
CREATE INDEX ix_drafts_account_id_id ON drafts (account_id, id);
CREATE INDEX ix_endorsements_target_id ON endorsements (target_id);
CREATE INDEX ix_filters_account_id ON filters (account_id);
CREATE INDEX ix_followed_tags_hashtag_id ON followed_tags (hashtag_id);
CREATE INDEX ix_mail_blocks_account_id ON mail_blocks (account_id);
CREATE INDEX ix_notification_requests_account_id_id ON notification_requests (account_id, id);
CREATE INDEX ix_post_previews_link_id_post_id ON post_previews (link_id, post_id);
CREATE INDEX ix_post_previews_preview_id ON post_previews (preview_id);
CREATE INDEX ix_reports_account_id_id ON reports (account_id, id);
CREATE INDEX ix_reports_open ON reports (id) WHERE resolved_at IS NULL;
CREATE INDEX ix_reports_target_id_id ON reports (target_id, id);
CREATE INDEX ix_scheduled_account_id_id ON scheduled (account_id, id);
CREATE INDEX ix_severances_account_id ON severances (account_id);
CREATE INDEX ix_tag_hours_hour ON tag_hours (hour);
CREATE INDEX ix_browsers_member_id ON browsers (member_id);
CREATE INDEX ix_browsers_seen_at ON browsers (seen_at);
CREATE INDEX ix_collection_items_account_id_id ON collection_items (account_id, id);
CREATE INDEX ix_conversation_posts_conversation_id_post_id ON conversation_posts (conversation_id, post_id);
CREATE INDEX ix_conversation_posts_post_id ON conversation_posts (post_id);
CREATE INDEX ix_data_import_rows_key ON data_import_rows (import_id, "key");
CREATE INDEX ix_data_import_rows_outcome ON data_import_rows (import_id, outcome, "row");
CREATE INDEX ix_filter_keywords_filter_id ON filter_keywords (filter_id);
CREATE INDEX ix_filter_posts_post_id ON filter_posts (post_id);
CREATE INDEX ix_mail_links_expires_at ON mail_links (expires_at);
CREATE INDEX ix_mail_links_member_id ON mail_links (member_id);
CREATE INDEX ix_passkeys_member_id ON passkeys (member_id);
CREATE INDEX ix_recovery_codes_member_id ON recovery_codes (member_id);
CREATE INDEX ix_sign_in_steps_expires_at ON sign_in_steps (expires_at);
CREATE INDEX ix_sign_in_steps_member_id ON sign_in_steps (member_id);
CREATE INDEX ix_decision_subjects_kind_subject_id ON decision_subjects (kind, subject_id, decision_id);
CREATE INDEX ix_poll_votes_poll_id_account_id ON poll_votes (poll_id, account_id);
CREATE INDEX ix_push_subscriptions_account_id ON push_subscriptions (account_id);
CREATE INDEX ix_accounts_name_key ON accounts (name_key);
CREATE INDEX ix_accounts_username_key ON accounts (username_key);
CREATE INDEX ix_accounts_domain_username ON accounts (domain, username_key);
CREATE INDEX ix_hashtags_key ON hashtags ("key");
CREATE INDEX ix_interactions_favourite_id ON interactions (favourite_id) WHERE favourite_id IS NOT NULL;
CREATE INDEX ix_media_account_id ON media (account_id);
CREATE INDEX ix_members_state_id ON members (state, id);
CREATE INDEX ix_mutes_target_id ON mutes (target_id);
CREATE INDEX ix_notifications_account_id_id ON notifications (account_id, id);
CREATE INDEX ix_notifications_post_id ON notifications (post_id);
CREATE INDEX ix_notifications_filtered ON notifications (account_id, from_id, id) WHERE filtered = 1;
CREATE INDEX ix_notifications_groups ON notifications (account_id, kind, post_id, bucket, id, from_id);
CREATE INDEX ix_notifications_heads ON notifications (account_id, id) WHERE head = 1 AND filtered = 0;
CREATE UNIQUE INDEX ix_posts_boost_of_id_author_id ON posts (boost_of_id, author_id) WHERE boost_of_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ix_posts_author_id_id ON posts (author_id, id);
CREATE INDEX ix_posts_reply_to_id ON posts (reply_to_id) WHERE reply_to_id IS NOT NULL;
CREATE INDEX ix_posts_public ON posts (id) WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL;
CREATE INDEX ix_posts_public_local ON posts (id) WHERE visibility = 'public' AND boost_of_id IS NULL AND deleted_at IS NULL AND local = 1;
CREATE INDEX ix_posts_thread_id_id ON posts (thread_id, id);
CREATE INDEX ix_posts_quoted_id_id ON posts (quoted_id, id) WHERE quoted_id IS NOT NULL;
CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='search_docs', content_rowid='post_id', columnsize=0, tokenize='ascii tokenchars ''#@:._-'''
);
CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
    INSERT INTO search_index (rowid, words) VALUES (new.post_id, new.words);
END;
CREATE TRIGGER search_docs_deleted AFTER DELETE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.post_id, old.words);
END;
CREATE TRIGGER search_docs_changed AFTER UPDATE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.post_id, old.words);
    INSERT INTO search_index (rowid, words) VALUES (new.post_id, new.words);
END;
DELETE FROM "sqlite_sequence";
COMMIT;
