"""MMA: what a user could run instead. Musical MIDI Accompaniment plays chords by rules.

Where the program `mma` is installed (Debian and Ubuntu: `apt install mma`), the same lead sheet is
written as its input, with the groove that comes nearest to the style, and what it plays is read
back as an arrangement. The tune is added as in a result.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

from restyle.analysis.swing import song_swing
from restyle.errors import RestyleError
from restyle.io import read
from restyle.music.grid import straighten
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.song import GRID, TICKS, Chord, Key

GROOVES = {
    ("jazz", 4): "Swing", ("jazz", 3): "JazzWaltz",
    ("pop", 4): "8Beat", ("pop", 3): "RockWaltz",
    ("classical", 4): "Arpeggio8", ("classical", 3): "ArpeggioWaltz",
}  # fmt: skip
"""MMA's grooves (of its library) by style and beats a bar."""
_SUFFIX = {
    "maj": "", "min": "m", "dim": "dim3", "aug": "+", "sus": "sus4", "sus2": "sus2", "6": "6",
    "m6": "m6", "7": "7", "maj7": "M7", "m7": "m7", "mM7": "mM7", "hdim7": "m7b5", "dim7": "dim7",
    "aug7": "7#5", "7sus": "7sus4",
}  # fmt: skip
"""MMA's names of our qualities: its `dim` is a diminished seventh, `dim3` the triad."""
_SECONDS = 60


def installed() -> bool:
    """Whether MMA can be run here."""
    return shutil.which("mma") is not None


def arrange(lead: LeadSheet, style: str) -> tuple[Arrangement, float] | None:
    """What MMA plays for a lead sheet, on the straight grid, and its swing ratio.

    None where it has no groove for the style or the meter (it gets songs in one meter of three or
    four quarters, and in two, which are written as half bars). Raises RestyleError when MMA fails.
    """
    text = mma_input(lead, style)
    if text is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "song.mma", Path(folder) / "song.mid"
        source.write_text(text, encoding="ascii")
        words = ["mma", "-f", str(target), str(source)]
        try:
            done = subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RestyleError("MMA does not run here.") from error
        if done.returncode or not target.is_file():
            raise RestyleError("MMA could not play the lead sheet.")
        song = read(target)
    song = song.with_tracks(track for track in song.tracks if len(track.notes))
    swing = song_swing(song)
    if swing > 1.0:
        song = song.with_tracks(
            type(t)(t.name, t.program, straighten(t.notes, swing, TICKS), t.is_drum)
            for t in song.tracks
        )
    silent = tuple(track.notes["start"] < 0 for track in song.tracks)
    return arrangement_of(song, silent, lead.bars), swing


def mma_input(lead: LeadSheet, style: str) -> str | None:
    """The lead sheet as MMA reads it; None where it has no groove for it."""
    names = {meter.name for meter in lead.meters}
    beats = {"4/4": 4, "2/2": 4, "2/4": 4, "3/4": 3}.get(next(iter(names)), 0)
    if len(names) != 1 or (style, beats) not in GROOVES or lead.length % GRID:
        return None
    sounding = [_symbol(lead.chord_at(place)) for place in range(0, lead.length, GRID)]
    lines = [f"Tempo {lead.tempos[0].bpm:.2f}", f"Groove {GROOVES[style, beats]}"]
    for number, first in enumerate(range(0, len(sounding), beats)):
        bar = sounding[first : first + beats]
        said = [bar[0], *("/" if b == a else b for a, b in pairwise(bar))]
        lines.append(f"{number + 1} {' '.join(said)}")
    return "\n".join(lines) + "\n"


def _symbol(chord: Chord | None) -> str:
    if chord is None or chord.root < 0:
        return "z"
    key = Key(0)
    text = key.spell(chord.root) + _SUFFIX[chord.quality]
    return text if chord.bass == chord.root else f"{text}/{key.spell(chord.bass)}"
