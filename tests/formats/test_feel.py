"""Touch: played by people in MIDI and sound, and still the same notes on paper."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restyle.io import read
from restyle.io.feel import EARLY, FARTHEST, drummer, performed, slot_of, usual_feel, voice_of
from restyle.io.midi.midi import midi_song
from restyle.io.midi.write import midi_bytes
from restyle.io.score.layout_build import of_song
from restyle.music.grid import quantise, straighten, swing
from restyle.music.song import GRID, STEP, TICKS, Notes, Song, Tempo, Touch, Track, notes_array

BAR = 4 * GRID


def _band(rows: dict[str, Notes], ratio: float, touch: Touch, bpm: float = 120.0) -> Song:
    programs = {"Flute (melody)": 73, "Piano": 0, "Electric Bass": 33, "Drum Kit": 0}
    tracks = []
    for name, notes in rows.items():
        ticks = notes.copy()
        ticks["start"] *= STEP
        ticks["duration"] *= STEP
        played = swing(ticks, ratio, TICKS) if ratio > 1 else ticks
        tracks.append(Track(name, programs[name], played, name == "Drum Kit"))
    return Song(tuple(tracks), tempos=(Tempo(0, bpm),), touch=touch)


def _rows(rng: np.random.Generator, bars: int = 8) -> dict[str, Notes]:
    beats = np.arange(4 * bars) * GRID
    tune = [(int(b) + int(rng.choice([0, 6])), 6, int(rng.integers(62, 80)), 90) for b in beats]
    piano = [(int(b), 12, p, 70) for b in beats[::2] for p in (52, 55, 60)]
    bass = [(int(b), 12, int(rng.integers(30, 45)), 80) for b in beats]
    drums = [(int(b) + o, 1, 42, 70) for b in beats for o in (0, 6)]
    drums += [(int(b), 1, 38 if i % 2 else 36, 90) for i, b in enumerate(beats)]
    sixteenths = [(int(b) + 3 * i, 3, 45 + i, 70) for b in beats[4:8] for i in range(4)]
    triplets = [(int(b) + 4 * i, 4, 70 + i, 70) for b in beats[8:10] for i in range(3)]
    return {
        "Flute (melody)": notes_array(tune),
        "Piano": notes_array([*piano, *sixteenths, *triplets]),
        "Electric Bass": notes_array(bass),
        "Drum Kit": notes_array(drums),
    }


def _written(song: Song, ratio: float) -> list[set[tuple[int, int]]]:
    out = []
    for track in song.tracks:
        grid = quantise(straighten(track.notes, ratio, TICKS), TICKS)
        out.append({(int(n["start"]), int(n["pitch"])) for n in grid})
    return out


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**31),
    ratio=st.sampled_from([1.0, 1.5, 2.0]),
    style=st.sampled_from(["jazz", "pop", "rock", "polka"]),
    bpm=st.sampled_from([60.0, 120.0, 240.0]),
)
def test_what_is_played_is_written_as_it_was(
    seed: int, ratio: float, style: str, bpm: float
) -> None:
    rows = _rows(np.random.default_rng(seed))
    song = _band(rows, ratio, Touch(style, 1.0, seed, ratio), bpm)
    played = performed(song)
    assert _written(played, ratio) == _written(song, ratio)
    sheet = straighten(song.tracks[0].notes, ratio, TICKS)
    heard = straighten(played.tracks[0].notes, ratio, TICKS)
    # the tune is where it was at the nearest position, too
    assert np.array_equal(np.rint(sheet["start"] / STEP), np.rint(heard["start"] / STEP))
    for before, after in zip(song.tracks, played.tracks, strict=True):
        assert len(before.notes) == len(after.notes)
        assert sorted(before.notes["velocity"]) == sorted(after.notes["velocity"])
        lines = np.arange(9) * BAR * STEP
        bar = np.searchsorted(lines, after.notes["start"] + EARLY, side="right")
        assert np.array_equal(
            np.bincount(bar), np.bincount(np.searchsorted(lines, before.notes["start"], "right"))
        )


def test_a_seed_is_a_performance_and_none_is_none() -> None:
    song = _band(_rows(np.random.default_rng(1)), 1.0, Touch("jazz", 1.0, 3))
    one, two = performed(song), performed(song)
    assert all(
        np.array_equal(a.notes, b.notes) for a, b in zip(one.tracks, two.tracks, strict=True)
    )
    other = performed(replace(song, touch=Touch("jazz", 1.0, 4)))
    assert any(
        not np.array_equal(a.notes, b.notes) for a, b in zip(one.tracks, other.tracks, strict=True)
    )
    still = performed(replace(song, touch=Touch("jazz", 0.0, 3)))
    assert all(a is b for a, b in zip(still.tracks, song.tracks, strict=True))
    # a part alone is played as in the band
    alone = performed(song.with_tracks(song.tracks[2:3]))
    assert np.array_equal(alone.tracks[0].notes, one.tracks[2].notes)


def test_the_more_feel_the_farther_from_the_grid() -> None:
    song = _band(_rows(np.random.default_rng(1), 32), 1.0, Touch("jazz", 1.0, 3))

    def off(amount: float) -> float:
        played = performed(replace(song, touch=Touch("jazz", amount, 3)))
        starts = np.concatenate([t.notes["start"] for t in played.tracks])
        away = (starts + STEP // 2) % STEP - STEP // 2
        return float(np.abs(away).mean())

    assert off(0.0) == 0.0 < off(0.4) < off(1.0) < FARTHEST


def test_notes_are_let_go_a_little_early_and_never_overlap() -> None:
    song = _band(_rows(np.random.default_rng(1), 32), 1.0, Touch("pop", 1.0, 3))
    before, after = song.tracks[2].notes, performed(song).tracks[2].notes
    assert after["duration"].mean() < before["duration"].mean()
    for pitch in np.unique(after["pitch"]):
        some = after[after["pitch"] == pitch]
        assert (some["start"][:-1] + some["duration"][:-1] <= some["start"][1:]).all()


def test_files_are_played_and_paper_is_not() -> None:
    touched = _band(_rows(np.random.default_rng(1)), 1.0, Touch("jazz", 1.0, 3))
    plain = replace(touched, touch=None)
    assert midi_bytes(touched) != midi_bytes(plain)
    assert midi_bytes(touched) == midi_bytes(touched)
    assert of_song(touched) == of_song(plain)
    heard = midi_song(midi_bytes(touched), "x")
    assert _written(heard, 1.0) == _written(plain, 1.0)


def test_it_is_heard_as_the_same_song_again(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from restyle.analysis import listen

    song = _band(_rows(np.random.default_rng(5), 16), 1.0, Touch("pop", 1.0, 3))
    heard = []
    for name, one in (("a", song), ("b", replace(song, touch=None))):
        path = tmp_path / f"{name}.mid"
        one.write(str(path))
        heard.append(listen(read(path)))
    assert not heard[0].live
    assert np.array_equal(heard[0].lead.melody["start"], heard[1].lead.melody["start"])
    assert np.array_equal(heard[0].lead.melody["pitch"], heard[1].lead.melody["pitch"])
    assert heard[0].lead.meters == heard[1].lead.meters


def test_drummers() -> None:
    assert voice_of(36) == "kick" and voice_of(51) == "ride" and voice_of(70) == "closed"
    assert slot_of(0) == 0 and slot_of(12) == 6 and slot_of(6) == 3 and slot_of(47) == 0
    assert slot_of(12, 36) == slot_of(24, 36)  # three beats: one, and the others
    rock = drummer("rock")["snare"]
    ghost, backbeat = rock[2][1], rock[2][slot_of(12)]
    assert backbeat > ghost + 20
    assert drummer("polka") == drummer("any")


@pytest.mark.parametrize("style", ["jazz", "jazz70-pop30", "polka"])
def test_each_style_has_its_usual_feel(style: str) -> None:
    assert 0.0 <= usual_feel(style) <= 1.0


def test_a_last_note_does_not_open_another_bar() -> None:
    """A chord held to the end, in a hundred performances: none lasts beyond the last bar line."""
    held = notes_array([(BAR * bar, BAR, 40 + bar, 80) for bar in range(4)])
    for seed in range(100):
        song = performed(_band({"Electric Bass": held}, 1.0, Touch("jazz", 1.0, seed, 1.0)))
        assert song.bar_starts()[-1] == 16 * TICKS
