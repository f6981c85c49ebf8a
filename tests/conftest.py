"""What many tests need: songs of our own, and one thread a process."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("restyle", deadline=None)  # no test asserts a time
settings.load_profile("restyle")

# Tests run side by side: threads of one that wait for a core keep the others waiting, too. Said
# before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_configure(config: pytest.Config) -> None:
    """Files go to the workers of `--dist loadfile` in their order here, not by number of tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no worker begins one when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """The other core has tests of its own: what plays in two threads says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("restyle.decoding.session._threads", lambda: 1)
        yield


EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the songs that lie in the repo."""
    return EXAMPLES


@pytest.fixture(scope="session")
def short_song(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first eight bars of a song with a band, as MIDI: for tests of what becomes of a result,
    whatever its length."""
    from restyle.io import read

    song = read(examples / "auld-lang-syne.mid")
    end = song.bar_starts()[8]
    tracks = [replace(t, notes=t.notes[t.notes["start"] < end]) for t in song.tracks]
    file = tmp_path_factory.mktemp("short") / "short.mid"
    song.with_tracks(tracks).write(file)
    return file
