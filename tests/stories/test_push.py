"""Push with Mastodon.py: it subscribes, and opens what arrives."""

from __future__ import annotations

import http.server
import threading

import pytest

from stories.running import until


@pytest.fixture
def arrivals():
    """(address, what was posted to it)."""
    found = []

    class Takes(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            found.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Takes)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/push", found
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_client_is_told_while_it_is_away(server, arrivals):
    address, found = arrivals
    ann, bob = server.join("ann").api, server.join("bob").api
    private, public = ann.push_subscription_generate_keys()
    made = ann.push_subscription_set(address, public, mention_events=True, favourite_events=False, policy="all")
    assert made.server_key == ann.instance_v2().configuration.vapid.public_key
    assert ann.push_subscription() == made
    name = ann.me().username
    said = bob.status_post(f"@{name} are you there?")
    bob.status_favourite(ann.status_post("yes", in_reply_to_id=said))
    until(lambda: found)
    headers, body = found[0]
    opened = ann.push_subscription_decrypt_push(body, private, headers["Encryption"], headers["Crypto-Key"])
    told = ann.notifications(types=["mention"])[0]
    assert str(opened.notification_id) == str(told.id)
    assert opened.notification_type == "mention"
    assert opened.body == f"@{name} are you there?"
    assert opened.access_token == ann.access_token
    ann.push_subscription_update(favourite_events=True)
    assert ann.push_subscription().alerts.favourite
    ann.push_subscription_delete()
    bob.status_post(f"@{name} and now?")
    until(lambda: len(ann.notifications(types=["mention"])) == 2)
    told = [
        ann.push_subscription_decrypt_push(body, private, headers["Encryption"], headers["Crypto-Key"]).body
        for headers, body in found
    ]
    assert f"@{name} and now?" not in told, "nobody is told any more"
