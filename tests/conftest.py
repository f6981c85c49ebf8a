"""What many tests need: a tiny trained model, and songs of our own."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the songs that lie in the repo."""
    return EXAMPLES
