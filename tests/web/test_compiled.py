"""Compiled templates are kept, and never taken for what they are not."""

from __future__ import annotations

import sys

import jinja2
import pytest

from dunnock.web.compiled import KeptTemplates


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "kept"


class Counting(jinja2.Environment):
    """Counts how often it compiles."""

    compiled = 0

    def _generate(self, *args, **kwargs):
        self.compiled += 1
        return super()._generate(*args, **kwargs)


def environment(source="Hello {{ who }}", *, language="en", words=b""):
    loader = jinja2.DictLoader({"admin/hello.html": source})
    return Counting(loader=loader, bytecode_cache=KeptTemplates(language, words))


def shown(made):
    return made.get_template("admin/hello.html").render(who="Wren"), made.compiled


def test_the_next_process_does_not_compile_again(kept):
    assert shown(environment()) == ("Hello Wren", 1)
    assert shown(environment()) == ("Hello Wren", 0)
    assert len([one for one in kept.rglob("*") if one.is_file()]) == 1


def test_another_text_language_or_words_are_another_template(kept):
    shown(environment())
    assert shown(environment("Bye {{ who }}")) == ("Bye Wren", 1)
    assert shown(environment("Bye {{ who }}", words=b"new")) == ("Bye Wren", 1)
    assert shown(environment("Bye {{ who }}", language="de", words=b"new")) == ("Bye Wren", 1)
    assert shown(environment("Bye {{ who }}", words=b"new")) == ("Bye Wren", 0)
    assert len([one for one in kept.rglob("*") if one.is_file()]) == 2


@pytest.mark.parametrize("broken", [b"", b"j2", None])
def test_half_a_file_is_compiled_again(kept, broken):
    shown(environment())
    [file] = [one for one in kept.rglob("*") if one.is_file()]
    file.write_bytes(file.read_bytes()[:-9] if broken is None else broken)
    assert shown(environment()) == ("Hello Wren", 1)
    assert shown(environment()) == ("Hello Wren", 0)


def test_nothing_is_kept_where_that_is_not_wanted_or_not_possible(kept, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert shown(environment()) == ("Hello Wren", 1)
    assert not kept.exists()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    kept.write_text("a file where the folder would be")
    assert shown(environment()) == ("Hello Wren", 1)
