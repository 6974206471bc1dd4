"""Every SQL statement of accounts, by topic."""
