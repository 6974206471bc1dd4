"""The command line. Each command is one file, imported when it is called."""

from __future__ import annotations

import os
import sys

from dunnock import __version__
from dunnock.app import collector

# command -> (module:function or module:app, one line of help)
COMMANDS = {
    "up": ("dunnock.cli.up:up", "Start everything."),
    "members": ("dunnock.cli.members:app", "Make members, let them in, give them roles and tokens."),
    "import": ("dunnock.cli.import_posts:app", "Bring in what exists elsewhere."),
    "demo": ("dunnock.cli.demo:demo", "Start a server full of life, to look around."),
    "integrity": ("dunnock.cli.integrity:app", "Find accounts that act together."),
    "emoji": ("dunnock.cli.emoji:app", "Add and remove custom emoji."),
    "feeds": ("dunnock.cli.feeds:app", "Measure For You, and let it learn."),
    "guide": ("dunnock.cli.guide:app", "Rules, pages, terms of service and announcements."),
    "trends": ("dunnock.cli.trends:app", "The rules of trends, on tables of acts."),
    "keys": ("dunnock.cli.keys:app", "The keys that this server and its accounts sign with."),
    "archive": ("dunnock.cli.archive:app", "The public archive of what was taken down."),
    "audit": ("dunnock.cli.audit:app", "Audit our own ranking with test personas."),
    "audit-log": ("dunnock.cli.audit_log:app", "Check the log of what staff did."),
    "events": ("dunnock.cli.events:app", "What happens behind the requests, and what was given up on."),
    "worker": ("dunnock.cli.worker:worker", "Run reactions and jobs only, beside a busy server."),
    "migrate": ("dunnock.cli.migrate:migrate", "Bring the database to this release's schema."),
    "backup": ("dunnock.cli.backup:backup", "Copy the database and media, and read the copy back."),
    "restore": ("dunnock.cli.backup:restore", "Put a backup into an empty data directory."),
    "doctor": ("dunnock.cli.doctor:doctor", "Look whether the server has all it needs."),
}


def main() -> None:
    """Run the command that the arguments name."""
    collector.collect_rarely()
    from cyclopts import App  # noqa: PLC0415

    app = App(name="dunnock", help="A microblogging server with platform integrity built in.", version=__version__)
    for name, (target, line) in COMMANDS.items():
        app.command(target, name=name, help=line)
    from dunnock.foundation.errors import DomainError  # noqa: PLC0415

    try:
        try:
            app(sys.argv[1:])
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # who read has enough: `dunnock members list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except DomainError as error:
        print(f"dunnock: {error.text}", file=sys.stderr)
        sys.exit(1)
    except Refused as error:
        print(f"dunnock: {error}", file=sys.stderr)
        sys.exit(1)


class Refused(Exception):
    """A command can't do what it was asked; the text says why and what to do."""
