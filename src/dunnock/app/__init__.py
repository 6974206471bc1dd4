"""Puts the house together: settings, database, reactions, jobs, edges; and runs it. The only place that knows all parts."""
