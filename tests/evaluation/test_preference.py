"""The critic: what it looks at in a phrase, and that it chooses."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.critic.idiom import IDIOM, Idiom
from restyle.critic.liking import FEATURES, phrase_features
from restyle.critic.played import played
from restyle.critic.preference import LOOKED_AT, Preference, looked_at
from restyle.critic.profile import profile
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
    assert found["bass, with the kick"] == 0.0
    drums = [(0, 1, 36, 80), (24, 1, 36, 80), (24, 1, 38, 80)]
    assert seen(band(drums, [(0, 12, 36, 80)]))["bass, with the kick"] == 1 / 2


def test_drums_worked_out_by_hand():
    """A kick on one, a kick with the snare on three, a snare after it; a ride in bar 1 alone."""
    bars = [row for b in range(4) for row in ((48 * b, 1, 36, 80), (48 * b + 24, 1, 36, 80),
            (48 * b + 24, 1, 38, 80), (48 * b + 27, 1, 38, 80))]  # fmt: skip
    found = seen(band(drums=sorted([*bars, (12, 1, 51, 80)])))
    assert found["drums, the bar before"] == pytest.approx(2 / 3)
    assert found["drums, timekeeper"] == pytest.approx(np.log1p(1 / 4))
    assert found["drums, snare"] == pytest.approx(np.log1p(2))
    assert found["drums, ride"] == found["drums, timekeeper"]
    assert found["drums, kick with snare"] == 1 / 2
    assert found["drums, backbeat"] == 0.0  # the snare strikes three, but not that alone
    assert found["drums, percussion"] == 0.0


def test_time_and_backbeat_worked_out_by_hand():
    """Two bars of hi-hat on each beat, snare on two and four and a conga; one of a hi-hat on one
    and three, with the snare on three; one without a hi-hat."""
    hats = [(12 * i, 1, 42, 80) for i in (*range(8), 8, 10)]
    snare = [(12 * i, 1, 38, 80) for i in (1, 3, 5, 7, 10)]
    found = seen(band(drums=sorted([*hats, *snare, (3, 1, 63, 80), (51, 1, 63, 80)])))
    assert found["drums, backbeat"] == 3 / 4
    assert found["drums, percussion"] == pytest.approx(np.log1p(2 / 4))
    assert found["drums, timekeeper"] == pytest.approx(np.log1p(10 / 4))
    assert found["drums, timekeeper steady"] == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert found["drums, ride"] == found["drums, toms"] == found["drums, hats together"] == 0.0


def test_toms_and_hats_struck_together_worked_out_by_hand():
    """One of two strokes of the closed hi-hat has the open one with it; two toms in four bars."""
    rows = [(0, 1, 42, 80), (0, 1, 46, 80), (12, 1, 42, 80), (24, 1, 45, 80), (36, 1, 50, 80)]
    found = seen(band(drums=rows))
    assert found["drums, hats together"] == 1 / 2
    assert found["drums, toms"] == pytest.approx(np.log1p(2 / 4))


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
    assert found["chord heard"] == 1.0 and found["chords, silent"] == 0.0
    assert found["chords, rhythm of the bar before"] == 1.0 and found["chords, short"] == 0.0
    sevenths = [(s, d, p, n) for s, d, p, n in five if p not in (59, 61)]
    assert seen(band(bass=bass, piano=sevenths), 0, 2)["half steps"] == 0.0


def test_chords_beside_the_tune_worked_out_by_hand():
    """The tune has C5, C sharp and D by turns, a beat each; the piano plays C5 in bar 1 and D5 on
    the first beat of bar 2, where the tune has C sharp."""
    piano = [*((12 * i, 12, 72, 80) for i in range(4)), (48, 12, 74, 80)]
    found = seen(band(piano=piano), 0, 4)
    assert found["chords, notes at once"] == 1.0
    assert found["chords, silent"] == 11 / 16 and found["chords, rhythm of the bar before"] == 0.0
    assert found["chords, notes of the tune"] == 2 / 5
    assert found["chords, above the tune"] == 1 / 5
    assert found["chords, half a step from the tune"] == 2 / 5


def test_two_parts_with_chords_worked_out_by_hand():
    """The piano holds C and E of C major below C3 and strikes C again with the bass, a sixteenth
    and a bit late; the strings hold that C, too, for the first of two bars."""
    piano = notes_array([(0, 96, 36, 80), (0, 96, 40, 80), (49, 3, 36, 80)])
    parts = {
        "bass": notes_array([(49, 12, 36, 80)]),
        "piano": piano,
        "strings": notes_array([(0, 48, 36, 80)]),
    }
    found = seen(Arrangement(parts), 0, 2)
    assert found["chords, two below C3"] == 1.0
    assert found["chords, notes of the bass"] == 1 / 4 and found["chords, short"] == 1 / 4
    assert found["chords, off the grid"] == 1 / 3  # of three onsets
    assert found["chords, notes in common"] == 1.0
    assert found["chord heard"] == pytest.approx(2 / 3)  # its G is missing


def test_how_bars_are_divided_worked_out_by_hand():
    """The tune has sixteenths in bars 1 and 2 and triplets in bar 3. The piano has triplets in bar
    1 and sixteenths in bars 2 to 4, in bar 2 over the bass' triplets."""
    tune = [(3, 3, 72, 80), (51, 3, 72, 80), (100, 4, 72, 80)]
    sheet = replace(lead(), melody=notes_array(tune))
    made = band(
        bass=[(56, 4, 36, 80)],
        piano=[(4, 4, 60, 80), (51, 3, 60, 80), (105, 3, 60, 80), (153, 3, 60, 80)],
    )
    row = phrase_features(sheet, made, 0, 4)
    found = dict(zip(FEATURES, row.tolist(), strict=True))
    assert found["bars in sixteenths and triplets"] == 1 / 4
    assert found["bars not divided as the tune"] == 3 / 4  # all but the last, where it rests


def test_only_the_phrase_counts():
    made = band([(0, 1, 36, 80)], [(0, 48, 36, 80), (200, 12, 36, 80)])
    later = replace(made, parts={**made.parts, "piano": notes_array([(370, 12, 60, 80)])})
    assert np.array_equal(*(phrase_features(lead(), one, 4, 6) for one in (made, later)))


def test_idiom_knows_its_style():
    """Kick, snare and hi-hat are nearer to the drums of a style that has just these."""
    beat = [(12 * i, 1, (36, 38)[i % 2], 80) for i in range(16)]
    bass = [(48 * i, 48, 36, 80) for i in range(4)]
    other = [(12 * i, 1, 51, 80) for i in range(16)]
    own = played(lead().part(0, 4), band(beat, bass))
    idiom = Idiom({"pop": 1.0}, profile(own))
    mine, others = idiom.features(lead(), [band(beat, bass), band(other, bass)], 0, 4)
    assert mine.shape == (len(IDIOM),) and mine[2] == pytest.approx(1.0) and others[2] == 0.0
    assert mine[0] < 0.0  # a logarithm
    both = Idiom({"pop": 0.5, "jazz": 0.5}).features(lead(), [band(beat, bass)], 0, 4)[0]
    each = [Idiom({s: 1.0}).features(lead(), [band(beat, bass)], 0, 4)[0] for s in ("pop", "jazz")]
    assert np.exp(both[0]) == pytest.approx(np.exp([one[0] for one in each]).mean(), abs=1e-4)
    assert not Idiom().features(lead(), [band(beat, bass)], 0, 4).any()
    assert not Idiom({"mine": 1.0}).features(lead(), [band(beat, bass)], 0, 4).any()


def test_a_style_has_weights_of_its_own_and_a_blend_has_their_mean():
    rock, jazz, both = (
        Preference.load(Idiom(shares)).with_drums
        for shares in ({"rock": 1.0}, {"jazz": 1.0}, {"rock": 0.5, "jazz": 0.5})
    )
    shared = Preference.load()
    assert not np.array_equal(rock, jazz) and both == pytest.approx((rock + jazz) / 2)
    assert np.array_equal(Preference.load(Idiom({"mine": 1.0})).with_drums, shared.with_drums)
    assert np.array_equal(Preference.load(Idiom({"film": 1.0})).without, shared.without)


def test_what_is_before_counts_for_eight_bars():
    """The same four bars after four others are worth the same for all that went before, and their
    drums are not the bar before's where those were others."""
    critic = Preference.load()
    time = [(12 * i, 1, 42, 80) for i in range(32)]
    beat = [(12 * i, 1, (36, 38)[i % 2], 80) for i in range(16, 32)]
    bass = [(48 * i, 48, 36, 80) for i in range(8)]
    made = band(sorted([*time, *beat]), bass)
    score = critic.score(lead(), [made], 4, 8)[0]
    row = looked_at(lead(), [made], 0, 8, Idiom())[0]
    assert score == pytest.approx(float(row @ critic.with_drums))


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
    assert critic.with_drums.shape == critic.without.shape == (len(LOOKED_AT),)


def test_takes_are_ranked_by_what_readers_would_keep():
    beat = [(12 * i, 1, (36, 38)[i % 2], 80) for i in range(16)]
    time = [(12 * i, 1, 42, 80) for i in range(16)]
    bass = [(48 * i, 48, 36, 80) for i in range(4)]
    critic = Preference.load()
    good, bare = (
        measure_take(lead(), band(drums, bass), 10.0, critic) for drums in ([*time, *beat], beat)
    )
    assert good.preference > bare.preference and good.score > bare.score
    near, far = (measure_take(lead(), band(beat, bass), 10.0, critic, near) for near in (0.9, 0.5))
    assert near.score - far.score == pytest.approx(0.8) and near.preference == bare.preference
    assert measure_take(lead(), band(), 10.0, critic).score < bare.score
