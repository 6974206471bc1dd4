"""For You: posts beyond those of people one follows, each with a receipt that says exactly why it is there.

Sources -> hard gate -> features -> additive scorer -> arranger -> receipt. Everything here is pure: no clock, no database.
"""
