"""What can be wrong with what somebody wrote."""

from __future__ import annotations

from dunnock.foundation.errors import Invalid


class BadText(Invalid):
    """The text can't be stored: it is not valid Unicode (lone surrogates)."""

    code, safe = "text_invalid", "Validation failed: Text is not valid Unicode"


class BadDomain(Invalid):
    """Not the name of a server, or a spelling that could be read as another one."""

    code, safe = "domain_invalid", "Validation failed: Domain is not a valid domain name"


class BadHandle(Invalid):
    """Not of the form `@name` or `@name@domain`."""

    code, safe = "handle_invalid", "Validation failed: This is not a valid handle"


class BadUsername(Invalid):
    """A name that no new member can have; `details["username"]` tells why in the words of sign-up forms."""

    code, safe = "username_invalid", "Validation failed: Username is invalid"
