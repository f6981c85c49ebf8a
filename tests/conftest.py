"""What many tests need: songs of our own, and one thread a process."""

import os
from pathlib import Path

import pytest

# Tests run side by side: threads of one that wait for a core keep the others waiting, too. Said
# before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the songs that lie in the repo."""
    return EXAMPLES
