"""Finding posts, people and topics, with Mastodon.py against a running server."""

from __future__ import annotations

from stories.running import until
from stories.test_mastodon_py import ids, well_typed


def test_finding_posts_people_and_topics(server):
    ann, bob, eve = server.join("ann"), server.join("bob"), server.join("eve")
    ann_client, bob_client, eve_client = ann.api, bob.api, eve.api
    ann_client.account_update_credentials(indexable=True, discoverable=True)
    word = f"zebra{ann_client.me().id}"
    first = ann_client.status_post(f"A {word} in the garden, 東京都 https://far.example/page", language="en")
    second = ann_client.status_post(f"Two of the {word} kind #Finding{word}", in_reply_to_id=first.id)
    hidden = bob_client.status_post(f"My own {word}", visibility="private")

    def search(client, query, **more):
        return ids(well_typed(client.search_v2(query, result_type="statuses", **more)).statuses)

    until(lambda: search(eve_client, word) == [str(second.id), str(first.id)])
    assert search(bob_client, word) == [str(hidden.id), str(second.id), str(first.id)]
    for query, there in (
        (f"{word} is:reply", [second]), (f"{word} -is:reply", [first]), (f'"{word} in the garden"', [first]),
        (f"{word} has:link", [first]), (f"東京 {word}", [first]), (f"京都 {word}", []),
        (f"{word} language:en from:{ann.name}", [first]),
        (f"{word} before:2020-01-01", []), (f"{word} in:library", []), (f"#Finding{word}", [second]),
    ):  # fmt: skip
        assert search(eve_client, query) == ids(there), query
    assert search(eve_client, word, max_id=second.id) == [str(first.id)]
    assert search(eve_client, word, account_id=bob_client.me().id) == []
    ann_client.status_update(first.id, f"Nothing of that kind {word[::-1]}")
    until(lambda: search(eve_client, word) == [str(second.id)])
    ann_client.status_delete(second.id)
    until(lambda: search(eve_client, word) == [])
    assert [one.acct for one in eve_client.search_v2(ann_client.me().acct, result_type="accounts").accounts][:1] == [
        ann_client.me().acct
    ]
    well_typed(eve_client.search_v2(first.url).statuses)

    eve_client.account_follow(bob_client.me().id)
    bob_client.account_follow(ann_client.me().id)
    suggested = well_typed(eve_client.suggestions_v2())
    assert str(ann_client.me().id) in ids([one.account for one in suggested])
    eve_client.suggestion_delete(ann_client.me().id)
    assert str(ann_client.me().id) not in ids(eve_client.suggestions())
    assert str(ann_client.me().id) in ids(well_typed(eve_client.directory(order="new", local=True)))
    for found in (eve_client.trending_tags(), eve_client.trending_statuses(), eve_client.trending_links()):
        assert isinstance(well_typed(found), list)
    eve_client.suggestion_delete(99)  # nobody to leave out is no error, as at Mastodon
