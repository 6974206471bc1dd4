"""A translator that runs here, speaks LibreTranslate's API and turns a few words around."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LANGUAGES = [
    {"code": "en", "name": "English", "targets": ["en", "de"]},
    {"code": "de", "name": "German", "targets": ["en"]},
]


class Turner(BaseHTTPRequestHandler):
    """Turns words around; what it is asked is kept in `asked`."""

    asked: list[dict] = []  # noqa: RUF012 (emptied by each test)
    wrong: bytes | None = None

    def answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(json.dumps(LANGUAGES).encode())

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append(asked)
        if Turner.wrong is not None:
            self.answer(Turner.wrong, 200 if Turner.wrong.startswith(b"{") else 500)
            return
        turned = [text.replace("Hello", "Hallo<script>x</script>").replace("yes", "ja &lt;") for text in asked["q"]]
        self.answer(json.dumps({"translatedText": turned, "detectedLanguage": [{"language": "en"}]}).encode())

    def log_message(self, *_):
        """Say nothing."""


def begin() -> ThreadingHTTPServer:
    """A running translator; shut it down."""
    Turner.asked.clear()
    Turner.wrong = None
    server = ThreadingHTTPServer(("127.0.0.1", 0), Turner)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
