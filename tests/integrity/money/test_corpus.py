"""Posts as people write them, with and without somebody to pay or to talk to: how many are found, how many are none."""

from __future__ import annotations

import base64
import hashlib
import random
import uuid
from urllib.parse import quote

from dunnock.integrity.money.check_digits import BASE58
from dunnock.integrity.money.links import asset_at, assets_of

XMR = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
XMR_SUB = "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H"
XRP = "rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B"
SOL = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
INVOICE = (
    "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqf"
    "qypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdy"
    "afkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql"
)
LNURL = (
    "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9"
    "NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS"
)
BTC, SEGWIT = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
ETH, IBAN = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "FR1420041010050500013M02606"
WALLETS = {
    f"btc:{BTC}": [BTC, f"bitcoin:{BTC}?amount=1", f"https://mempool.space/address/{BTC}", f"https://blockchair.com/bitcoin/address/{BTC}"],
    f"btc:{SEGWIT}": [SEGWIT, SEGWIT.upper(), f"{SEGWIT[:9]}\u200b{SEGWIT[9:]}", f"({SEGWIT})", f"BTC:{SEGWIT}"],
    f"eth:{ETH.lower()}": [ETH, ETH.lower(), f"ethereum:{ETH}@1?value=2e18", f"ethereum:pay-{ETH}", f"https://etherscan.io/address/{ETH}#tokens"],
    f"xmr:{XMR}": [XMR, f"monero:{XMR}?tx_amount=1", f"XMR {XMR}."],
    f"xmr:{XMR_SUB}": [XMR_SUB, f"monero:{XMR_SUB}"],
    f"sol:{SOL}": [f"SOL: {SOL}", f"solana:{SOL}?amount=1", f"https://solscan.io/account/{SOL}", f"my Phantom wallet {SOL}"],
    f"xrp:{XRP}": [XRP, f"XRP {XRP} tag 12"],
    f"ln:{INVOICE}": [INVOICE, f"lightning:{INVOICE.upper()}"],
    f"ln:{LNURL.lower()}": [LNURL, f"lightning:{LNURL.lower()}"],
    "ln:wren@getalby.com": ["⚡ Wren@getalby.com", "zap wren@getalby.com!"],
    f"iban:{IBAN}": [
        IBAN, "FR14 2004 1010 0505 0001 3M02 606", "fr14-2004-1010-0505-0001-3m02-606",
        "FR14\u00a02004\u00a01010\u00a00505\u00a00001\u00a03M02\u00a0606",
    ],
}  # fmt: skip
PAGES = {
    "paypal/sparrowaid": "paypal.me/SparrowAid", "paypal/pool/8xYz12": "www.paypal.com/pools/c/8xYz12",
    "paypal/hosted_button_id/QX7T5": "www.paypal.com/donate/?hosted_button_id=QX7T5", "cashapp/sparrow": "cash.app/$Sparrow",
    "monobank/7vGh3Kq9": "send.monobank.ua/jar/7vGh3Kq9",
    "ko-fi/sparrow": "ko-fi.com/Sparrow",
    "stripe/aEU3cb": "buy.stripe.com/aEU3cb",
    "gofundme/roof-for-sparrows": "gofund.me/f/roof-for-sparrows".replace("gofund.me", "www.gofundme.com"),
    "crowdfunding/chuffed.org/project/1234-nests": "chuffed.org/project/1234-nests",
    "crowdfunding/zrzutka.pl/ab12cd": "zrzutka.pl/ab12cd", "buymeacoffee/sparrow": "www.buymeacoffee.com/sparrow",
    "patreon/sparrow": "www.patreon.com/c/sparrow/membership", "liberapay/sparrow": "liberapay.com/Sparrow/",
    "substack/sparrow": "sparrow.substack.com/p/hello",
    "telegram/sparrowroost": "t.me/SparrowRoost",
    "telegram/+Kq8Zz-1a": "t.me/+Kq8Zz-1a",
    "whatsapp/group/Kq8Zz1aBcD": "chat.whatsapp.com/Kq8Zz1aBcD",
    "whatsapp/491700000000": "wa.me/491700000000",
    "discord/Kq8Zz1": "discord.gg/Kq8Zz1",
    "signal/CjQKIK8": "signal.group/#CjQKIK8",
    "viber/AQA1b": "invite.viber.com/?g2=AQA1b",
    "skype/Kq8Zz1aBcDeF": "join.skype.com/Kq8Zz1aBcDeF",
    "shop/sparrow.myshopify.com": "sparrow.myshopify.com/collections/all",
    "shop/sparrow.gumroad.com": "sparrow.gumroad.com/l/nest",
    "etsy/sparrownests": "www.etsy.com/shop/SparrowNests", "ebay/sparrow": "www.ebay.de/str/sparrow",
    "crowdfunding/kickstarter.com/projects/sparrow/nest": "www.kickstarter.com/projects/sparrow/nest",
    "tikkie/pay.1": "tikkie.me/pay/pay.1",
    "shop/sparrow.fourthwall.com": "sparrow.fourthwall.com/products/mug",
    "messenger/sparrow": "m.me/sparrow",
    "revolut/sparrow": "revolut.me/Sparrow",
}  # fmt: skip
WAYS = (
    lambda at: f"https://{at}",
    lambda at: f"http://{at}",
    lambda at: f"HTTPS://{at.partition('/')[0].upper()}/{at.partition('/')[2]}",
    lambda at: at,
    lambda at: (
        f"https://{at}{'&' if '?' in at else '?'}utm_source=share&fbclid=IwAR0" if "#" not in at else f"https://{at}"
    ),
    lambda at: f"https://{at.partition('/')[0]}./{at.partition('/')[2]}",
    lambda at: f"https://wren:secret@{at}",
    lambda at: f"https://{at.partition('/')[0]}:443/{at.partition('/')[2]}",
    lambda at: "hxxps://" + at.replace(".", "[.]", 1),
    lambda at: "hXXp://" + at.replace(".", "(.)", 1),
    lambda at: at.replace(".", " [dot] ", 1),
    lambda at: f"https://l.facebook.com/l.php?u={quote('https://' + at, safe='')}&h=AT0",
    lambda at: f"https://www.google.com/url?q={quote('https://' + at, safe='')}&sa=D",
    lambda at: f"https://click.news.example/r?id=7&url={quote('https://' + at, safe='')}",
    lambda at: f"https://{at.partition('/')[0].replace('.', chr(0x3002))}/{at.partition('/')[2]}",
    lambda at: f"https://{at.partition('/')[0]}//{at.partition('/')[2]}",
    lambda at: f"https:\\\\{at}",
)
TALK = (
    "Help us: {} thank you!",
    "{}",
    "Bitte spenden ({}).",
    "寄付はこちら {} よろしく",
    "ساعدونا {}",
    "Infos → {}\n#nest",
    "see {}, and {} again",
)
ORDINARY = (
    "https://www.paypal.com/us/webapps/mpp/home", "https://paypal.me.evil.example/wren", "https://paypa1.me/wren",
    "https://www.patreon.com/explore",
    "https://ko-fi.com/about",
    "https://t.me/share/url?url=x",
    "https://discord.com/channels/1/2/3",
    "https://github.com/wren/nest/commit/{sha1}",
    "https://www.etsy.com/listing/1234567/nest",
    "https://www.amazon.de/dp/B000000000",
    "https://en.wikipedia.org/wiki/PayPal", "https://news.example/2026/11/ko-fi.com/wren", "https://etherscan.io/tx/0x{sha256}",
    "https://mempool.space/block/{sha256}",
    "https://www.kickstarter.com/",
    "wren@paypal.me",
    "https://gofundme.com/discover",
    "https://xn--pypal-4ve.me/wren",
    "order DE{digits18} left the house",
    "order {digits12}",
    "commit {sha1}",
    "sha256 {sha256}",
    "0x{sha256}",
    "md5 {md5}",
    "{uuid}",
    "ISBN 978-3-16-148410-0",
    "PGP {pgp}",
    "key {base64}",
    "sol sha {base64}",
    "Qm{b58_44}",
    "npub1{bech}",
    "call +49 170 0000000",
    "tracking 1Z{pgp18}",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "RF18 5390 0754 7034",
    "0x{digits40}",
    "see a.b/c and e.g. this",
    "v1.2.3/README.md",
    "https://telegram.org/faq",
    "https://web.whatsapp.com/",
    "https://docs.stripe.com/payments",
    "https://paypal.me@evil.example/wren",
    "BIC MARKDEF1100",
    "https://steamcommunity.com/id/wren",
    "mailto:wren@example.org",
    "wren@walletofsatoshi.com.evil.example",
    "ssh-ed25519 AAAAC3{b58_64}",
    "{b58_34}",
    "bc1q{bech38}",
    "4{b58_94}", "lnbc1{bech200}",
)  # fmt: skip


def _noise(rng):
    data = rng.randbytes(32)
    digits = "".join(rng.choices("0123456789", k=40))
    bech = "".join(rng.choices("qpzry9x8gf2tvdw0s3jn54khce6mua7l", k=200))
    b58 = "".join(rng.choices(BASE58, k=94))
    return {
    "sha1": hashlib.sha1(data).hexdigest(),
    "sha256": data.hex(),
    "md5": data[:16].hex(),
    "uuid": str(uuid.UUID(bytes=data[:16])),
    "pgp": data[:20].hex().upper(),
    "pgp18": data[:8].hex().upper(),
    "base64": base64.b64encode(data).decode(),
    "digits12": digits[:12],
        "digits18": digits[:20], "digits40": digits, "bech": bech[:58], "bech38": bech[:38], "bech200": bech, "b58_44": b58[:44],
        "b58_64": b58[:64], "b58_34": "1" + b58[:33], "b58_94": b58,
    }  # fmt: skip


def test_ninety_eight_of_a_hundred_are_found_and_are_right():
    rng = random.Random(7)
    posts = [(key, one) for key, spellings in WALLETS.items() for one in spellings]
    posts += [(key, way(at)) for key, at in PAGES.items() for way in WAYS]
    wanted, found, wrong = 0, 0, []
    for key, written in posts:
        text = rng.choice(TALK).replace("{}", written)
        keys = {one.key for one in assets_of(text, [])}
        wanted += 1
        found += key in keys
        wrong += [(text, one) for one in keys - {key}]
        if key not in keys:
            wrong.append((text, None))
    claimed = []
    for _ in range(20):
        noise = _noise(rng)
        for words in ORDINARY:
            text = rng.choice(TALK).replace("{}", words).format(**noise)
            claimed += [(text, one.key) for one in assets_of(text, [])]
    more = [one for one in wrong if one[1] is not None]
    assert found >= 0.98 * wanted, (found, wanted, wrong[:20])
    assert found >= 0.98 * (found + len(more) + len(claimed)), (more[:10], claimed[:10])


def test_staff_can_stop_each_of_them_as_it_is_written():
    for key, spellings in WALLETS.items():
        for written in (key, spellings[0].split()[-1].strip("!.")):
            assert asset_at(written).key == key, written
    assert asset_at("hxxps://t[.]me/SparrowRoost").key == "telegram/sparrowroost"
