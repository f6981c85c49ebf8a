"""The command line: what a user sees, and exit status 0, 1 and 2."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_line import restyle, restyle_apart
from restyle.io import read
from restyle.music.drums import kit as drum_kit
from restyle.music.instruments import instrument


@pytest.fixture(scope="module")
def song(short_song) -> Path:
    return short_song


@pytest.mark.slow
def test_transfer_says_what_was_heard_and_where_the_result_is(song, tmp_path):
    done = restyle_apart("transfer", song, "--to", "jazz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "major" in done.stdout and "bars" in done.stdout
    out = tmp_path / f"{song.stem}.jazz.mid"
    assert f"-> {out.name}" in done.stdout
    tracks = read(out).tracks
    assert tracks[0].is_melody and any(track.is_drum for track in tracks)
    for track in tracks:
        known = drum_kit(track.program) if track.is_drum else instrument(track.program)
        assert track.instrument_name == known.name


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(song, tmp_path):
    words = ("transfer", song, "--to", "pop", "--quiet", "--seed")
    restyle(*words, 7, "-o", "a.mid", cwd=tmp_path)
    restyle_apart(*words, 7, "-o", "b.mid", cwd=tmp_path)  # whatever its strings hash to
    restyle(*words, 8, "-o", "c.mid", cwd=tmp_path)
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()
    assert (tmp_path / "a.mid").read_bytes() != (tmp_path / "c.mid").read_bytes()


@pytest.mark.slow
def test_json_for_scripts(song, tmp_path):
    done = restyle(
        "transfer", song, "--to", "jazz", "--parts", "piano,bass", "--takes", 2, "--json",
        cwd=tmp_path,
    )  # fmt: skip
    said = json.loads(done.stdout)
    assert said["style"] == "jazz" and set(said["parts"]) == {"piano", "bass"}
    assert len(said["takes"]) == 2 and done.stderr == ""
    assert said["takes"][0]["score"] >= said["takes"][1]["score"]


def test_a_lead_sheet_goes_out_is_mended_and_comes_back(song, tmp_path):
    done = restyle("lead", song, "-o", "lead.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lead = json.loads((tmp_path / "lead.json").read_text())
    lead["title"] = "mended"
    (tmp_path / "lead.json").write_text(json.dumps(lead))
    done = restyle("transfer", "lead.json", "--to", "classical", "-o", "out.mid", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "taken at its word" in done.stdout
    assert not any(track.is_drum for track in read(tmp_path / "out.mid").tracks)


@pytest.mark.slow
def test_a_folder_of_songs_goes_on_after_a_bad_one(song, tmp_path):
    songs = tmp_path / "songs"
    songs.mkdir()
    (songs / "a.mid").write_bytes(song.read_bytes())
    (songs / "b.mid").write_bytes(b"")
    (songs / "c.mid").write_bytes(song.read_bytes())
    done = restyle_apart("transfer", songs, "--to", "pop", "--quiet", cwd=tmp_path)
    assert done.returncode == 1
    assert sorted(p.name for p in tmp_path.glob("*.mid")) == ["a.pop.mid", "c.pop.mid"]
    assert done.stderr.count("\n") == 1 and "b.mid" in done.stderr


BAD = {
    "empty file": (["empty.mid", "--to", "jazz"], "empty"),
    "no file": (["nowhere.mid", "--to", "jazz"], "no file"),
    "not music": (["text.mid", "--to", "jazz"], "text.mid"),
    "unknown style": (["song.mid", "--to", "polka"], "classical"),
    "unknown part": (["song.mid", "--to", "jazz", "--parts", "kazoo"], "kazoo"),
    "no folder": (["song.mid", "--to", "jazz", "-o", "nowhere/out.mid"], "no folder"),
    "unknown ending": (["song.mid", "--to", "jazz", "-o", "out.xyz"], "out.xyz"),
    "no model": (["song.mid", "--to", "jazz", "--model", "."], "not a model"),
    "huge file": (["huge.mid", "--to", "jazz"], "300 MB"),
    "drums only": (["drums.mid", "--to", "jazz"], "drums"),
    "wild tempo": (["song.mid", "--to", "jazz", "--tempo", "9999"], "9999"),
    "no key": (["song.mid", "--to", "jazz", "--key", "H9"], "H9"),
}


@pytest.fixture(scope="module")
def bad_folder(song, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    (folder / "song.mid").write_bytes(song.read_bytes())
    (folder / "empty.mid").write_bytes(b"")
    (folder / "text.mid").write_text("dear diary")
    with (folder / "huge.mid").open("wb") as huge:
        os.truncate(huge.fileno(), 300 * 2**20)  # sparse: it takes no room
    events = b"".join(bytes([0, 0x99, 38, 90, 60, 0x89, 38, 0]) for _ in range(40))
    body = events + b"\x00\xff\x2f\x00"
    head = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60"
    (folder / "drums.mid").write_bytes(head + b"MTrk" + len(body).to_bytes(4, "big") + body)
    return folder


@pytest.mark.parametrize("case", BAD)
def test_each_fault_has_its_sentence(case, bad_folder):
    words, expected = BAD[case]
    before = sorted(bad_folder.iterdir())
    done = restyle("transfer", *words, cwd=bad_folder)
    assert done.returncode == 1
    assert done.stderr.startswith("restyle: ") and done.stderr.count("\n") == 1, done.stderr
    assert expected in done.stderr
    assert sorted(bad_folder.iterdir()) == before


@pytest.mark.parametrize("words", [["transfer"], ["transfer", "song.mid"], ["nonsense"]])
def test_wrong_usage_is_status_2(words, bad_folder):
    done = restyle_apart(*words, cwd=bad_folder)
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_styles_are_listed(tmp_path):
    done = restyle("styles", cwd=tmp_path)
    assert done.returncode == 0
    assert {"classical", "jazz", "pop"} <= set(done.stdout.split())


def test_importing_restyle_is_light(tmp_path):
    code = (
        "import sys, restyle; heavy = {'torch', 'music21', 'matplotlib', 'onnxruntime', 'symusic'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
