"""Files on disk: every sentence that a user may see, and that no half file is left."""

from __future__ import annotations

import contextlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from tinymidi import chunk, four_notes, meta, midi

from restyle.errors import RestyleError, UnreadableSong
from restyle.io import read, read_lead, write, write_lead
from restyle.music.song import Song, Track, notes_array

SONG = Song(tracks=(Track("A", 0, notes_array([(0, 480, 60, 80)])),))


def packed(inside: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(inside, "<museScore/>")
    return out.getvalue()


def refusal(path: Path) -> str:
    """The one sentence with which a file is refused; asked for a lead, there is none either."""
    with pytest.raises(UnreadableSong) as told:
        read(path)
    with contextlib.suppress(UnreadableSong):
        assert read_lead(path) is None
    sentence = str(told.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


def test_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.mid") == f"There is no file {tmp_path / 'no.mid'}."


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "songs.mid").mkdir()
    assert refusal(tmp_path / "songs.mid") == "songs.mid is a folder, not a song."


@pytest.mark.parametrize("ending", ["mid", "musicxml", "mxl", "abc", "krn", "json"])
def test_empty_file(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    file.touch()
    assert refusal(file) == f"a.{ending} is empty."


def test_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "a.mid"
    with file.open("wb") as out:
        out.truncate(300 * 2**20)  # a sparse file: 300 MB without writing them
    assert refusal(file) == "a.mid has 300 MB, more than any song needs (the limit is 20 MB)."


def test_large_midi_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.mid"
    file.write_bytes(midi(chunk(*four_notes())) + bytes(6 * 2**20))
    assert "6.0 MB" in refusal(file)


@pytest.mark.parametrize("ending", ["mid", "musicxml", "mxl", "abc", "krn", "json", "txt"])
def test_something_else_by_that_name(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    file.write_text("Dear Anna, the music is in the other file. Yours, Ben")
    assert refusal(file) == f"a.{ending} is not music that restyle can read."
    file.write_bytes(bytes(range(256)) * 40)
    assert refusal(file) == f"a.{ending} is not music that restyle can read."


@pytest.mark.parametrize(
    ("name", "holds", "told"),
    [
        ("a.mp3", b"ID3\x03", "is sound, and restyle reads notes"),
        ("a.mid", b"RIFF\x24\0\0\0WAVEfmt ", "is sound, and restyle reads notes"),
        ("a.WAV", bytes(30 * 2**20), "is sound, and restyle reads notes"),
        ("score", b"%PDF-1.7", "is a page or picture, not notes: export the score"),
        ("a.gp5", b"\x18FICHIER GUITAR PRO v5.00", "is a file of Guitar Pro: export it there"),
        ("a.mscz", packed("a.mscx"), "is a file of MuseScore: export it there as MusicXML or MIDI"),
        ("a.sib", b"\x0fSIBELIUS", "is a file of Sibelius: export it there as MusicXML or MIDI."),
    ],
)
def test_what_musicians_have_is_told_from_what_is_broken(
    name: str, holds: bytes, told: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(holds)
    assert refusal(tmp_path / name).startswith(f"{name} {told}")
    with pytest.raises(UnreadableSong, match=told):
        read_lead(tmp_path / name)


def test_what_it_holds_counts_and_not_its_name(tmp_path: Path) -> None:
    file = tmp_path / "a.abc"
    file.write_bytes(midi(chunk(*four_notes())))
    assert read(file).note_count == 4


def test_no_notes(tmp_path: Path) -> None:
    file = tmp_path / "a.mid"
    file.write_bytes(midi(chunk((0, meta(3, b"Nothing")))))
    assert refusal(file) == "a.mid holds no notes."
    file.write_bytes(b"MThd")
    assert refusal(file) == "a.mid is not a MIDI file."


@pytest.mark.parametrize("ending", ["mid", "musicxml"])
def test_missing_output_folder(tmp_path: Path, ending: str) -> None:
    with pytest.raises(RestyleError, match="There is no folder"):
        write(SONG, tmp_path / "nowhere" / f"a.{ending}")


def test_output_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.mid").mkdir()
    with pytest.raises(RestyleError, match="is a folder"):
        write(SONG, tmp_path / "a.mid")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(RestyleError, match="cannot be written"):
            write(SONG, tmp_path / "a.mid")
    finally:
        tmp_path.chmod(0o700)


def test_a_failing_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.mid"
    file.write_bytes(b"before")

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("write", "replace"):
        with monkeypatch.context() as patch:
            if name == "replace":
                patch.setattr(Path, "replace", broken)
            else:
                patch.setattr(Path, "write_bytes", broken)
            with pytest.raises(RestyleError, match=r"cannot be written: No space left on device\."):
                write(SONG, file)
        assert file.read_bytes() == b"before"
        assert [path.name for path in tmp_path.iterdir()] == ["a.mid"]


def test_a_failing_writer_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RestyleError, match="lead sheet can be written as"):
        write_lead(None, tmp_path / "a.doc")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_written_files_have_ordinary_permissions(tmp_path: Path) -> None:
    write(SONG, tmp_path / "a.mid")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.mid").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_importing_formats_loads_no_file_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, restyle.io; "
        "print([m for m in ('symusic', 'music21', 'verovio', 'matplotlib') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
