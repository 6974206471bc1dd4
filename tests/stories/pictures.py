"""Pictures to send, made here."""

from __future__ import annotations

import io

from PIL import Image


def picture(width: int = 320, height: int = 200, *, kind: str = "PNG") -> bytes:
    """A gradient of this size."""
    made = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    held = io.BytesIO()
    made.save(held, kind)
    return held.getvalue()
