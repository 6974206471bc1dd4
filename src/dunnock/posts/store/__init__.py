"""Every SQL statement of posts, by topic."""
