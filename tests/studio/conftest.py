"""A studio to ask, with a worker that pretends and with the real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from visitor import Visitor, pretending

from restyle.studio.app import create_app


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[TestClient]:
    with pretending(tmp_path) as client:
        yield client


@pytest.fixture
def visitor(studio: TestClient) -> Visitor:
    return Visitor(studio)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A studio that hears and plays; shared, for its workers take seconds to start."""
    app = create_app(tmp_path_factory.mktemp("studio"))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client
