"""What an example gives, and under which style it is played."""

from dataclasses import replace

import numpy as np
import pytest
from fake import example, fake_arranger

from corpora import arrangement, lead_sheet, repeated
from restyle.analysis.listen import Heard
from restyle.critic.likeness import profile_of
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.parts import Arrangement
from restyle.music.song import STEP, Meter, Track, notes_array
from restyle.options import TransferOptions
from restyle.style.example import Example, example_of
from restyle.style.manner import in_manner
from restyle.style.nearest import nearest_style
from restyle.style.style import PRETRAINED, Style, load_styles
from restyle.tokens import vocabulary as v


@pytest.fixture
def lead() -> LeadSheet:
    return lead_sheet(np.random.default_rng(1))


def chorale(lead: LeadSheet) -> Arrangement:
    """Three voices under each note of the tune."""
    roots = [(start, lead.chord_at(start).root) for start in lead.melody["start"].tolist()]
    notes = [(start, 12, root + up, 80) for start, root in roots for up in (36, 48, 55)]
    return Arrangement({"piano": notes_array(notes)})


def combo(lead: LeadSheet) -> Arrangement:
    """A ride, a bass that walks, and chords off the beat with sevenths."""
    bars = [(48 * b, lead.chord_at(48 * b).root) for b in range(lead.bars)]
    ride = [(b + 12 * i, 1, 51, 80) for b, _ in bars for i in range(4)]
    skips = [(b + 12 * i + 8, 1, 51, 80) for b, _ in bars for i in (1, 3)]
    walk = [(b + 12 * i, 12, 36 + r + s, 80) for b, r in bars for i, s in enumerate((0, 4, 7, 10))]
    chords = [(b + at, 4, 52 + r + s, 80) for b, r in bars for at in (8, 32) for s in (0, 3, 6, 9)]
    return Arrangement(
        {
            "drums": notes_array([*ride, *skips]),
            "bass": notes_array(walk),
            "piano": notes_array(chords),
        }
    )


def test_an_example_is_played_under_the_style_that_it_sounds_like(lead):
    def named(played: Arrangement, swing: float) -> str:
        song = Example("x", replace(lead, swing=swing), played, {})
        styles = [Style(name, slot, {}) for slot, name in enumerate(("hymn", "jazz"))]
        return nearest_style(song, styles, {}).name

    assert named(chorale(lead), 1.0) == "hymn" and named(combo(lead), 2.0) == "jazz"


def test_of_styles_that_the_judge_does_not_know_profiles_decide(lead):
    made = {slot: profile_of(lead, arrangement(lead, name)) for slot, name in enumerate("ab")}
    styles = [Style("a", 0, {}), Style("b", 1, {})]
    for name in "ab":
        assert nearest_style(example(lead, name), styles, made).name == name
    known = Style("hymn", 2, {})
    profiles = {**made, 2: profile_of(lead, chorale(lead))}
    assert nearest_style(example(lead, "b"), [known, *styles], profiles).name == "b"


def test_what_doubles_the_tune_is_not_of_the_band(lead):
    song = lead_song(lead)
    tune = song.tracks[0]
    octave = tune.notes.copy()
    octave["pitch"] += 12
    low = arrangement(lead, "b").parts["bass"].copy()
    low["start"] *= STEP
    low["duration"] *= STEP
    tracks = (tune, Track("Strings", 48, octave, False), Track("Bass", 33, low, False))
    masks = tuple(np.full(len(t.notes), i == 0) for i, t in enumerate(tracks))
    heard = Heard(lead, replace(song, tracks=tracks), masks)
    assert example_of(heard, "x").arrangement.names == ("bass",)
    hands = replace(tune, notes=np.concatenate([tune.notes, low]))
    both = tuple(np.arange(len(t.notes)) < len(tune.notes) for t in (hands, tracks[2]))
    both[1][:] = False
    heard = Heard(lead, replace(song, tracks=(hands, tracks[2])), both)
    assert len(example_of(heard, "x").arrangement.names) == 2  # a left hand is of the band
    alone = Heard(lead, replace(song, tracks=tracks[:2]), masks[:2])
    assert example_of(alone, "x").arrangement.names == ("strings",)  # all that there is


def test_a_bass_that_walks_in_the_example_walks(lead):
    long = repeated(lead, 2)

    def walks(played: Arrangement, swing: float) -> float:
        found = Example("x", replace(long, swing=swing), played, {})
        return found.style(fake_arranger().styles["a"]).walking

    assert walks(combo(long), 2.0) == 1.0
    assert walks(combo(long), 1.0) == 0.0 and walks(chorale(long), 2.0) == 0.0


def test_a_manner_that_is_asked_for_stays_and_fills_are_the_styles(lead):
    shipped = load_styles(PRETRAINED)["jazz"]
    asked = in_manner(shipped, "bossa")
    found = Example("x", replace(lead, swing=2.0), combo(lead), {"fills": []})
    assert found.style(asked).manner == asked.manner
    found = replace(found, figures={"fills": [], "ending": 0.0})
    assert found.style(shipped).fills == shipped.fills != ()
    assert found.style(shipped).ending == shipped.ending > 0


@pytest.mark.parametrize(("theirs", "meter"), [((4, 4), (4, 4)), ((6, 8), (6, 8))])
def test_a_jig_like_a_song_in_four_is_read_in_four(lead, theirs, meter):
    band = fake_arranger()
    band.styles["a"].figures["compound"] = 0.0
    jig = replace(lead, meters=(Meter(0, 6, 8),), length=36 * 11)
    found = example(lead, "a")
    found = replace(found, lead=replace(found.lead, meters=(Meter(0, *theirs),)))
    band.transfer(jig, TransferOptions("a", like=found))
    tokens = band.session.caches[-1].rows[0]
    song = tokens[len(tokens) - 1 - tokens[::-1].index(v.BOS) :]
    assert v.BAR[v.METERS.index(meter)] in song
