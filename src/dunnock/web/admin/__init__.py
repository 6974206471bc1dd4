"""Pages of those who run the server. Mastodon: /admin. Each shows what the role lets its holder do, and no more."""
