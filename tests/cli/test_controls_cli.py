"""Blends, examples, takes and bars anew on the command line, with the shipped model."""

import json
from pathlib import Path

import pytest

from command_line import restyle
from restyle.io import read
from restyle.io.feel import EARLY
from restyle.io.midi.edit import texts
from restyle.music.parts import part_of
from restyle.music.song import TICKS, Song, Track, notes_array

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(short_song, tmp_path_factory) -> Path:
    """A folder with a song and two takes of it as a blend."""
    place = tmp_path_factory.mktemp("controls")
    (place / "song.mid").write_bytes(short_song.read_bytes())
    done = restyle(
        "transfer", "song.mid", "--to", "jazz:0.7,pop:0.3", "--parts", "bass,piano",
        "--strength", 1.3, "--takes", 2, "--keep-takes", "--seed", 4, cwd=place,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "style profile" in done.stdout and "outside chord and scale" in done.stdout
    return place


def test_all_takes_are_written_the_best_first(folder):
    names = sorted(path.name for path in folder.glob("song.*.mid"))
    assert names[:2] == ["song.jazz70-pop30.mid", "song.jazz70-pop30.take2.mid"]
    for name in names[:2]:
        tracks = read(folder / name).tracks
        assert tracks[0].is_melody
        assert [part_of(t.program) for t in tracks[1:]] == ["bass", "piano"]


def test_bars_anew_go_on_from_what_the_file_says(folder):
    words = ("--redo", "3-5", "--from", "song.jazz70-pop30.mid", "--seed", 9, "--quiet")
    done = restyle("transfer", "song.mid", *words, "-o", "new.mid", cwd=folder)
    assert done.returncode == 0, done.stderr
    old, new = (folder / name for name in ("song.jazz70-pop30.mid", "new.mid"))
    assert old.read_bytes() != new.read_bytes()
    assert texts(old.read_bytes()) == texts(new.read_bytes())
    before, after = read(old), read(new)
    lines = before.bar_starts() - EARLY  # where the first notes of a bar may be played
    for a, b in zip(before.tracks, after.tracks, strict=True):
        for low, high in ((-EARLY, lines[2]), (lines[5], lines[-1])):
            assert [n for n in a.notes.tolist() if low <= n[0] < high] == [
                n for n in b.notes.tolist() if low <= n[0] < high
            ]


def test_like_a_song(folder):
    words = ("--like", "song.jazz70-pop30.mid", "--json", "-o", "like.mid")
    done = restyle("transfer", "song.mid", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["style"] == "song.jazz70-pop30" and set(said["parts"]) == {"bass", "piano"}


def test_like_drums_alone(folder):
    hits = [(i * TICKS // 2, 60, (36, 42, 38, 42)[i % 4], 90) for i in range(64)]
    Song((Track("", 0, notes_array(hits), is_drum=True),)).write(folder / "drums.mid")
    words = ("--like", "drums.mid", "--json", "-o", "like.mid")
    done = restyle("transfer", "song.mid", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "drums" in json.loads(done.stdout)["parts"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["song.mid"], 2, "--like"),
        (["song.mid", "--to", "jazz", "--redo", "1-2"], 2, "go together"),
        (["song.mid", "--to", "jazz:much"], 1, "jazz:0.7,pop:0.3"),
        (["song.mid", "--to", "jazz:1,polka:1"], 1, "polka"),
        (["song.mid", "--like", "nowhere.mid"], 1, "no file"),
        (["song.mid", "--to", "jazz", "--keep", "tuba"], 1, "no track 'tuba' to keep: 1 "),
        (["song.mid", "--to", "jazz", "--keep", "bass", "--key", "D"], 1, "stay in their key"),
        (["song.mid", "--redo", "1-2:cello", "--from", "song.jazz70-pop30.mid"], 1, "'cello'"),
        (["song.mid", "--redo", "1-99", "--from", "song.jazz70-pop30.mid"], 1, "bars 1 to"),
        (["song.mid", "--redo", "1-2", "--from", "song.mid"], 1, "style"),
    ],
)
def test_what_cannot_be_done_is_said(folder, words, status, said):
    before = sorted(folder.iterdir())
    done = restyle("transfer", *words, cwd=folder)
    assert done.returncode == status and "Traceback" not in done.stderr
    assert said in done.stderr
    assert sorted(folder.iterdir()) == before
