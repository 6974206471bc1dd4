"""The privacy policy of a server whose owner wrote none: what this software keeps, in plain words (Markdown)."""

from __future__ import annotations

PRIVACY_WRITTEN_AT = 1_795_651_200_000  # 2026-11-26
_TEXT = """\
# Privacy at {domain}

This text comes with the software and says what it does. The people who run {domain} can write their own.

## What is kept

- **Your account**: user name, e-mail address, a scrambled form of your password, the language and look of pages that
  you chose, and when you joined.
- **What you show**: profile, pictures, and every earlier version of your name and profile, which stays visible to others.
- **What you post**, with its media, until you delete it. Deleted posts are emptied at once; their media goes within days.
- **What you do**: whom you follow, block and mute, what you boost, favourite, bookmark and vote for.
- **Sessions and apps**: which browser or app is signed in, and the day it was last used.
- **Reports** that you file or that concern you, and what was decided. While an account is suspended, a scrambled form of
  its e-mail address keeps it from joining again.
- **How many** members used the server on a day, but not who.

Network addresses are used to stop abuse while you use the server and are not kept with your posts. Of the networks that you sign
in from a few bits are kept for 400 days, so that a new one is noticed; nobody learns from them where you were. Whom you follow,
block and mute, and what you filter, is kept as it was for eight days after each change, with the browser or app that changed it:
so it can be undone if that was somebody else.

## Who sees it

- Public posts are for everybody. Posts for followers, and direct posts, are for those they are addressed to, and for the
  server that delivers them. **They are not encrypted: do not send secrets.**
- Those who run the server can see reported posts, and your e-mail address.
- Nothing is sold. Pages load nothing from elsewhere. They set a cookie when you sign in; others protect forms, know the browser
  that you signed in with, and keep the language and look that you chose.

## What you can do

- Download everything you posted, and your follows, lists, blocks, mutes and bookmarks.
- Delete single posts, have old ones deleted by themselves, or delete your account with all it holds.
"""


def privacy_text(domain: str) -> str:
    """The policy for the server of that name."""
    return _TEXT.format(domain=domain)
