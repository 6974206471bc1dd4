"""Dunnock: federated microblogging with platform integrity built in."""

__version__ = "0.2.0"
