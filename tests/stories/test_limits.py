"""Rate limits hold for all workers of a server together."""

from __future__ import annotations

import time

import requests

from stories.running import Server


def burst(server: Server, times: int) -> list[requests.Response]:
    """Each on a connection of its own, which either worker may get."""
    return [requests.get(f"{server.url}/api/v1/timelines/public", timeout=10) for _ in range(times)]


def test_two_workers_count_together(tmp_path):
    server = Server(tmp_path / "data", DUNNOCK_WORKERS="2", DUNNOCK_DEV="0").start()
    try:
        left = 300 - time.time() % 300  # the windows of five minutes begin with the clock's
        time.sleep(left if left < 25 else 0)
        answers = burst(server, 280)
        time.sleep(1)  # what a worker counts is told to the other in less
        answers += burst(server, 60)
        fine = [one for one in answers if one.status_code == 200]
        over = [one for one in answers if one.status_code == 429]
        assert len(fine) + len(over) == 340
        assert 300 <= len(fine) < 340, "workers that count alone would have let all pass"
        assert over[-1].headers["x-ratelimit-reset"].endswith("Z")
        assert over[-1].json() == {"error": "Too many requests"}
    finally:
        assert server.stop()[0] == 0
