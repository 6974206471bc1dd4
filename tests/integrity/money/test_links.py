"""Payees, wallets, chats and shops in all their spellings (DISARM drill D11)."""

from __future__ import annotations

import hashlib
import re

import pytest

from dunnock.integrity.money import links
from dunnock.integrity.money.check_digits import keccak_256
from dunnock.integrity.money.links import Asset, asset_of, assets_of, canonical, shortened
from dunnock.integrity.money.wallets import wallet, wallets

BTC, SEGWIT = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
SPELLINGS = {
    "paypal/wren": [
        "https://paypal.me/wren", "http://www.paypal.me/Wren/", "https://paypal.me/wren/25EUR?country.x=DE&locale.x=de_DE",
        "https://www.paypal.com/paypalme/WREN", "https://l.facebook.com/l.php?u=https%3A%2F%2Fpaypal.me%2Fwren%3Ffbclid%3D1&h=A",
        "https://web.archive.org/web/20240101000000/https://paypal.me/wren",
    ],
    "paypal/hosted_button_id/ABC123": [
        "https://www.paypal.com/donate?hosted_button_id=ABC123",
        "https://www.paypal.com/donate/?utm_source=x&hosted_button_id=ABC123&source=url",
        "https://www.google.com/url?q=https%3A%2F%2Fwww.paypal.com%2Fdonate%3Fhosted_button_id%3DABC123&sa=D",
    ],
    "tipeee/wren": ["https://fr.tipeee.com/wren", "https://en.tipeee.com/Wren/?ref=1", "https://tipeee.com/wren/news"],
    "gofundme/help-wren": [
        "https://www.gofundme.com/f/help-wren", "https://gofundme.com/f/Help-Wren?utm_campaign=p_cp&utm_medium=copy_link",
        "https://de.gofundme.com/f/help-wren#donations",
    ],
    "patreon/wren": ["https://www.patreon.com/wren", "https://patreon.com/c/wren/posts", "https://m.patreon.com/join/wren?"],
    "ko-fi/wren": ["https://ko-fi.com/wren", "ko-fi.com/Wren", "https://www.youtube.com/redirect?q=https://ko-fi.com/wren&v=1"],
    f"btc:{BTC}": [f"bitcoin:{BTC}", f"bitcoin:{BTC}?amount=0.1&label=x"],
    f"btc:{SEGWIT}": [f"bitcoin:{SEGWIT}", f"BITCOIN:{SEGWIT.upper()}"],
    f"eth:{ETH.lower()}": [f"ethereum:{ETH}", f"ethereum:{ETH.lower()}"],
    "telegram/+AbCd": ["https://t.me/+AbCd", "https://t.me/joinchat/AbCd", "https://telegram.me/joinchat/AbCd"],
    "telegram/wrens": ["https://t.me/Wrens", "https://t.me/s/wrens/12", "https://telegram.dog/wrens?start=1"],
    "whatsapp/15550100": ["https://wa.me/15550100?text=hi", "https://api.whatsapp.com/send?phone=%2B1-555-0100"],
    "whatsapp/group/AbC": ["https://chat.whatsapp.com/AbC", "https://chat.whatsapp.com/invite/AbC?mode=x"],
    "discord/AbC": ["https://discord.gg/AbC", "https://discord.com/invite/AbC", "https://discordapp.com/invite/AbC?event=1"],
    "shop/wren.myshopify.com": ["https://wren.myshopify.com/", "https://Wren.myshopify.com/products/mug?variant=1"],
    "etsy/wren": ["https://www.etsy.com/shop/Wren", "https://www.etsy.com/de/shop/wren?ref=x"],
}  # fmt: skip
NOTHING = (
    "https://paypal.com/", "https://www.paypal.com/us/signin", "https://ko-fi.com/explore", "https://t.me/share/url?url=x",
    "https://patreon.com/about", "https://discord.com/channels/1/2", "https://github.com/wren/nest", "https://example.com/donate",
    "https://notpaypal.me.example/wren", "https://etsy.com/listing/12", "https://wa.me/", "mailto:wren@example.com",
    "https://news.example/paypal.me/wren", "javascript:alert(1)", "https://", "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    "https://gofundme.com/", "https://substack.com/home", "https://www.gofundme.com/discover", "https://buymeacoffee.com/",
)  # fmt: skip

MORE_HOSTS = (
    "cash.app", "venmo.com", "revolut.me", "buy.stripe.com", "wise.com", "monzo.me", "square.link", "qiwi.com", "yoomoney.ru",
    "buymeacoff.ee", "givesendgo.com", "boosty.to", "liberapay.com", "subscribestar.adult", "opencollective.com", "steady.page",
    "wren.substack.com", "wa.me", "signal.me", "matrix.to", "wren.etsy.com", "wren.gumroad.com", "gumroad.com", "redbubble.com",
    "teespring.com", "spreadshirt.de", "amazon.co.uk", "ebay.co.uk", "ebay.com", "wren.example",
)  # fmt: skip


def test_every_spelling_is_one_destination():
    made = [(key, url) for key, urls in SPELLINGS.items() for url in urls]
    right = [url for key, url in made if (found := asset_of(url)) is not None and found.key == key]
    claimed = [url for url in NOTHING if asset_of(url) is not None]
    missed = sorted({url for _, url in made} - set(right))
    assert len(right) >= 0.98 * len(made), missed
    assert len(right) >= 0.98 * (len(right) + len(claimed)), claimed


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTP://WWW.Example.com:80/a/../b/?utm_source=x&b=2&a=1#top", "example.com/b?a=1&b=2"),
        ("https://m.example.com/index.html", "example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://example.com:8443/x", "example.com:8443/x"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.com%2Fa%3Ffbclid%3D1", "example.com/a"),
        ("ftp://example.com/", None),
        ("https://" + "a" * 3_000, None),
        ("https://l.instagram.com/?u=" + "https://l.instagram.com/?u=" * 5 + "https://example.com", None),
    ],
)
def test_one_spelling(url, plain):
    assert canonical(url) == plain


def test_simple_addresses_read_the_short_way_are_what_they_are_the_long_way(monkeypatch):
    names = [
        "news.example",
        "News.Example",
        "www.paypal.com",
        "m.t.me",
        "a..b",
        "-x.example",
        "1.2.3.4",
        "127.1",
        "localhost",
        ".",
    ]
    paths = ["", "/", "/a//b/", "/index.html", "/a/Index.php", "/sponsors/Foo", "/~x/y.z-1", "/joinchat/AbC"]
    urls = [f"{scheme}://{name}{path}" for scheme in ("https", "http") for name in names for path in paths]
    short = [(links._once.__wrapped__(url), links.asset_of.__wrapped__(url)) for url in urls]
    assert sum(links._PLAIN.fullmatch(url) is not None for url in urls) == len(urls)
    monkeypatch.setattr(links, "_PLAIN", re.compile("(?!)"))
    links._once.cache_clear()
    assert short == [(links._once.__wrapped__(url), links.asset_of.__wrapped__(url)) for url in urls]
    assert any(asset for _, asset in short)


def test_the_one_look_at_a_host_leaves_out_none_that_a_rule_knows(monkeypatch):
    urls = [*NOTHING, *(url for urls in SPELLINGS.values() for url in urls)]
    urls += [f"https://{host}/{path}" for host in MORE_HOSTS for path in ("wren", "f/wren", "shop/wren", "c/wren")]
    found = [links.asset_of.__wrapped__(url) for url in urls]
    monkeypatch.setattr(links, "_HOSTS", re.compile(".*"))
    assert found == [links.asset_of.__wrapped__(url) for url in urls]
    assert len([one for one in found if one is not None]) > 60


def test_what_is_shortened_has_to_be_followed():
    assert [shortened(url) for url in ("https://bit.ly/abc", "https://bit.ly/", "https://example.com/x")] == [
        True,
        False,
        False,
    ]


def test_only_addresses_with_right_check_digits_are_wallets():
    text = f"Send to {BTC}, {SEGWIT.upper()} or {ETH}; not {BTC[:-1]}b, {ETH[:-1]}D, {SEGWIT[:-1]}5, {'a' * 40}"
    assert wallets(text) == [("btc", BTC), ("btc", SEGWIT), ("eth", ETH.lower())]
    assert wallets("DE89 3704 0044 0532 0130 00 / GB82WEST12345698765432 / DE88370400440532013000") == [
        ("iban", "DE89370400440532013000"),
        ("iban", "GB82WEST12345698765432"),
    ]
    assert wallet("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8") == ("trx", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8")
    assert wallet("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0") is not None
    assert wallet(SEGWIT[:10] + SEGWIT[10:].upper()) is None
    assert [one for number in range(200) if (one := wallets(hashlib.sha256(b"%d" % number).hexdigest()))] == []


def test_the_hash_of_ethereum():
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"x" * 136) != keccak_256(b"x" * 135)


def test_a_text_and_its_links_together():
    found = assets_of(f"Give! {BTC}", ["https://ko-fi.com/wren", "https://www.ko-fi.com/wren?x", "https://example.com"])
    assert found == [Asset("fundraising", "ko-fi/wren", "ko-fi"), Asset("wallet", f"btc:{BTC}", "btc")]
