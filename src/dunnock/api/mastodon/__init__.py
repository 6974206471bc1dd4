"""The Mastodon client API: one file an area."""
