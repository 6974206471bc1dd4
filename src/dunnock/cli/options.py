"""Options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from dunnock.app.settings import BadSettings, data_directory, load
from dunnock.cli import Refused
from dunnock.foundation.settings import Settings

DataOption = Annotated[
    Path | None, Parameter(name="--data", help="The data directory [default: DUNNOCK_DATA, else ./data].")
]


def settings_of(data: Path | None, **flags: object) -> Settings:
    """The settings of the server in `data`.

    Raises:
        Refused: they can't be used.
    """
    try:
        return load(data_directory(data), flags=flags)
    except BadSettings as error:
        raise Refused(str(error)) from None
