"""What scripts add: acts that roll back, new posts that move nothing, lists that go on, pictures, no connection."""

from __future__ import annotations

import io

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from screens.town import ARAB, OWNER, Town
from stories.running import until


@pytest.fixture
def page(browser: Browser, town: Town) -> Page:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    town.enter(context, OWNER)
    page = context.new_page()
    yield page
    context.close()


def test_an_act_shows_at_once_and_rolls_back_with_a_word(page: Page, town: Town):
    page.goto(town.address("/{author}", OWNER))
    post = page.locator("article.post").first
    button = post.locator("button[value$=favourite]")
    was = button.get_attribute("aria-pressed")
    number = button.locator(".number")
    count = int(number.get_attribute("data-count")) if number.count() else 0
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
    expect(number).to_have_attribute("data-count", str(count + (-1 if was == "true" else 1)))
    page.context.set_offline(True)
    button.click()
    expect(page.locator("#said")).not_to_be_empty()
    expect(button).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
    page.context.set_offline(False)


def test_an_act_after_the_session_ended_rolls_back(page: Page, town: Town):
    page.goto(town.address("/{author}", OWNER))
    button = page.locator("article.post button[value$=bookmark]").first
    was = button.get_attribute("aria-pressed")
    page.context.clear_cookies()
    button.click()
    expect(page.locator("#said")).not_to_be_empty()
    expect(button).to_have_attribute("aria-pressed", was)


def test_new_posts_move_nothing(page: Page, town: Town):
    page.goto(town.url + "/")
    page.mouse.wheel(0, 900)
    first = page.locator("ul.posts > li").first
    town.say(ARAB, "Fresh from the hedge")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#fresh a")).to_be_visible()
    before = first.evaluate("(one) => { one.dataset.first = 'yes'; return one.getBoundingClientRect().top; }")
    page.evaluate("document.querySelector('#fresh a').click()")
    expect(page.locator("article.post").filter(has_text="Fresh from the hedge")).to_have_count(1)
    assert page.locator("[data-first]").count() == 1
    assert before is not None


def test_the_bell_says_what_is_unread(page: Page, town: Town):
    town.say(ARAB, "@owner are you there?")
    page.goto(town.url + "/explore")
    expect(page.locator("#unread")).to_be_visible()
    expect(page.locator("#unread .away")).to_contain_text("unread")


def test_lists_go_on_and_are_where_they_were(page: Page, town: Town):
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(town.address("/{author}", OWNER))
    posts = page.locator("main ul.posts > li")
    before = posts.count()
    if not page.locator("nav.steps a[rel=next]").count():
        page.goto(town.url + "/")
        before = posts.count()
    page.locator("nav.steps a[rel=next]").scroll_into_view_if_needed()
    until(lambda: posts.count() > before)
    grown = posts.count()
    expect(page.locator("main [role=feed] ul.posts")).to_have_attribute("role", "presentation")
    target = posts.nth(before + 3).locator(".when a")
    target.scroll_into_view_if_needed()
    where = page.evaluate("scrollY")
    target.click()
    page.wait_for_selector("article.post.main")
    page.go_back()
    until(lambda: posts.count() >= grown)
    assert abs(page.evaluate("scrollY") - where) < 60


def test_pictures_one_at_a_time(page: Page, town: Town):
    files = []
    for colour in ("olive", "navy"):
        file = io.BytesIO()
        Image.new("RGB", (320, 200), colour).save(file, "PNG")
        files.append({"name": f"{colour}.png", "mimeType": "image/png", "buffer": file.getvalue()})
    page.goto(town.url + "/publish")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator(".files li")).to_have_count(2)
    page.locator(".files textarea").first.fill("First field")
    page.locator("textarea[name=text]").fill("Two fields")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url("**/@owner/*")
    link = page.locator(".pictures a").first
    link.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    expect(viewer.locator("img")).to_have_attribute("alt", "First field")
    expect(viewer.locator(".number")).to_have_text("1 / 2")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".number")).to_have_text("2 / 2")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('.pictures') !== null"), "one is back where one was"


def test_keys_can_be_changed(page: Page, town: Town):
    page.goto(town.url + "/")
    page.locator("article.post").first.wait_for()
    page.keyboard.press("?")
    page.locator("#k-next").fill("z")
    page.locator("#k-before").fill("z")
    assert page.locator("#k-before").evaluate("(one) => one.validationMessage")
    page.locator("#k-before").fill("k")
    page.keyboard.press("Escape")
    if page.locator("#keys").is_visible():  # the browser's word on what was taken may still be shown, and goes first
        page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    assert not page.evaluate("document.activeElement.id").startswith("post-")
    page.keyboard.press("z")
    assert page.evaluate("document.activeElement.id").startswith("post-")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/notifications")


def test_without_a_connection(page: Page, town: Town):
    page.goto(town.url + "/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # Not `wait_for_function`: what it asks again and again is a text that the page's policy forbids to run.
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"))
    page.goto(town.url + "/")
    shown = page.locator("article.post").first.get_attribute("id")
    until(lambda: page.evaluate("caches.match('/', { cacheName: 'home' }).then((kept) => Boolean(kept))"))
    page.context.set_offline(True)
    page.goto(town.url + "/")
    assert page.locator("article.post").first.get_attribute("id") == shown
    page.goto(town.url + "/explore")
    expect(page.locator("h1")).to_have_text("No connection")
    page.context.set_offline(False)
    page.goto(town.url + "/")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_selector("body:not(.member)")
    assert page.evaluate("caches.has('home')") is False, "the next one at this device reads nothing"


def test_nothing_is_cached_of_closed_pages(page: Page, town: Town):
    page.goto(town.url + "/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(town.url + "/settings/account")
    page.goto(town.url + "/@owner")
    held = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((one) => one.keys()))))"
        ".then((all) => all.flat().map((one) => new URL(one.url).pathname))"
    )
    assert all(path in {"/", "/offline"} or path.startswith("/assets/") for path in held), held


def test_strangers_get_no_worker(browser: Browser, town: Town):
    assert "serviceWorker" not in requests.get(town.url + "/", timeout=20).text
    context = browser.new_context()
    page = context.new_page()
    page.goto(town.url + "/")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    context.close()
