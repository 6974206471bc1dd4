"""Who comes by a collection's link and joins is offered it when they can come in, however long and wherever that is."""

from __future__ import annotations

import pytest

from dunnock import accounts, discovery
from dunnock.accounts.mails import mail_jobs_of
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.mail import Mailer
from mail_server import MailServer, link_in
from web.conftest import PASSWORD

FORM = {"username": "wren", "email": "wren@mail.example", "password": PASSWORD, "agreement": "1"}
OFFER = "You came to follow these people"


@pytest.fixture
async def birds(db, join):
    """A collection of two."""
    robin, jay = await join("robin"), await join("jay")
    async with db.begin() as tx:
        for one in (robin, jay):
            await accounts.change_settings(tx, one.account_id, discoverable=True)
        members = [robin.account_id, jay.account_id]
        changes = discovery.CollectionChanges(name="Hedge birds")
        return await discovery.make_collection(tx, changes, by=robin.account_id, members=members)


async def signed_in_elsewhere(site, path="/auth/sign_in"):
    browser = site.browser()
    await browser.get(path)
    await browser.submit("/auth/sign_in", login="wren", password=PASSWORD)
    return browser


async def test_it_waits_for_the_mail_and_for_approval_and_is_offered_in_another_browser(closed_to, db, birds):
    server = await MailServer().start()
    site = closed_to(smtp_url=server.url, sign_up="approval")
    works = Jobs(db, mail_jobs_of(Mailer(site.settings), public_url=site.settings.public_url))
    stranger = site.browser()
    page = await stranger.get(f"/auth/sign_up?collection={birds.id}")
    assert f'<a href="/auth/sign_in?next=/collections/{birds.id}">Sign in</a>' in page.body
    page = await stranger.submit("/auth/sign_up", **FORM | {"agreement": None, "reason": "I like birds"})
    assert page.status == 422  # what is wrong in the form does not lose it
    await stranger.submit("/auth/sign_up", **FORM, reason="I like birds")
    await works.settle()
    ((_, message),) = server.taken
    await server.stop()
    phone = site.browser()
    await phone.get(link_in(message, "/auth/confirmation"))
    assert "will read why" in (await phone.submit("/auth/confirmation")).text
    wren = await accounts.member_named(db, "wren")
    async with db.begin() as tx:
        await accounts.change_state(tx, wren.id, accounts.State.ACTIVE)
    home = await signed_in_elsewhere(site)
    assert OFFER in home.page.text
    assert "2 people whom @robin recommends:" in home.page.text
    page = await home.get(f"/collections/{birds.id}")
    await home.submit(f"/collections/{birds.id}/follow")
    assert (await accounts.counts_of(db, [wren.account_id]))[wren.account_id].following == 2
    assert OFFER not in (await home.get("/")).text


async def test_a_mail_that_is_confirmed_leads_to_it_and_it_can_be_put_away(closed_to, db, birds):
    server = await MailServer().start()
    site = closed_to(smtp_url=server.url)
    works = Jobs(db, mail_jobs_of(Mailer(site.settings), public_url=site.settings.public_url))
    stranger = site.browser()
    await stranger.get(f"/auth/sign_up?collection={birds.id}")
    await stranger.submit("/auth/sign_up", **FORM)
    await works.settle()
    ((_, message),) = server.taken
    await server.stop()
    phone = site.browser()
    await phone.get(link_in(message, "/auth/confirmation"))
    await phone.submit("/auth/confirmation")
    page = await phone.submit("/auth/sign_in", login="wren", password=PASSWORD)
    assert "Follow all of them" in page.text
    assert OFFER in (await phone.get("/")).text
    assert OFFER not in (await phone.submit("/welcome/collection")).text


async def test_an_invitation_can_lead_to_one_and_what_is_gone_is_offered_to_nobody(closed_to, db, signed_in, birds):
    site = closed_to(sign_up="invitation")
    staff, boss = await signed_in("boss", "owner", at=site), await accounts.member_named(db, "boss")
    async with db.begin() as tx:
        invitation = await accounts.invite(tx, by_member_id=boss.id, most_uses=2)
    assert f"/settings/invitations?collection={birds.id}" in (await staff.get(f"/collections/{birds.id}")).body
    page = await staff.get(f"/settings/invitations?collection={birds.id}")
    assert f"/invite/{invitation.code}?collection={birds.id}" in page.text
    page = await staff.submit("/settings/invitations", most_uses="1", days="7")
    assert page.text.count(f"?collection={birds.id}") == 2
    guest = site.browser()
    await guest.get(f"/invite/{invitation.code}?collection={birds.id}")
    page = await guest.submit("/auth/sign_up", **FORM)
    assert "Follow all of them" in page.text
    assert OFFER in (await guest.get("/")).text
    async with db.begin() as tx:
        await discovery.delete_collection(tx, birds.id, by=birds.account_id)
    page = await guest.get("/")
    assert page.status == 200
    assert OFFER not in page.text
    late = site.browser()
    await late.get(f"/invite/{invitation.code}?collection={birds.id}")
    page = await late.submit("/auth/sign_up", **FORM | {"username": "finch", "email": "finch@mail.example"})
    assert "Step 2 of 3" in page.text
