"""Every SQL statement of integrity, by topic."""
