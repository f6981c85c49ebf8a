"""Where results go: nothing that is read is written over, and every song has a name of its own."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import restyle as restyle_api
from command_line import restyle, restyle_apart
from restyle.cli.outputs import check_outputs, result_paths, song_files
from restyle.cli.terminal import printable
from restyle.errors import RestyleError
from restyle.io import write_lead
from restyle.music.lead import lead_song


@pytest.fixture
def place(examples: Path, tmp_path: Path) -> Path:
    lead = restyle_api.hear(examples / "auld-lang-syne.mid").part(0, 4)
    restyle_api.Song.write(lead_song(lead), tmp_path / "song.mid")
    shutil.copy(examples / "greensleeves.abc", tmp_path / "green.abc")
    shutil.copy(examples / "when-the-saints.musicxml", tmp_path / "saints.musicxml")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.mid").symlink_to("song.mid")
    os.link(tmp_path / "song.mid", tmp_path / "hard.mid")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["transfer", "song.mid", "--to", "pop", "-o", "song.mid"],
        ["transfer", "song.mid", "--to", "pop", "-o", "folder/../song.mid"],
        ["transfer", "song.mid", "--to", "pop", "-o", "link.mid"],
        ["transfer", "song.mid", "--to", "pop", "-o", "hard.mid"],
        ["transfer", "link.mid", "--to", "pop", "-o", "song"],
        ["transfer", "saints.musicxml", "--to", "pop", "-o", "saints.mid", "--score"],
        ["transfer", "song.mid", "--like", "green.abc", "-o", "green.mid", "--from", "song.mid",
         "--redo", "1-2", "-o", "song.mid"],
        ["lead", "song.mid", "-o", "link.mid"],
        ["lead", "green.abc", "-o", "./green.abc"],
        ["lead", "saints.musicxml", "-o", "saints.abc", "--score"],
        ["compose", "--style", "pop", "--prime", "song.mid", "-o", "hard.mid"],
    ],
)  # fmt: skip
def test_no_song_is_written_over(words: list[str], place: Path) -> None:
    before = {p: p.read_bytes() for p in place.iterdir() if p.is_file()}
    done = restyle(*words, cwd=place)
    assert done.returncode == 1, done.stdout
    assert "written over" in done.stderr and done.stderr.count("\n") == 1
    assert {p: p.read_bytes() for p in place.iterdir() if p.is_file()} == before
    assert (place / "link.mid").is_symlink()


def test_pictures_and_sound_do_not_fall_onto_a_song(tmp_path: Path, examples: Path) -> None:
    shutil.copy(examples / "auld-lang-syne.mid", tmp_path / "odd.png")  # what it holds counts
    done = restyle("transfer", "odd.png", "--to", "pop", "-o", "odd.mid", "--picture", cwd=tmp_path)
    assert done.returncode == 1 and "the song itself" in done.stderr
    shutil.copy(examples / "auld-lang-syne.mid", tmp_path / "odd.mp3")
    done = restyle("transfer", "odd.mp3", "--to", "pop", "-o", "odd.mid", "--audio", cwd=tmp_path)
    assert done.returncode == 1 and "the song itself" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["odd.mp3", "odd.png"]


def test_takes_do_not_fall_onto_a_song(place: Path) -> None:
    shutil.copy(place / "song.mid", place / "x.take2.mid")
    made = [place / "x.mid", place / "x.take2.mid"]
    with pytest.raises(RestyleError, match="written over"):
        check_outputs(made, [place / "x.take2.mid"])
    check_outputs(made, [place / "song.mid"])


def names(files: list[str], output: Path | None = None) -> list[str]:
    return [str(path) for path in result_paths([Path(file) for file in files], "pop", output)]


def test_each_song_has_a_result_of_its_own() -> None:
    assert names(["a.mid", "b.mid"]) == ["a.pop.mid", "b.pop.mid"]
    assert names(["a.mid", "a.abc", "b.mid"]) == ["a.mid.pop.mid", "a.abc.pop.mid", "b.pop.mid"]
    assert names(["x/a.mid", "y/a.mid"]) == ["x.a.mid.pop.mid", "y.a.mid.pop.mid"]
    assert names(["1/x/a.mid", "2/x/a.mid"]) == ["x.a.mid.pop.mid", "x.a.mid.2.pop.mid"]
    assert names(["a.mid", "A.mid"]) == [
        f"{Path().absolute().name}.{song}.pop.mid" if song == "a.mid" else other
        for song, other in zip(
            ["a.mid", "A.mid"], ["", f"{Path().absolute().name}.A.mid.2.pop.mid"], strict=True
        )
    ]


def test_names_that_are_too_long_are_cut_and_still_differ() -> None:
    long = ["ü" * 120 + f"{i}.mid" for i in range(3)]
    made = names(long)
    assert len(set(made)) == 3
    assert max(len(os.fsencode(name)) for name in made) < 240


def test_a_song_named_twice_is_one_song(place: Path) -> None:
    files = song_files([place / "song.mid", place / "folder" / ".." / "song.mid"])
    assert len(files) == 1


@pytest.mark.slow
def test_songs_of_one_name_are_all_there(place: Path) -> None:
    songs = place / "songs"
    songs.mkdir()
    shutil.copy(place / "song.mid", songs / "a.mid")
    write_lead(restyle_api.hear(place / "green.abc").part(0, 4), songs / "a.abc")
    (songs / "bad.abc").write_text("nothing")
    (songs / "folder.mid").mkdir()
    done = restyle_apart("transfer", "songs", "--to", "pop", "--quiet", "-o", "folder", cwd=place)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "bad.abc" in done.stderr
    made = sorted(p.name for p in (place / "folder").iterdir())
    assert made == ["a.abc.pop.mid", "a.mid.pop.mid"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "jaz"], "did you mean jazz?"),
        (["--to", "pop", "--parts", "pino,bass"], "did you mean piano?"),
        (["--to", "pop", "--key", "H"], "'H' is not a key"),
        (["--to", "pop", "--tempo", "9999"], "20 to 400"),
        (["--to", "pop", "--tempo", "nan"], "20 to 400"),
        (["--to", "pop", "--strength", "nan"], "strength"),
    ],
)
def test_what_is_wrong_is_told_before_hearing(words: list[str], told: str, place: Path) -> None:
    (place / "unreadable.mid").write_bytes(b"nothing")
    done = restyle("transfer", "unreadable.mid", *words, cwd=place)
    assert done.returncode in (1, 2) and told in done.stderr
    assert "Traceback" not in done.stderr


SURROGATE = os.fsdecode(b"caf\xe9.mid")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        (SURROGATE, "utf-8"),
        ("a\nb\x1b[31m.mid", "utf-8"),
        ("łódź ♪ " + "n" * 235 + ".mid", "latin-1"),
    ],
)
def test_names_that_a_terminal_cannot_show(name: str, encoding: str, place: Path) -> None:
    shutil.copy(place / "song.mid", place / name)
    words = ["transfer", name, "--to", "pop", "--score", "--picture", "--json"]
    done = restyle_apart(*words, cwd=place, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["written"]) == 5
    assert len(list(place.glob("*.pop.*"))) == 5
    done = restyle_apart("lead", "not-" + name[:99], cwd=place, PYTHONIOENCODING=encoding)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "\x1b" not in done.stderr


def test_printable() -> None:
    assert printable("añ ♪ b") == "añ ♪ b"
    assert printable("a\nb\x1b\udce9") == r"a\nb\x1b\udce9"


@pytest.mark.parametrize("name", ["n" * 300 + ".mid", "a\0b.mid"])
def test_names_that_cannot_be(name: str, place: Path) -> None:
    with pytest.raises(RestyleError):
        check_outputs([place / name], [])
    assert song_files([Path(name)]) == [Path(name)]
    if "\0" not in name:
        for words in ([name, "-o", "out.mid"], ["song.mid", "-o", name]):
            done = restyle("transfer", *words, "--to", "pop", cwd=place)
            assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr


def test_a_folder_that_is_a_file(place: Path) -> None:
    done = restyle("transfer", "song.mid", "--to", "pop", "-o", "green.abc/out.mid", cwd=place)
    assert done.returncode == 1 and "no folder" in done.stderr
