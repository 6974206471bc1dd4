"""Every SQL statement of moderation, by topic."""
