"""Find people by any word of their names; and SQLite's index of posts' words is in the order in which it is read fastest."""

from __future__ import annotations

from alembic import op

revision = "0051"
down_revision = "0050"


_NAME_WORDS = (
    "array_to_tsvector(array_remove(regexp_split_to_array("
    r"left(name_key, 500) || ' ' || username_key, '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+'), ''))"
)


def upgrade() -> None:
    """Change the schema; a million posts are taken in anew within a minute."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX ix_accounts_name_words ON accounts USING gin (({_NAME_WORDS}))")
        return
    op.execute("""CREATE VIRTUAL TABLE account_names USING fts5(
    name_key, username_key, content='accounts', content_rowid='id', columnsize=0, tokenize='ascii'
)""")
    op.execute(
        "INSERT INTO account_names (rowid, name_key, username_key) "
        "SELECT id, substr(name_key, 1, 500), username_key FROM accounts ORDER BY id"
    )
    op.execute("""CREATE TRIGGER account_names_added AFTER INSERT ON accounts BEGIN
    INSERT INTO account_names (rowid, name_key, username_key) VALUES (new.id, substr(new.name_key, 1, 500), new.username_key);
END""")
    op.execute("""CREATE TRIGGER account_names_deleted AFTER DELETE ON accounts BEGIN
    INSERT INTO account_names (account_names, rowid, name_key, username_key)
    VALUES ('delete', old.id, substr(old.name_key, 1, 500), old.username_key);
END""")
    op.execute("""CREATE TRIGGER account_names_changed AFTER UPDATE OF name_key, username_key ON accounts BEGIN
    INSERT INTO account_names (account_names, rowid, name_key, username_key)
    VALUES ('delete', old.id, substr(old.name_key, 1, 500), old.username_key);
    INSERT INTO account_names (rowid, name_key, username_key) VALUES (new.id, substr(new.name_key, 1, 500), new.username_key);
END""")
    for trigger in ("search_docs_added", "search_docs_deleted", "search_docs_changed"):
        op.execute(f"DROP TRIGGER {trigger}")
    op.execute("DROP TABLE search_index")
    op.execute("""CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='search_docs', content_rowid='post_id', columnsize=0, tokenize='ascii tokenchars ''#@:._-'''
)""")
    op.execute("INSERT INTO search_index (rowid, words) SELECT -post_id, words FROM search_docs ORDER BY post_id DESC")
    op.execute("""CREATE TRIGGER search_docs_added AFTER INSERT ON search_docs BEGIN
    INSERT INTO search_index (rowid, words) VALUES (-new.post_id, new.words);
END""")
    op.execute("""CREATE TRIGGER search_docs_deleted AFTER DELETE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', -old.post_id, old.words);
END""")
    op.execute("""CREATE TRIGGER search_docs_changed AFTER UPDATE ON search_docs BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', -old.post_id, old.words);
    INSERT INTO search_index (rowid, words) VALUES (-new.post_id, new.words);
END""")
