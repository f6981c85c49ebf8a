"""The critic: what it looks at in a phrase, and that it chooses."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.critic.liking import FEATURES, phrase_features
from restyle.critic.preference import Preference
from restyle.critic.takes import measure_take
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array

TUNE = [(12 * i, 12, 72 + i % 3, 80) for i in range(32)]


def lead() -> LeadSheet:
    return LeadSheet(
        melody=notes_array(TUNE),
        chords=(Chord(0, 0, "maj"), Chord(96, 7, "maj")),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=8 * 48,
    )


def band(drums=(), bass=(), piano=()) -> Arrangement:
    parts = {"drums": drums, "bass": bass, "piano": piano}
    return Arrangement({part: notes_array(list(rows)) for part, rows in parts.items()})


def seen(made: Arrangement, first: int = 0, last: int = 4) -> dict[str, float]:
    found = phrase_features(lead(), made, first, last)
    return dict(zip(FEATURES, found.tolist(), strict=True))


def test_a_bass_worked_out_by_hand():
    """C on the first three ones, A sharp high up on two of bar 4; G is the chord from bar 3 on."""
    found = seen(
        band(bass=[(0, 12, 36, 80), (48, 12, 36, 80), (96, 12, 36, 80), (156, 12, 46, 80)])
    )
    assert found["bass, above A2"] == 1 / 4
    assert found["bass, strikes the one"] == 3 / 4
    assert found["bass, rhythm of the bar before"] == pytest.approx(2 / 3)
    assert found["bass, root where a chord begins"] == 1 / 2  # not where G begins


def test_drums_worked_out_by_hand():
    """A kick on one, a kick with the snare on three, a snare after it; a ride in bar 1 alone."""
    bars = [row for b in range(4) for row in ((48 * b, 1, 36, 80), (48 * b + 24, 1, 36, 80),
            (48 * b + 24, 1, 38, 80), (48 * b + 27, 1, 38, 80))]  # fmt: skip
    found = seen(band(drums=sorted([*bars, (12, 1, 51, 80)])))
    assert found["drums, the bar before"] == pytest.approx(2 / 3)
    assert found["drums, timekeeper"] == pytest.approx(np.log1p(1 / 4))
    assert found["drums, snare"] == pytest.approx(np.log1p(2))
    assert found["drums, kick with snare"] == found["drums, snare off the beat"] == 1 / 2


def test_chords_worked_out_by_hand():
    """Bars 1 and 2 have five notes for a bar over the bass' C: B and C sharp among them, which are
    outside the chord and a half step from the C or a ninth of it."""
    bass = [(0, 96, 48, 80)]
    five = [(48 * b, 48, p, 80) for b in (0, 1) for p in (52, 55, 59, 61, 64)]
    found = seen(band(bass=bass, piano=five), 0, 2)
    assert found["chords, of five notes and more"] == 1.0
    assert found["chords, onsets"] == pytest.approx(np.log1p(1))
    assert found["chords, uneven"] == 0.0
    assert found["half steps"] == 1.0
    assert found["outside the chord"] == pytest.approx(2 / 6)
    assert found["voices"] == pytest.approx(6 / 8)
    sevenths = [(s, d, p, n) for s, d, p, n in five if p not in (59, 61)]
    assert seen(band(bass=bass, piano=sevenths), 0, 2)["half steps"] == 0.0


def test_chords_beside_the_tune_worked_out_by_hand():
    """The tune has C5, C sharp and D by turns, a beat each; the piano plays C5 in bar 1 and D5 on
    the first beat of bar 2, where the tune has C sharp."""
    piano = [*((12 * i, 12, 72, 80) for i in range(4)), (48, 12, 74, 80)]
    found = seen(band(piano=piano), 0, 4)
    assert found["chords, notes at once"] == 1.0
    assert found["chords, bars without"] == 1 / 2
    assert found["chords, above the tune"] == 1 / 5
    assert found["chords, half a step from the tune"] == 2 / 5


def test_only_the_phrase_counts():
    made = band([(0, 1, 36, 80)], [(0, 48, 36, 80), (200, 12, 36, 80)])
    later = replace(made, parts={**made.parts, "piano": notes_array([(370, 12, 60, 80)])})
    assert np.array_equal(*(phrase_features(lead(), one, 4, 6) for one in (made, later)))


def test_it_chooses_the_band_that_readers_would_keep():
    """A kick and a snare together on every beat are what they named worst."""
    critic = Preference.load()
    beat = [(12 * i, 1, 42, 80) for i in range(16)]
    backbeat = [(12 * i, 1, (36, 38)[i % 2], 80) for i in range(16)]
    both = [(12 * i, 1, key, 80) for i in range(16) for key in (36, 38)]
    bass = [(48 * i, 48, 36, 80) for i in range(4)]
    good, crushed, silent = critic.score(
        lead(), [band([*beat, *backbeat], bass), band([*beat, *both], bass), band()], 0, 4
    )
    assert good > crushed > silent
    assert critic.with_drums.shape == critic.without.shape == (len(FEATURES),)


def test_takes_are_ranked_by_what_readers_would_keep():
    beat = [(12 * i, 1, (36, 38)[i % 2], 80) for i in range(16)]
    time = [(12 * i, 1, 42, 80) for i in range(16)]
    bass = [(48 * i, 48, 36, 80) for i in range(4)]
    good, bare = (measure_take(lead(), band(drums, bass), 10.0) for drums in ([*time, *beat], beat))
    assert good.preference > bare.preference and good.score > bare.score
    near, far = (measure_take(lead(), band(beat, bass), 10.0, near) for near in (0.9, 0.5))
    assert near.score - far.score == pytest.approx(0.8) and near.preference == bare.preference
    assert measure_take(lead(), band(), 10.0).score < bare.score
