"""With the keyboard alone: come in, read, post, answer, favourite, follow; keys of Mastodon's, and without them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from screens.town import OWNER, Town

_MOST_TABS = 150


@pytest.fixture
def page(browser: Browser) -> Page:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector finds; on the way, the focus is always to be seen."""
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            shown = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert shown != "none", f"nobody sees that {selector} has the focus"
            return
    raise AssertionError(f"{_MOST_TABS} times Tab do not lead to {selector}")


def sign_in(page: Page, town: Town) -> None:
    page.goto(f"{town.url}/auth/sign_in")
    tab_to(page, "input[name=login]")
    page.keyboard.type("owner@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type(town.password_of(OWNER))
    page.keyboard.press("Enter")
    page.wait_for_selector("body.member")


def test_without_shortcuts(page: Page, town: Town):
    sign_in(page, town)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.goto(town.url + "/publish")
    tab_to(page, "textarea[name=text]")
    page.keyboard.type("Typed by hand, #keys and all")
    tab_to(page, "form[action='/compose'] button[type=submit]:not([name])")
    page.keyboard.press("Enter")
    expect(page.locator("article.post").filter(has_text="Typed by hand").first).to_be_visible()
    page.goto(town.address("/{author}", OWNER))
    tab_to(page, "button[value=unfollow]")
    page.keyboard.press("Enter")
    page.wait_for_selector("button[value=follow]")
    tab_to(page, "button[value=follow]")
    page.keyboard.press("Enter")
    page.wait_for_selector("button[value=unfollow]")


def test_shortcuts(page: Page, town: Town):
    sign_in(page, town)
    page.goto(town.url + "/")
    page.locator("article.post").first.wait_for()
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.id")
    assert first.startswith("post-")
    assert second.startswith("post-")
    assert first != second
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == first
    button = page.locator(f"#{first} .act[value$=favourite]")
    was = button.get_attribute("aria-pressed")
    page.keyboard.press("f")
    expect(button).not_to_have_attribute("aria-pressed", was)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    page.keyboard.press("o")
    page.wait_for_url("**/@*/*")
    page.keyboard.press("n")
    page.wait_for_url("**/publish")


def test_shortcuts_are_never_taken_from_fields_and_can_be_switched_off(page: Page, town: Town):
    sign_in(page, town)
    page.goto(town.url + "/search")
    page.locator("input[type=search]").first.focus()
    page.keyboard.type("jkfbn?")
    assert page.locator("input[type=search]").first.input_value() == "jkfbn?"
    page.goto(town.url + "/")
    page.locator("article.post").first.wait_for()
    page.keyboard.press("?")
    choice = page.locator("#keys input[name=keys]")
    choice.uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert not page.evaluate("document.activeElement.id").startswith("post-")
    page.keyboard.press("?")
    choice.check()
    page.keyboard.press("Escape")
