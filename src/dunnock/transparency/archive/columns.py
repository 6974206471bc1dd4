"""The columns of Twitter's information operations archive, which researchers' programs read by name."""

from __future__ import annotations

from collections.abc import Iterable

USERS = (
    "userid", "user_display_name", "user_screen_name", "user_reported_location", "user_profile_description", "user_profile_url",
    "follower_count", "following_count", "account_creation_date", "account_language",
)  # fmt: skip
TWEETS = (
    "tweetid", *USERS[:8], "account_creation_date", "account_language", "tweet_language", "tweet_text", "tweet_time",
    "tweet_client_name", "in_reply_to_userid", "in_reply_to_tweetid", "quoted_tweet_tweetid", "is_retweet", "retweet_userid",
    "retweet_tweetid", "latitude", "longitude", "quote_count", "reply_count", "like_count", "retweet_count", "hashtags", "urls",
    "user_mentions", "poll_choices",
)  # fmt: skip
ALIKE = ("account_creation_date", "account_language", "follower_count", "following_count")
"""What is known of hashed accounts elsewhere, too; at least five accounts of a release share all of it."""
NETWORKS = ("userid", "decision", "part")
MEDIA = ("tweetid", "kind", "sha256", "bytes", "description")


def bracketed(values: Iterable[str]) -> str:
    """A list as the archive writes it: `[a, b]`; "" when there is nothing in it."""
    held = [one.replace(",", " ").replace("[", "(").replace("]", ")") for one in values]
    return f"[{', '.join(held)}]" if held else ""
