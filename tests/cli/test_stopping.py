"""Stopped from outside: what the real command says, and that none of its processes lives on.

These tests wait for something to happen, for as long as it takes; how long is no part of them,
but for a limit against hanging.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

LIMIT = 90.0
"""Seconds after which something that does not happen has not happened."""
MARK = "RESTYLE_TEST_MARK"


@pytest.fixture(scope="module")
def long_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A song so long that nobody waits for its end."""
    from restyle.io import write
    from restyle.music.song import Key, Meter, Song, Tempo, Track, notes_array

    tune = notes_array([(i * 480, 480, 60 + (i * 7) % 12, 90) for i in range(4 * 120)])
    bass = notes_array([(i * 1920, 1920, 36 + (i * 5) % 12, 80) for i in range(120)])
    song = Song(
        (Track("Melody", 73, tune), Track("Bass", 33, bass)),
        (Meter(0, 4, 4),), (Tempo(0, 120.0),), ((0, Key(0)),), title="Long",
    )  # fmt: skip
    file = tmp_path_factory.mktemp("long") / "long.mid"
    write(song, file)
    return file


@pytest.fixture(scope="module")
def songs(long_song: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of several, which are made by a process each."""
    folder = tmp_path_factory.mktemp("songs")
    for number in range(3):
        (folder / f"{number}.mid").write_bytes(long_song.read_bytes())
    return folder


class Command:
    """The real command, started; every process that comes of it carries a mark."""

    def __init__(self, words: list[str], cwd: Path) -> None:
        self.mark = f"{os.getpid()}-{time.monotonic_ns()}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "restyle.cli", *words],
            cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, MARK: self.mark}, start_new_session=True,
        )  # fmt: skip

    def processes(self) -> list[int]:
        """Those that live (a dead one that nobody has asked for does not)."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if f"{MARK}={self.mark}" in (folder / "environ").read_text(errors="replace"):
                    found.append(int(folder.name))
            except (OSError, ValueError):
                continue
        return found

    def loky(self) -> list[int]:
        """The worker processes."""
        workers = []
        for number in self.processes():
            try:
                words = Path(f"/proc/{number}/cmdline").read_bytes()
            except OSError:
                continue
            if b"popen_loky" in words:
                workers.append(number)
        return workers

    def until(self, what: str, happens) -> None:
        end = time.monotonic() + LIMIT
        while not happens():
            assert self.process.poll() is None or what == "all ended", self.process.communicate()
            assert time.monotonic() < end, f"{what}: still {self.processes()}"
            time.sleep(0.02)

    def all_end(self) -> None:
        self.until("all ended", lambda: not self.processes())


@pytest.fixture
def start(tmp_path: Path) -> Iterator:
    begun: list[Command] = []

    def run(*words: object) -> Command:
        begun.append(Command([str(word) for word in words], tmp_path))
        return begun[-1]

    yield run
    for command in begun:
        for number in command.processes():
            os.kill(number, signal.SIGKILL)
        command.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_a_transfer(start, songs: Path, number: int) -> None:
    command = start("transfer", songs, "--to", "jazz", "--takes", 8, "--quiet")
    command.until("a worker", command.loky)
    command.process.send_signal(number)
    command.all_end()
    if number != signal.SIGKILL:
        assert command.process.communicate() == ("", "restyle: Stopped.\n")
        assert command.process.returncode == 128 + number


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_a_corpus(start, long_song: Path, tmp_path: Path, number: int) -> None:
    for style in ("this", "that"):
        folder = tmp_path / "songs" / style / "here"
        folder.mkdir(parents=True)
        for i in range(40):
            (folder / f"{i}.mid").write_bytes(long_song.read_bytes())
    command = start("corpus", "songs", "-o", "corpus", "--workers", 2)
    command.until("two workers", lambda: len(command.loky()) == 2)
    command.process.send_signal(number)
    command.all_end()
    assert not (tmp_path / "corpus").exists()
    if number == signal.SIGINT:
        assert command.process.communicate()[1].endswith("restyle: Stopped.\n")


def test_ctrl_c_of_a_terminal_goes_to_all_and_is_said_once(start, songs: Path) -> None:
    command = start("transfer", songs, "--to", "jazz", "--takes", 8, "--quiet")
    command.until("a worker", command.loky)
    os.killpg(command.process.pid, signal.SIGINT)
    command.all_end()
    assert command.process.communicate() == ("", "restyle: Stopped.\n")
    assert command.process.returncode == 130


@pytest.mark.parametrize("modules", ["restyle/cli", "numpy", "onnxruntime"])
def test_ctrl_c_while_it_starts(start, long_song: Path, modules: str) -> None:
    command = start("transfer", long_song, "--to", "jazz", "--takes", 8, "--quiet")

    def loading() -> bool:
        """Whether Python is at these modules: a compiled one is mapped, ours asks for signals."""
        try:
            if modules == "restyle/cli":
                status = Path(f"/proc/{command.process.pid}/status").read_text()
                caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
                return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
            return modules in Path(f"/proc/{command.process.pid}/maps").read_text()
        except (OSError, StopIteration):
            return False

    command.until(modules, loading)
    command.process.send_signal(signal.SIGINT)
    command.all_end()
    assert command.process.communicate() == ("", "restyle: Stopped.\n")
    assert command.process.returncode == 130


def test_a_result_is_whole_or_not_there(start, long_song: Path, tmp_path: Path) -> None:
    command = start("transfer", long_song, "--to", "pop", "-o", "out.mid", "--quiet")
    maps = Path(f"/proc/{command.process.pid}/maps")
    command.until("the model", lambda: "onnxruntime" in maps.read_text())
    command.process.send_signal(signal.SIGTERM)
    command.all_end()
    assert list(tmp_path.iterdir()) == []


def test_a_sound_that_is_being_written_is_not_left_behind(
    start, long_song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    command = start("lead", long_song, "--audio", "--quiet")
    command.until("the sound begun", lambda: any(f.stat().st_size for f in sound_files(tmp_path)))
    command.process.send_signal(signal.SIGINT)
    command.all_end()
    assert command.process.communicate() == ("", "restyle: Stopped.\n")
    assert list(tmp_path.iterdir()) == [scratch] and list(scratch.iterdir()) == []


def sound_files(folder: Path) -> list[Path]:
    """Those that are being written: they have another name until they are whole."""
    return list(folder.glob(".*.mp3.*"))
