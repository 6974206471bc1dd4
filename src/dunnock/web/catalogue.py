"""The words of the pages in one language, read from `catalogues/TAG.po` when they are first asked for."""

from __future__ import annotations

import functools
import gettext
import re
from collections.abc import Callable
from importlib import resources

from babel.messages.pofile import read_po

from dunnock.web.locales import Locale

_PLACE = re.compile(r"%\((\w+)\)s")
_UNTOUCHED = re.compile(r"%\(\w+\)s|<[^>]*>|&\w+;|%%")
_ACCENTS = str.maketrans("AEIOUYaeiouycnsz", "ÅÉÎÖÛÝåéîöûýçñšž")


class Catalogue:
    """Finds the words of one language; English ones where it has none."""

    def __init__(
        self,
        locale: Locale,
        words: dict[str, str],
        plurals: dict[str, tuple[str, ...]],
        form_of: Callable[[int], int],
    ) -> None:
        """`words` and `plurals`: English -> the language's, and all its forms. `form_of`: number -> which form."""
        self.locale, self._words, self._plurals, self.form_of = locale, words, plurals, form_of
        self._patterns = [(_pattern(one), other) for one, other in words.items() if "%(" in one]

    @property
    def content(self) -> bytes:
        """All that it says: equal for equal catalogues."""
        return repr((sorted(self._words.items()), sorted(self._plurals.items()))).encode()

    def find(self, english: str) -> str:
        """The words for the English ones."""
        if self.locale.pseudo:
            return _pseudo(english, self.locale)
        return self._words.get(english, english)

    def forms(self, one: str, many: str) -> tuple[str, ...]:
        """All forms of what depends on a number; `form_of` tells which is whose."""
        if self.locale.pseudo:
            return _pseudo(one, self.locale), _pseudo(many, self.locale)
        return self._plurals.get(one, (one, many))

    def has_forms(self, one: str) -> bool:
        """Are the forms the language's own, for `form_of`? Else they are the two of English, for `english_form`."""
        return one in self._plurals

    def form(self, one: str, many: str, number: int) -> str:
        """The form for this number."""
        forms = self.forms(one, many)
        return forms[self.form_of(number) if self.has_forms(one) else english_form(number)]

    def said(self, english: str) -> str:
        """The words for a ready sentence, which may have been made from a pattern with numbers or names in it."""
        exact = self.find(english)
        if exact != english:
            return exact
        for pattern, other in self._patterns:
            if match := pattern.fullmatch(english):
                return other % match.groupdict()
        return english


def english_form(number: int) -> int:
    """Which of the two English forms a number takes."""
    return int(number != 1)


def _pattern(english: str) -> re.Pattern[str]:
    """Fits sentences that were made of these words by putting something in their places, the same wherever one recurs."""
    parts, seen = _PLACE.split(english), set[str]()
    for at, part in enumerate(parts):
        if at % 2 == 0:
            parts[at] = re.escape(part)
        else:
            parts[at] = f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    return re.compile("".join(parts))


@functools.cache
def catalogue(locale: Locale) -> Catalogue:
    """The catalogue of a language; read once."""
    file = resources.files("dunnock.web").joinpath("catalogues", f"{locale.tag}.po")
    if not file.is_file():
        return Catalogue(locale, {}, {}, english_form)
    with file.open("rb") as stream:
        held = read_po(stream, locale=locale.tag)
    words: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in held:
        if not message.id or message.fuzzy or not message.string:
            continue
        if isinstance(message.id, str):
            words[message.id] = str(message.string)
        elif all(message.string):
            plurals[message.id[0]] = tuple(message.string)
            words.setdefault(message.id[0], message.string[0])
    return Catalogue(locale, words, plurals, gettext.c2py(held.plural_expr))


def _pseudo(english: str, locale: Locale) -> str:
    """English that looks foreign and is a third longer; what the machine reads (places, markup) stays as it is."""
    parts, at = [], 0
    for match in _UNTOUCHED.finditer(english):
        parts += [english[at : match.start()].translate(_ACCENTS), match[0]]
        at = match.end()
    text = "".join([*parts, english[at:].translate(_ACCENTS)])
    if locale.right_to_left:
        return f"\N{RIGHT-TO-LEFT MARK}{text}\N{RIGHT-TO-LEFT MARK}"
    return f"[{text}{'~' * (len(english) // 3)}]"
