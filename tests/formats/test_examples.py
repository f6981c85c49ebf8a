"""The songs that lie in the repo are what their script writes, and music."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from restyle.io import read, read_lead
from restyle.music.song import Key

FILES = ("auld-lang-syne.mid", "greensleeves.abc", "when-the-saints.musicxml")


def test_the_script_writes_them_byte_for_byte(tmp_path: Path, examples: Path) -> None:
    subprocess.run([sys.executable, str(examples / "make.py"), str(tmp_path)], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (examples / name).read_bytes(), name


def test_auld_lang_syne(examples: Path) -> None:
    song = read(examples / FILES[0])
    assert [track.name for track in song.tracks] == ["Melody", "Piano", "Bass"]
    assert (song.pickup, song.keys, len(song.bar_starts()) - 1) == (480, ((0, Key(5)),), 17)
    assert len(song.chords) == 21 and not song.warnings and song.meter_known
    melody = song.tracks[0].notes
    assert (melody["start"][1:] >= (melody["start"] + melody["duration"])[:-1]).all()
    for chord, following in pairwise(song.chords):
        for track in song.tracks[1:]:
            notes = track.notes
            inside = (notes["start"] >= chord.start) & (notes["start"] < following.start)
            strong = inside & (notes["start"] % 960 == 0)
            assert set((notes["pitch"][strong] % 12).tolist()) <= chord.pitch_classes, chord


def test_the_lead_sheets(examples: Path) -> None:
    greensleeves, saints = (read_lead(examples / name) for name in FILES[1:])
    assert greensleeves is not None and saints is not None
    assert (greensleeves.key, greensleeves.bars, greensleeves.pickup) == (Key(9, "minor"), 25, 6)
    assert (saints.key, saints.bars, saints.pickup, saints.swing) == (Key(5), 17, 36, 2.0)
    for lead in (greensleeves, saints):
        on_scale = [(p - lead.key.tonic) % 12 for p in lead.melody["pitch"].tolist()]
        assert sum(step in (0, 2, 4, 5, 7, 9, 11, 3, 8, 10) for step in on_scale) == len(on_scale)
        assert lead.chords[-1].root == lead.key.tonic
        assert lead.melody["pitch"][-1] % 12 == lead.key.tonic
