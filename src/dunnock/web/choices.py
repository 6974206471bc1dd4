"""What members choose from in more than one form: (value, words)."""

from __future__ import annotations

from dunnock.web.words import N_

VISIBILITIES = [
    ("public", N_("Everybody")),
    ("unlisted", N_("Everybody, but not in the public lists")),
    ("followers", N_("My followers only")),
    ("direct", N_("Only the people I mention")),
]
QUOTERS = [
    ("public", N_("Everybody")),
    ("followers", N_("My followers")),
    ("nobody", N_("Nobody but me")),
]
ANSWERERS = [
    ("everyone", N_("Everybody")),
    ("followers", N_("My followers")),
    ("following", N_("Those whom I follow")),
    ("mentioned", N_("Only those whom I mention")),
    ("nobody", N_("Nobody")),
]
