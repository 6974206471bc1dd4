"""The templates, once for each language: constant words are translated when a template is compiled, so that they cost nothing.

In a template, words in `_("…")` and `{% trans %}` are markup of our own and stay as they are, in every language; so are the
catalogues. What a handler hands in and `_` translates as it runs is text and gets escaped, like everything else.
"""

from __future__ import annotations

import functools
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from dunnock.foundation import clock
from dunnock.web import moments
from dunnock.web.asset import asset_url
from dunnock.web.catalogue import Catalogue, catalogue, english_form
from dunnock.web.compiled import KeptTemplates
from dunnock.web.locales import Locale
from dunnock.web.warned import over, warned

_ONE, _MANY = ("_", "gettext"), ("ngettext",)


@functools.cache
def templates(locale: Locale) -> jinja2.Environment:
    """The templates in a language; made once."""
    words = catalogue(locale)
    made = _Templates(
        loader=jinja2.PackageLoader("dunnock.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=KeptTemplates(locale.tag, words.content),
    )
    made.catalogue = words
    made.install_gettext_callables(_never, _never, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update(
        _=functools.partial(_said, words),
        form_of=words.form_of,
        english_form=english_form,
        asset=asset_url,
        locale=locale,
    )
    made.filters.update(
        iso=clock.iso,
        day=functools.partial(moments.day, locale),
        ago=functools.partial(moments.ago, locale),
        moment=functools.partial(moments.moment, locale),
        count=functools.partial(moments.count, locale),
        over=over,
        warned=warned,
    )
    return made


class _Templates(jinja2.Environment):
    """Templates whose words are put in as they are compiled."""

    catalogue: Catalogue

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """Jinja's hook between reading a template and making Python of it."""
        return super()._generate(_Translator(self.catalogue).visit(source), *args, **kwargs)


class _Translator(NodeTransformer):
    """Puts the words of a catalogue in the place of the calls that ask for them."""

    def __init__(self, words: Catalogue) -> None:
        self._words = words

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  (Jinja's name)
        """`_("Save")`, `_("By %(name)s", name=…)`, `ngettext("%(num)s post", "%(num)s posts", n)`."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        given = [one.value if isinstance(one, nodes.Const) else None for one in node.args]
        if name in _ONE and len(given) == 1 and isinstance(given[0], str):
            return _filled(nodes.MarkSafe(nodes.Const(self._words.find(given[0]))), given[0], node.kwargs)
        if name in _MANY and isinstance(given[0], str) and isinstance(given[1], str):
            forms = self._words.forms(given[0], given[1])
            rule = "form_of" if self._words.has_forms(given[0]) else "english_form"
            which = nodes.Call(nodes.Name(rule, "load"), [node.args[2]], [], None, None)
            picked = nodes.Getitem(nodes.Const(forms), which, "load")
            kwargs = list(node.kwargs)
            if all(one.key != "num" for one in kwargs):
                kwargs.append(nodes.Keyword("num", node.args[2]))
            return _filled(nodes.MarkSafe(picked), given[0], kwargs)
        return node


def _filled(words: nodes.Expr, english: str, kwargs: list[nodes.Keyword]) -> nodes.Expr:
    """The words with the values in their places; `%` is written `%%` in words, as with gettext."""
    if "%" not in english and not kwargs:
        return words
    return nodes.Mod(words, nodes.Dict([nodes.Pair(nodes.Const(one.key), one.value) for one in kwargs]))


def _said(words: Catalogue, english: str, **values: Any) -> Markup | str:
    """Words that a handler hands in. They are text: what is in them gets escaped."""
    return Markup(escape(words.find(english))) % values if values else words.said(english)  # noqa: S704  (escaped)


def _never(*_: Any) -> str:
    """Calls with words that are no constants have nothing that a catalogue could hold."""
    message = "a plural's words must stand in the template"
    raise TypeError(message)
