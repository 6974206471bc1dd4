"""What computes the expressions of `integrity/definitions.py`: DuckDB in this process, or Spark for who has it."""

from dunnock.integrity.engines.model import PLACE, BadTable, Engine, EngineMissing
from dunnock.integrity.engines.opening import opened

__all__ = ["PLACE", "BadTable", "Engine", "EngineMissing", "opened"]
