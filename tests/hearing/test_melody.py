"""Which notes are the melody, in songs written by hand."""

import numpy as np
import pytest
from bars import four_chords, held, line, song, transposed

from restyle.analysis.melody import find_melody
from restyle.music.song import TICKS, Song, Track, notes_array

TUNE = [(76, 79, 77, 76), (74, 71, 74, 77), (76, 72, 74, 76), (72, 0, 0, 0)] * 3


def melody_of(heard: Song) -> list[set[tuple[int, int]]]:
    """(start, pitch) of the melody's notes in each track."""
    return [
        {(int(n["start"]), int(n["pitch"])) for n in track.notes[mask]}
        for track, mask in zip(heard.tracks, find_melody(heard), strict=True)
    ]


def tune() -> list[tuple[int, int, int, int]]:
    return [row for bar, four in enumerate(TUNE) for row in line(bar, four)]


def alberti() -> list[tuple[int, int, int, int]]:
    figures = [(48, 55, 52, 55), (43, 53, 50, 53), (48, 55, 52, 55), (48, 55, 52, 55)] * 3
    return [row for bar, four in enumerate(figures) for row in line(bar, [*four, *four], 0.5)]


def test_masks_are_as_long_as_the_tracks() -> None:
    heard = four_chords()
    masks = find_melody(heard)
    assert [m.shape for m in masks] == [t.notes.shape for t in heard.tracks]
    assert all(m.dtype == np.bool_ for m in masks)


def test_the_flute_over_chords_and_bass_is_the_melody() -> None:
    found = find_melody(four_chords())
    assert [m.mean() for m in found] == [1.0, 0.0, 0.0]


def test_a_track_that_says_so_is_the_melody() -> None:
    base = four_chords()
    names = ["Flute", "Gesang", "Bass"]
    named = [Track(n, t.program, t.notes) for n, t in zip(names, base.tracks, strict=True)]
    masks = find_melody(base.with_tracks(named))
    assert [m.any() for m in masks] == [False, True, False]
    assert find_melody(base.with_tracks(named), names=False)[0].all()


def test_a_name_that_all_tracks_share_says_nothing() -> None:
    base = four_chords()
    titled = [Track("Melody Fair", t.program, t.notes) for t in base.tracks]
    assert find_melody(base.with_tracks(titled))[0].all()


def test_over_an_alberti_bass_the_top_voice_sings() -> None:
    want = {(start, pitch) for start, _, pitch, _ in tune()}
    together = melody_of(song(tune() + alberti()))[0]
    assert len(together & want) >= 0.95 * len(want)
    assert len(together - want) <= 0.1 * len(want)
    right, left = melody_of(song(tune(), alberti()))
    assert len(right & want) >= 0.95 * len(want)
    assert len(left) <= 0.1 * len(want)


def test_of_a_chord_only_the_top_note_sings() -> None:
    rows = [(s, d, p - below, v) for s, d, p, v in tune() for below in (0, 4, 7)]
    found = melody_of(song(rows, alberti()))[0]
    starts = [start for start, _ in found]
    assert len(starts) == len(set(starts))
    assert len(found & {(s, p) for s, _, p, _ in tune()}) >= 0.9 * len(tune())


def test_bars_where_the_voice_rests_have_no_melody() -> None:
    voice = [row for row in tune() if not 4 <= row[0] // (4 * TICKS) < 8]
    piano = [row for bar in range(12) for row in held(bar, (60, 64, 67))] + alberti()
    found = melody_of(song(voice, piano, programs=(68, 0)))
    assert found == [{(s, p) for s, _, p, _ in voice}, set()]


def test_octaves_do_not_change_who_sings() -> None:
    assert find_melody(transposed(four_chords(), -5))[0].all()


def test_drums_and_silence_have_no_melody() -> None:
    kit = Track("Melody", 0, notes_array([(0, 60, 38, 100), (480, 60, 38, 100)]), is_drum=True)
    assert [m.tolist() for m in find_melody(Song((kit,)))] == [[False, False]]
    assert find_melody(Song(())) == ()
    assert [len(m) for m in find_melody(song([]))] == [0]


def test_a_solo_while_the_voice_rests_takes_over() -> None:
    bar = 4 * TICKS
    voice = [row for row in tune() if not 4 <= row[0] // bar < 8]
    solo = [(s, d, p - 7, v) for s, d, p, v in tune() if 4 <= s // bar < 8]
    piano = [row for i in range(12) for row in held(i, (48, 52, 55))]
    found = melody_of(song(voice, solo, piano, programs=(68, 65, 0)))
    assert found == [{(s, p) for s, _, p, _ in part} for part in (voice, solo)] + [set()]


def test_what_goes_on_under_the_voice_does_not_take_over() -> None:
    voice = [row for row in tune() if not 4 <= row[0] // (4 * TICKS) < 8]
    strings = [row for i in range(12) for row in line(i, (64, 67, 65, 62))]
    piano = [row for i in range(12) for row in held(i, (48, 52, 55))]
    heard = song(voice, strings, piano, programs=(68, 48, 0))
    named = [
        Track(n, t.program, t.notes) for n, t in zip(["Voice", "x", "y"], heard.tracks, strict=True)
    ]
    found = melody_of(heard.with_tracks(named))
    assert [bool(part) for part in found] == [True, False, False]


def handed(bars: int, gap: tuple[int, int], answer: list[int], accompanies: bool) -> Song:
    """A flute's tune that rests in the bars of `gap`, where an oboe plays `answer`; the oboe
    holds a low note to the tune where it accompanies, else rests."""
    tune = [72, 74, 76, 79, 77, 76, 74, 71]
    flute = [
        row
        for bar in range(bars)
        if not gap[0] <= bar < gap[1]
        for row in line(bar, tune[bar % 3 :] + tune[: bar % 3], 0.5)
    ]
    oboe = [
        row
        for bar in range(bars)
        for row in (
            line(bar, answer[bar % 2 :] + answer[: bar % 2], 0.5)
            if gap[0] <= bar < gap[1]
            else line(bar, [62, 62], 2.0)
            if accompanies
            else []
        )
    ]
    chords = [row for bar in range(bars) for row in held(bar, [48, 52, 55])]
    return song(flute, oboe, chords, programs=(73, 68, 0))


ANSWER = [76, 77, 79, 81, 79, 77, 74, 72]


@pytest.mark.parametrize("gap", [(4, 6), (8, 11), (12, 16), (8, 16)])
@pytest.mark.parametrize("accompanies", [False, True])
def test_a_tune_that_passes_to_another_is_followed(gap: tuple[int, int], accompanies: bool) -> None:
    whole = handed(40, gap, ANSWER, accompanies)
    flute, oboe, chords = find_melody(whole)
    starts = whole.tracks[1].notes["start"]
    inside = (starts >= gap[0] * 4 * TICKS) & (starts < gap[1] * 4 * TICKS)
    assert flute.all()
    assert (oboe == inside).all()
    assert not chords.any()


@pytest.mark.parametrize("answer", [[38, 45, 38, 45] * 2, [62, 66, 62, 66] * 2, [62] * 8])
def test_figures_and_basses_take_nothing_over(answer: list[int]) -> None:
    flute, *others = find_melody(handed(24, (8, 12), answer, True))
    assert flute.all()
    assert not any(mask.any() for mask in others)


def test_an_accompanist_who_goes_on_takes_nothing_over() -> None:
    flute, _, chords = handed(24, (8, 12), ANSWER, False).tracks
    figure = [row for bar in range(24) for row in line(bar, [55, 60, 64, 67, 72, 67, 64, 60], 0.5)]
    masks = find_melody(Song((flute, Track("", 46, notes_array(figure)), chords)))
    assert masks[0].all()
    assert not masks[1].any()
