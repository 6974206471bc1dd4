"""What met something that staff set up (a rule, a stopped picture): kept if need be, put before people, let go, given back.

Owns the meetings, and by what a post is kept. What is kept is reversible: a person lets it go or refuses it with a reason to
which its author can object; what nobody judged is let go with what it met. A kind of meeting says in a `Kind` what is its own.
"""
