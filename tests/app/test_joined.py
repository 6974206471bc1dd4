"""A head waits for its body, but not for long."""

from __future__ import annotations

import asyncio

from dunnock.app.joined import Joined


class Sink:
    def __init__(self):
        self.got = []

    def write(self, data):
        self.got.append(data)

    def close(self):
        self.got.append("closed")

    def is_closing(self):
        return False

    def get_extra_info(self, name):
        return name

    def pause_reading(self):
        self.got.append("paused")


async def test_head_and_body_go_out_together():
    sink = Sink()
    line = Joined(sink, asyncio.get_running_loop())
    line.write(b"HTTP/1.1 200 OK\r\n\r\n")
    line.write(b"body")
    line.write(b"more")
    assert sink.got == [b"HTTP/1.1 200 OK\r\n\r\nbody", b"more"]
    await asyncio.sleep(0)
    assert len(sink.got) == 2


async def test_a_head_whose_body_is_late_goes_out_alone():
    sink = Sink()
    line = Joined(sink, asyncio.get_running_loop())
    line.write(b"HTTP/1.1 200 OK\r\n\r\n")
    assert sink.got == []
    await asyncio.sleep(0)
    assert sink.got == [b"HTTP/1.1 200 OK\r\n\r\n"]


async def test_nothing_held_back_is_lost_at_the_end():
    sink = Sink()
    line = Joined(sink, asyncio.get_running_loop())
    line.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    line.close()
    line.pause_reading()
    assert sink.got == [b"HTTP/1.1 204 No Content\r\n\r\n", "closed", "paused"]
