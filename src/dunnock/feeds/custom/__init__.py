"""Custom feeds: a member says in one small file which posts a feed is made of, what is left out, and in which order."""
