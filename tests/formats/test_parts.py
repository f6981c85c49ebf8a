"""Octave signs, and each player's own part in the instrument's key."""

from pathlib import Path

import pytest

from restyle.cli.scores import spelled_out
from restyle.io.musicxml.write import render
from restyle.io.score.engrave import readable_layout
from restyle.io.score.layout import Bar, Staff
from restyle.io.score.layout_build import of_song
from restyle.io.score.ottava import MOST_LEDGERS, with_octave_signs
from restyle.io.score.parts import as_written, engrave_parts, part_songs
from restyle.io.score.rhythm import UNITS
from restyle.music.song import Chord, Key, Meter, Notes, Song, Track, notes_array

BAR = 4 * UNITS


def _bars(count: int) -> list[Bar]:
    return [Bar(BAR * i, BAR, Meter(0, 4, 4)) for i in range(count)]


def _staff(*bars: tuple[int, ...], clef: str = "G", octave: int = 0) -> Staff:
    voice = tuple((BAR * i, BAR * (i + 1), bar) for i, bar in enumerate(bars) if bar)
    return Staff(clef, (voice,), octave)


@pytest.mark.parametrize(
    ("bars", "signs"),
    [
        (((72,), (93,), (48,)), ()),  # A6 and C3 have four ledger lines
        (((72,), (95,), (100,), (72,)), ((1, 2, 1),)),
        (((96,), (84,), (96,)), ((0, 2, 1),)),  # a bar between that can be under it, too
        (((96,), (40,), (96,)), ((0, 0, 1), (1, 1, -1), (2, 2, 1))),
        (((108,),), ((0, 0, 2),)),
        (((44,),), ((0, 0, -1),)),
    ],
)
def test_signs_stand_where_ledger_lines_would_be_more_than_four(
    bars: tuple[tuple[int, ...], ...], signs: tuple[tuple[int, int, int], ...]
) -> None:
    assert with_octave_signs(_staff(*bars), _bars(len(bars))).signs == signs


def test_a_sign_goes_on_over_a_tied_note() -> None:
    voice = ((0, BAR + UNITS, (95,)), (BAR + UNITS, 2 * BAR, (88,)))
    assert with_octave_signs(Staff("G", (voice,)), _bars(3)).signs == ((0, 1, 1),)


def test_guitars_are_read_an_octave_higher() -> None:
    assert not with_octave_signs(_staff((40,), octave=-1), _bars(1)).signs
    assert with_octave_signs(_staff((84,), octave=-1), _bars(1)).signs == ((0, 0, 1),)
    drums = Staff("percussion", (((0, BAR, (35,)),),))
    assert with_octave_signs(drums, _bars(1)) is drums


def test_no_note_of_a_flute_needs_more_than_four() -> None:
    rows = [(480 * i, 480, 60 + i, 80) for i in range(37)]
    score = of_song(Song((Track("Flute", 73, notes_array(rows)),)))
    (staff,) = score.parts[0].staves
    signs = {b: octaves for first, last, octaves in staff.signs for b in range(first, last + 1)}
    for start, _, pitches in staff.voices[0]:
        written = pitches[0] - 12 * signs.get(start // BAR, 0)
        assert MOST_LEDGERS["G"][0] <= written <= MOST_LEDGERS["G"][1]


def _tune(name: str, program: int, pitches: tuple[int, ...] = (60, 62, 64, 65)) -> Track:
    return Track(name, program, _notes(pitches))


def _notes(pitches: tuple[int, ...]) -> Notes:
    return notes_array((480 * i, 480, p, 80) for i, p in enumerate(pitches))


def _song(*tracks: Track) -> Song:
    return Song(tracks, keys=((0, Key(5)),), chords=(Chord(0, 5), Chord(960, 0, "7", 4)))


@pytest.mark.parametrize(
    ("name", "program", "steps", "written"),
    [
        ("Clarinet", 71, 2, "Clarinet in B flat"),
        ("Alto Saxophone", 65, 9, "Alto Saxophone in E flat"),
        ("Tenor Saxophone", 66, 14, "Tenor Saxophone in B flat"),
        ("Horn", 60, 7, "Horn in F"),
        ("Flute", 73, 0, "Flute"),
        ("Piccolo", 72, -12, "Piccolo"),
        ("Nylon Guitar", 24, 0, "Nylon Guitar"),
        ("Electric Bass", 33, 0, "Electric Bass"),
    ],
)
def test_a_part_is_written_in_its_instruments_key(
    name: str, program: int, steps: int, written: str
) -> None:
    part = as_written(_song(_tune(name, program)))
    assert part.tracks[0].notes["pitch"].tolist() == [p + steps for p in (60, 62, 64, 65)]
    assert part.tracks[0].name == written
    assert part.keys[0][1] == Key((5 + steps) % 12)
    assert [(c.root, c.bass) for c in part.chords] == [
        ((5 + steps) % 12, (5 + steps) % 12), (steps % 12, (4 + steps) % 12),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "program"), [("Tenor", 66), ("Baritone", 67)])
def test_the_key_of_a_part_is_not_cut_off(name: str, program: int) -> None:
    part = as_written(_song(_tune(f"{name} Saxophone", program)))
    assert "…" not in render(readable_layout(part))


def test_every_track_has_its_part_and_names_differ() -> None:
    drums = Track("Drum Kit", 0, _notes((36, 38, 36, 38)), is_drum=True)
    silent = Track("Harp", 46, notes_array())
    song = _song(_tune("Trumpet (melody)", 56), _tune("Trumpet", 56), drums, silent)
    parts = dict(part_songs(song))
    assert list(parts) == ["trumpet", "trumpet-2", "drum-kit"]
    assert parts["trumpet"].tracks[0].is_melody
    assert parts["drum-kit"].tracks[0].notes["pitch"].tolist() == [36, 38, 36, 38]


def test_parts_are_pdf_files(tmp_path: Path) -> None:
    song = _song(_tune("Clarinet (melody)", 71), _tune("Piano", 0))
    paths = engrave_parts(song, tmp_path / "song.jazz", title="A song")
    assert [path.name for path in paths] == ["song.jazz.clarinet.pdf", "song.jazz.piano.pdf"]
    assert all(path.read_bytes().startswith(b"%PDF") for path in paths)


def test_a_tune_on_the_piano_has_one_staff() -> None:
    wide = _tune("Piano (melody)", 0, (40, 60, 84, 90))
    assert len(readable_layout(_song(wide)).parts[0].staves) == 1
    assert len(readable_layout(_song(_tune("Piano", 0, (40, 60, 84, 90)))).parts[0].staves) == 2


def test_score_parts_in_two_words() -> None:
    assert spelled_out(["transfer", "a.mid", "--score", "parts", "--to", "jazz"]) == [
        "transfer", "a.mid", "--score-parts", "--to", "jazz",
    ]  # fmt: skip
    assert spelled_out(["--score=parts"]) == ["--score-parts"]
    assert spelled_out(["transfer", "parts", "--score"]) == ["transfer", "parts", "--score"]
