"""Brings the catalogues of the pages up to date with the words in templates and code: what is new, what is gone.

    .venv/bin/python scripts/catalogues.py            # all languages; says what is missing in each
    .venv/bin/python scripts/catalogues.py --new pt   # begins a language (add it to web/locales.py too)

Words come from the templates (`_`, `trans`), from what Python marks with `N_`, and from the texts of refusals: `safe`, `say=`
and the reasons of fields in all of the package that pages call.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

_PACKAGE = Path(__file__).parents[1] / "src" / "dunnock"
_CATALOGUES = _PACKAGE / "web" / "catalogues"
_FOR_PROGRAMS = ("api", "app", "cli")
"""Packages whose refusals no page shows."""
_ABOUT_FIELDS = "Validation failed: "


def words() -> Catalog:
    """Everything there is to translate, with the files that it comes from."""
    found = Catalog(charset="utf-8")
    for path in sorted((_PACKAGE / "web" / "templates").rglob("*.html")):
        with path.open("rb") as stream:
            options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
            for _, message, comments, _ in extract("jinja2.ext:babel_extract", stream, options=options):
                found.add(message, locations=[(_place(path), None)], auto_comments=comments)
    for path in sorted(_PACKAGE.rglob("*.py")):
        if path.relative_to(_PACKAGE).parts[0] in _FOR_PROGRAMS:
            continue
        for message in _said(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(message, locations=[(_place(path), None)])
    return found


def _place(path: Path) -> str:
    return str(path.relative_to(_PACKAGE))


def _said(tree: ast.AST) -> Iterator[str | tuple[str, str]]:
    """What a module says to people: marked words, and why it refuses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "N_":
                yield from _text(node.args[0])
            if isinstance(node.func, ast.Name) and node.func.id == "NN_":
                yield ast.literal_eval(node.args[0]), ast.literal_eval(node.args[1])
            for one in node.keywords:
                if one.arg == "say":
                    yield from _text(one.value)
        elif isinstance(node, ast.Assign):
            yield from _safe(node)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and _is_slug(node.elts[0]):
            yield from _text(node.elts[1])


def _safe(node: ast.Assign) -> Iterator[str]:
    target = node.targets[0]
    if isinstance(target, ast.Name) and target.id == "safe":
        yield from _text(node.value)
    elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        for name, value in zip(target.elts, node.value.elts, strict=False):
            if isinstance(name, ast.Name) and name.id == "safe":
                yield from _text(value)


def _is_slug(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("ERR_")


def _text(node: ast.expr) -> Iterator[str]:
    """The words of a literal; of an f-string a pattern with `%(name)s` for what is put in."""
    if isinstance(node, ast.IfExp):
        yield from _text(node.body)
        yield from _text(node.orelse)
        return
    text = ""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        names: list[str] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value).replace("%", "%%")
            elif isinstance(part, ast.FormattedValue):
                names.append(f"{_name(part.value)}{names.count(_name(part.value)) or ''}")
                text += f"%({names[-1]})s"
    text = text.removeprefix(_ABOUT_FIELDS)
    if any(char.isalpha() for char in text) and text != "%(told)s":
        yield text


def _name(node: ast.expr) -> str:
    return next((one.id.strip("_").lower() for one in ast.walk(node) if isinstance(one, ast.Name)), "value")


def brought_up_to_date(held: bytes | None, found: Catalog, tag: str) -> tuple[bytes, list[str]]:
    """The catalogue's file with all the words of `found` and no others; and what nobody translated yet."""
    made = Catalog(locale=tag, charset="utf-8") if held is None else read_po(BytesIO(held), locale=tag)
    made.update(found, no_fuzzy_matching=True, update_header_comment=False)
    made.obsolete.clear()
    made.header_comment = f"# Dunnock's pages in the language {tag}. Brought up to date by scripts/catalogues.py."
    written = BytesIO()
    write_po(written, made, width=0, sort_output=True, include_lineno=False, omit_header=True)
    head = (
        f'{made.header_comment}\nmsgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Plural-Forms: {made.plural_forms}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    missing = [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in made
        if message.id and (not message.string or (not isinstance(message.string, str) and not all(message.string)))
    ]
    return head.encode() + written.getvalue(), missing


def main() -> int:
    """Write all catalogues anew."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--new", metavar="TAG", help="begin a catalogue")
    options.add_argument("--missing", metavar="TAG", help="list what this language lacks")
    asked = options.parse_args()
    found = words()
    paths = sorted(_CATALOGUES.glob("*.po"))
    if asked.new:
        paths.append(_CATALOGUES / f"{asked.new}.po")
    for path in paths:
        content, missing = brought_up_to_date(path.read_bytes() if path.exists() else None, found, path.stem)
        path.write_bytes(content)
        if asked.missing == path.stem:
            print("\n".join(missing))
        elif not asked.missing:
            print(f"{path.stem}: {len(found)} texts, {len(missing)} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
