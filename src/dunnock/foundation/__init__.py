"""The ground every domain stands on: database, events, jobs, caches, storage, clock, ids, errors. No word of our field here."""
