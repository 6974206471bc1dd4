"""`python -m dunnock`."""

from __future__ import annotations

from dunnock.cli import main

main()
