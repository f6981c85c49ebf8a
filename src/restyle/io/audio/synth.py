"""Synthesisers and soundfonts: MIDI bytes to sound.

FluidSynth plays where it is installed; else rustysynth, which comes with the midirenderer wheel;
compressed soundfonts are unpacked for it. The soundfont is the one asked for, else a large one that
the system has, else TimGM6mb, which comes with the pretty_midi wheel.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from restyle.errors import RestyleError
from restyle.io.audio.loudness import Sound
from restyle.io.audio.sf3 import unpacked
from restyle.io.audio.signals import Recording, whole

RATE = 48000
"""Frames a second of every sound we make."""
_SYSTEM_FOLDERS = ("/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts")
_SYSTEM_FONTS = (  # the better first
    "MuseScore_General_Full.sf2", "MuseScore_General.sf2", "MuseScore_General.sf3",
    "MuseScore_General_Lite.sf3", "FluidR3_GM.sf2", "default-GM.sf3", "default-GM.sf2",
)  # fmt: skip


@dataclass(frozen=True)
class Synth:
    """A soundfont and what plays it."""

    font: Path
    fluidsynth: str = ""
    """Path of the FluidSynth program; rustysynth plays when empty."""

    def play(self, midi: bytes) -> Sound:
        """The sound of a short MIDI file, (frames, 2) at `RATE`. Raises RestyleError as `record`
        does."""
        with self.record(midi) as recording:
            return whole(recording)

    def record(self, midi: bytes) -> Recording:
        """The sound of a MIDI file on disk, at `RATE`; close it when it is done with.

        Raises RestyleError when the soundfont cannot be used, or there is no room on the disk.
        """
        try:
            file = tempfile.TemporaryFile(prefix="restyle-")  # noqa: SIM115 (the recording's)
            try:
                if self.fluidsynth:
                    _fluidsynth(self.fluidsynth, self.font, midi, file)
                else:
                    file.write(_rustysynth(self.font, midi))
                return Recording(file, RATE)
            except BaseException:
                file.close()
                raise
        except OSError as error:
            place = tempfile.gettempdir()
            raise RestyleError(
                f"The sound cannot be kept in {place} for mixing: {error.strerror or error}."
            ) from None


def find_synth(font: str | os.PathLike[str] | None = None) -> Synth:
    """The best synthesiser and soundfont at hand; `font` is used when given.

    Raises RestyleError when `font` is no soundfont.
    """
    program = shutil.which("fluidsynth") or ""
    if font is not None:
        path = Path(font)
        _check(path)
        return Synth(path, program)
    for folder in _SYSTEM_FOLDERS:
        for name in _SYSTEM_FONTS:
            path = Path(folder) / name
            if path.is_file():
                return Synth(path, program)
    return Synth(_wheel_font(), program)


def _check(path: Path) -> None:
    """Raise RestyleError for what is no soundfont."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise RestyleError(f"The soundfont {path} cannot be read: {error.strerror}.") from None
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise RestyleError(f"{path.name} is not a soundfont (.sf2 or .sf3).")


def _wheel_font() -> Path:
    """The General MIDI soundfont that lies in the pretty_midi package; it is not imported."""
    spec = find_spec("pretty_midi")
    path = Path(spec.origin).parent / "TimGM6mb.sf2" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise RestyleError("There is no soundfont at hand: give one with --soundfont FILE.")
    return path


@lru_cache(maxsize=1)
def _font_bytes(font: Path) -> bytes:
    """A plain soundfont; raises ValueError for a damaged one that is compressed."""
    content = font.read_bytes()
    return unpacked(content) if font.suffix.lower() == ".sf3" else content


def _rustysynth(font: Path, midi: bytes) -> bytes:
    """A WAV file of 16 bits."""
    import midirenderer

    try:
        return bytes(midirenderer.render_wave_from(_font_bytes(font), midi))
    except (ValueError, RuntimeError) as error:
        raise RestyleError(f"The soundfont {font.name} cannot be played: {error}.") from None


def _fluidsynth(program: str, font: Path, midi: bytes, into: BinaryIO) -> None:
    """Write a WAV file of floats."""
    with tempfile.TemporaryDirectory(prefix="restyle-") as folder:
        song, out = Path(folder) / "song.mid", Path(folder) / "song.wav"
        song.write_bytes(midi)
        command = [
            program, "-q", "-n", "-i", "-r", str(RATE), "-T", "wav", "-O", "float", "-g", "0.6",
            "-F", str(out), str(font), str(song),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not out.is_file():
            words = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise RestyleError(f"FluidSynth cannot play {font.name}: {words}")
        with out.open("rb") as wave:
            shutil.copyfileobj(wave, into)
