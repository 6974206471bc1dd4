"""The command line. Each command is one file, imported when it is called."""

from __future__ import annotations

import sys

from dunnock import __version__

# command -> (module:function, one line of help). `members` and the like are apps of their own, in their module's `app`.
COMMANDS = {
    "emoji": "dunnock.cli.emoji:app",
    "demo": "dunnock.cli.demo:demo",
    "import": "dunnock.cli.import_posts:app",
    "up": "dunnock.cli.up:up",
    "migrate": "dunnock.cli.migrate:migrate",
}


def main() -> None:
    """Run the command that the arguments name."""
    from cyclopts import App  # noqa: PLC0415

    app = App(name="dunnock", help="A microblogging server with platform integrity built in.", version=__version__)
    for name, target in COMMANDS.items():
        app.command(target, name=name)
    from dunnock.foundation.errors import DomainError  # noqa: PLC0415

    try:
        app(sys.argv[1:])
    except DomainError as error:
        print(f"dunnock: {error.text}", file=sys.stderr)
        sys.exit(1)
    except Refused as error:
        print(f"dunnock: {error}", file=sys.stderr)
        sys.exit(1)


class Refused(Exception):
    """A command can't do what it was asked; the text says why and what to do."""
