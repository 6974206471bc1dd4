"""The schema's history. `HEAD` names the newest migration, so that a start finds out without Alembic that nothing is to do."""

from __future__ import annotations

HEAD = "0055"
