"""D11: a network leads to the same payees, wallets and chats, each time written otherwise (DISARM T0148.003, T0152.012)."""

from __future__ import annotations

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Person, Stage

_SPELLINGS = {
    "paypal": ("https://paypal.me/NestFund?utm_source=x{0}", "https://www.paypal.com/paypalme/nestfund/25", "http://PayPal.Me/nestfund#a{0}"),
    "telegram": ("https://t.me/+AbCdEfGh", "https://telegram.me/+AbCdEfGh", "https://t.me/joinchat/AbCdEfGh"),
    "btc": ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "Send to bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount={0}"),
}  # fmt: skip
_ACCOUNTS = 20


def _play(stage: Stage) -> list[Measure]:
    owner = stage.staff("owner", "owner")
    people = stage.join_all([f"friend_{n}" for n in range(_ACCOUNTS)])
    others = stage.join_all([f"reader_{n}" for n in range(10)])
    kinds = list(_SPELLINGS)
    sent: list[tuple[str, str]] = []
    for n, one in enumerate(people):  # each leads to two of the three, so that all hang together
        for kind in (kinds[n % 3], kinds[(n + 1) % 3]):
            forms = _SPELLINGS[kind]
            words = f"Help us, friends: {forms[n % len(forms)].format(n)}"
            stage.must("POST", "/api/v1/statuses", one, status=words)
            sent.append((one.id, kind))
    for n, one in enumerate(others):
        stage.must("POST", "/api/v1/statuses", one, status=f"I read https://birds.example/{n} today")
    _, took = stage.until(lambda: len(_ties(stage, owner, people[0].id)) >= len(sent), within_s=30)
    graph = stage.must("GET", f"/api/v1/dunnock/admin/asset_graph?account_id={people[0].id}", owner)
    keys = {one["id"]: one["key"] for one in graph["assets"]}
    known = {
        "paypal": "paypal/nestfund",
        "telegram": "telegram/+AbCdEfGh",
        "btc": "btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    }
    ties = {(one["account_id"], keys[one["asset_id"]]) for one in graph["ties"]}
    right = sum((account, known[kind]) in ties for account, kind in sent)
    wrong = len(ties - {(account, known[kind]) for account, kind in sent})
    joined = {account for account, _ in ties}
    stage.must("POST", "/api/v1/dunnock/admin/asset_blocks", owner, asset="paypal.me/nestfund", reason="Fraud")
    again = [
        stage.call("POST", "/api/v1/statuses", people[0], status=f"More: {form.format(9)}").status
        for form in _SPELLINGS["paypal"]
    ]
    return [
        Measure(
            "links and wallets that became the right destination",
            "at least 98 %",
            f"{right} of {len(sent)}, {took:.0f} s",
            held=right >= 0.98 * len(sent),
        ),
        Measure("ties that are none", "at most 2 %", str(wrong), held=wrong <= 0.02 * len(sent)),
        Measure(
            "accounts of the network in one graph",
            f"{_ACCOUNTS} of {_ACCOUNTS}",
            str(len(joined & {one.id for one in people})),
            held=joined == {one.id for one in people},
        ),
        Measure(
            "spellings of a stopped payee that can still be posted", "0", str(again.count(200)), held=200 not in again
        ),
    ]


def _ties(stage: Stage, owner: Person, account_id: str) -> list[object]:
    return list(stage.must("GET", f"/api/v1/dunnock/admin/asset_graph?account_id={account_id}", owner)["ties"])


DRILL = Drill(
    "D11",
    "A network that leads to the same money",
    "three kinds of destinations; no shortened links, which lead out of this machine",
    _play,
)
