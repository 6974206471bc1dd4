"""The image worker: turns files into renditions until its input ends. Started by `workers`, never imported."""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

import msgspec

from dunnock.media import limits
from dunnock.media.errors import MediaRejected, MediaTooLarge
from dunnock.media.make import make
from dunnock.media.pipe import Done, Failed, Refused, Task, frame


def main() -> None:
    """Answer each task on standard input with one message on the old standard output; end when the server is gone."""
    # Ctrl-C reaches the whole process group; the server decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.dup(1)
    os.dup2(2, 1)  # a library that prints must not break the framing
    _limit(clips="clips" in sys.argv)
    decoder = msgspec.msgpack.Decoder(Task)
    while head := sys.stdin.buffer.read(4):
        task = decoder.decode(sys.stdin.buffer.read(int.from_bytes(head, "big")))
        message = frame(_answer(task))
        while message:
            message = message[os.write(answers, message) :]


def _limit(*, clips: bool) -> None:
    """What a file that exploits or overloads a decoder can take is bounded by the kernel."""
    for what, most in (
        (resource.RLIMIT_AS, limits.CLIP_WORKER_MEMORY if clips else limits.WORKER_MEMORY),
        (resource.RLIMIT_FSIZE, limits.CLIP_FILE_BYTES if clips else limits.WORKER_FILE_BYTES),
        (resource.RLIMIT_NOFILE, limits.WORKER_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        possible = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (possible, possible))


def _answer(task: Task) -> Done | Refused | Failed:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = limits.CLIP_TASK_CPU_SECONDS if task.kind == "clip" else limits.TASK_CPU_SECONDS
    until = int(used.ru_utime + used.ru_stime) + 1 + most
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))
    try:
        return Done(make(Path(task.source), Path(task.out_dir), kind=task.kind))
    except (MediaRejected, MediaTooLarge) as error:
        return Refused(code=error.code, text=error.text, reason=repr(error))
    except MemoryError as error:
        text = "The image needs too much memory to open; please make it smaller"
        return Refused(code=MediaRejected.code, text=text, reason=repr(error))
    except Exception as error:  # noqa: BLE001 - the process's edge: the server logs it and answers the person
        return Failed(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
