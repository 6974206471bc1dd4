"""Pages for people: made by the server, readable without JavaScript, with plain forms."""

from __future__ import annotations
