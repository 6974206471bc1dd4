"""What every test may ask for: real servers, one database to a worker."""

from __future__ import annotations

import os

import pytest

import services


def pytest_configure(config: pytest.Config) -> None:
    services.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    services.end()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """An empty database of this worker on the session's PostgreSQL (fast: it forgets its writes on a power cut)."""
    return services.postgres(f"dunnock_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis of this worker's own."""
    return services.redis(os.environ.get("PYTEST_XDIST_WORKER", "main"))
