"""The form that writes posts, with its script: counting, keeping, offering names, files at once, sending without leaving."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from screens.town import OWNER, Town


@pytest.fixture
def page(browser: Browser, town: Town) -> Page:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    town.enter(context, OWNER)
    page = context.new_page()
    page.goto(town.url + "/publish")
    yield page
    context.close()


def test_it_counts_as_the_server_does(page: Page, town: Town):
    text = page.locator("textarea[name=text]")
    for words, length in (
        ("12345", 5),
        ("see https://example.org/a/very/long/path?that=counts#nothing now", 4 + 23 + 4),
        ("@wren@some.where.example hi", 5 + 3),
        ("👩‍👩‍👧‍👦🇩🇪é", 3),
    ):
        text.fill(words)
        expect(page.locator(".count")).to_have_text(f"Characters left: {500 - length}")


def test_it_keeps_what_was_typed(page: Page, town: Town):
    page.locator("textarea[name=text]").fill("Half a thought")
    page.goto(town.url + "/explore")
    page.goto(town.url + "/publish")
    page.get_by_role("button", name="Restore what you wrote before").click()
    expect(page.locator("textarea[name=text]")).to_have_value("Half a thought")


def test_it_offers_names(page: Page, town: Town):
    text = page.locator("textarea[name=text]")
    text.press_sequentially("Hello @lai")
    expect(page.locator("#offers li").first).to_contain_text("@laila")
    text.press("Enter")
    expect(text).to_have_value("Hello @laila ")
    text.press_sequentially("and @lai")
    expect(page.locator("#offers li").first).to_be_visible()
    text.press("Escape")
    expect(page.locator("#offers")).to_be_hidden()
    expect(text).to_have_value("Hello @laila and @lai")


def test_files_are_taken_at_once_and_sent_with_the_post(page: Page, town: Town):
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "olive").save(file, "PNG")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    page.locator(".files textarea").fill("An olive field")
    page.locator("textarea[name=text]").fill("Olives")
    page.locator("textarea[name=text]").press("Control+Enter")
    page.wait_for_url("**/@owner/*")
    expect(page.locator("article.post.main img[alt='An olive field']")).to_be_visible()


def test_a_lost_connection_loses_and_doubles_nothing(page: Page, town: Town):
    text = page.locator("textarea[name=text]")
    text.fill("Said once on a shaky line")
    sent = []

    def swallow(route):  # the server gets it, its answer is lost
        sent.append(route.fetch())
        route.abort()

    page.route("**/compose", swallow, times=1)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".count")).to_contain_text("The server did not answer")
    expect(text).to_have_value("Said once on a shaky line")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**/@owner/*")
    page.goto(town.url + "/@owner")
    assert len(sent) == 1
    assert page.locator("article.post").filter(has_text="Said once on a shaky line").count() == 1


def test_what_is_refused_stays(page: Page, town: Town):
    text = page.locator("textarea[name=text]")
    text.fill("x" * 501)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".count")).to_contain_text("500")
    expect(text).to_have_value("x" * 501)
