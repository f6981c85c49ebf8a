"""The critic of realism: what it looks at, and that it chooses."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.critic.doubled import doubling
from restyle.critic.frame import Frame
from restyle.critic.passages import passage_features
from restyle.critic.realism import RealBand, Realism
from restyle.critic.score import ChordFit
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


def beat(kinds=(36, 38)) -> list:
    return [(12 * i, 1, kinds[i % len(kinds)], 80) for i in range(32)]


def test_every_passage_has_the_same_features_and_they_are_numbers():
    frame = Frame(lead(), 4, 8)
    rows = [
        passage_features(frame, made)
        for made in (band(), band(beat(), [(0, 48, 36, 80)]), band(beat(), (), TUNE))
    ]
    assert len({len(row) for row in rows}) == 1
    assert np.isfinite(rows).all() and np.abs(rows).max() < 20
    assert not np.array_equal(rows[0], rows[1])


def test_only_the_passage_and_the_phrase_before_it_count():
    made = band(beat(), [(0, 48, 36, 80), (200, 12, 36, 80)])
    later = band([*beat()], [(0, 48, 36, 80), (200, 12, 36, 80)])
    extra = notes_array([(0, 12, 60, 80)])
    extra["start"] = 370
    later.parts["piano"] = extra
    frame = Frame(lead(), 4, 6)
    assert np.array_equal(passage_features(frame, made), passage_features(frame, later))


def test_doubling_is_told_by_the_top_note_in_any_octave():
    frame = Frame(lead(), 0, 4)
    octave = [(s, d, p - 12, n) for s, d, p, n in TUNE]
    assert doubling(frame, band(piano=octave)) == 1.0
    assert doubling(frame, band(piano=octave[:8])) == pytest.approx(0.5)
    assert doubling(frame, band(piano=[(s + 6, d, p, n) for s, d, p, n in octave])) == 0.0
    other = [row for s, d, p, n in octave for row in ((s, d, p, n), (s, d, p + 4, n))]
    assert doubling(frame, band(piano=other)) == 0.0


def test_odds_stop_at_those_of_real_passages():
    critic = Realism.load()
    frame = Frame(lead(), 0, 4)
    size = len(passage_features(frame, band()))
    assert critic.mean.shape == critic.weights.shape == (size,)
    best = critic.mean + 5 * critic.spread * np.sign(critic.weights)
    assert critic.log_odds(best[None])[0] > critic.real
    styled = critic.log_odds(best[None], ((0, 1.0),))[0] - critic.log_odds(best[None])[0]
    assert styled == pytest.approx(critic.styles[0])


def test_of_two_candidates_the_one_that_doubles_the_tune_is_worse():
    """All else left out: the network says the same of both."""
    deaf = replace(Realism.load(), weights=np.zeros_like(Realism.load().weights))
    under = [(s, d, 60, n) for s, d, _, n in TUNE]
    double = [(s, d, p - 12, n) for s, d, p, n in TUNE]
    critic = RealBand(network=deaf, fit=ChordFit(0, 0, 0))
    apart, same = critic.score(lead(), [band(piano=under), band(piano=double)], 0, 4)
    assert apart - same == pytest.approx(1.0 - critic.usual - max(1 / 3 - critic.usual, 0), abs=0.1)
