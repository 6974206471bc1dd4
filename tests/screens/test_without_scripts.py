"""With JavaScript switched off: read everything, join, post, answer, boost, favourite, follow, come and go."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from screens.town import OWNER, Town


@pytest.fixture
def page(browser: Browser) -> Page:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_a_newcomer_reads_joins_and_talks(page: Page, town: Town):
    page.goto(town.url)
    assert page.locator("article.post").count() > 3
    page.goto(town.address("/{post}", None))
    assert page.locator("article.post").count() > 1
    page.goto(town.address("/{author}", None))
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Name", exact=True).fill("newcomer")
    page.get_by_label("E-mail address").fill("newcomer@mail.example")
    page.get_by_label("Password", exact=True).fill("four tits on a twig")
    page.get_by_label("I have read what this server says").check()
    page.locator("main form button[type=submit]").first.click()
    page.goto(town.url + "/publish")
    page.locator("textarea[name=text]").first.fill("Hello from a browser without scripts")
    page.get_by_role("button", name="Publish").first.click()
    assert "Hello from a browser without scripts" in page.locator("main").inner_text()


def test_a_member_does_everything_by_plain_forms(page: Page, town: Town):
    town.enter(page.context, OWNER)
    page.goto(town.address("/{post}", OWNER))
    for act in ("boost", "bookmark"):
        post = page.locator("article.post.main")
        button = post.locator(f"button[value=un{act}], button[value={act}]")
        before = button.get_attribute("aria-pressed")
        button.click()
        after = page.locator("article.post.main").locator(f"button[value=un{act}], button[value={act}]")
        assert after.get_attribute("aria-pressed") != before, act
    page.locator("#reply > summary").click()
    page.locator("textarea[name=text]").first.fill("An answer by hand")
    page.locator("main form[action='/compose']").get_by_role("button", name="Publish", exact=True).click()
    assert "An answer by hand" in page.locator("main").inner_text()
    page.goto(town.address("/{author}", OWNER))
    page.get_by_role("button", name="Unfollow").click()
    page.get_by_role("button", name="Follow", exact=True).click()
    assert page.get_by_role("button", name="Unfollow").count() == 1
    page.locator("details.menu summary, .menu summary").first.click()
    page.get_by_role("button", name="Sign out").first.click()
    page.goto(town.url + "/notifications")
    assert "/auth/sign_in" in page.url
