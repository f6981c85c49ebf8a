"""Styles, energy and entries by section; density, register and figure by part."""

from dataclasses import replace

import numpy as np
import pytest

from arranger.fake import BAND, FakeSession, example, fake_arranger
from corpora import arrangement, lead_sheet, repeated
from restyle.analysis.form import Section
from restyle.api import transfer
from restyle.decoding.cursor import DENSITY
from restyle.decoding.generate import arrange
from restyle.decoding.job import Course, Job
from restyle.decoding.sheet import sheet_of
from restyle.errors import RestyleError
from restyle.io.midi.write import midi_bytes
from restyle.music.parts import Arrangement
from restyle.music.song import notes_array
from restyle.options import TransferOptions, again
from restyle.style.fills import CRASH, with_fills
from restyle.style.playing import attributes_said, by_part
from restyle.style.sections import (
    bars_of,
    energy_by_bar,
    filled,
    is_sectional,
    parse_energy,
    parse_entries,
    parse_sections,
    rests_by_part,
    seams,
    value_by_bar,
)
from restyle.tokens import encode_arrangement
from restyle.tokens import vocabulary as v

FORM = (Section("A", 0, 4), Section("B", 4, 6), Section("A", 6, 8))


@pytest.fixture
def lead():
    return lead_sheet(np.random.default_rng(1))


def test_sections_are_told_from_shares():
    assert is_sectional("A:pop,B:rock") and is_sectional("1-16:jazz,17-32:latin")
    assert not is_sectional("jazz:0.7,pop:0.3") and not is_sectional("jazz")
    assert not is_sectional("jazz,pop")


def test_values_go_to_the_bars_of_their_sections():
    said = parse_sections("A:pop,B:rock", "")
    assert value_by_bar(said, FORM, 8) == ["pop"] * 4 + ["rock"] * 2 + ["pop"] * 2
    some = value_by_bar(parse_sections("3-4:jazz", ""), FORM, 8)
    assert some == [None, None, "jazz", "jazz", *[None] * 4]
    assert filled(some) == ["jazz"] * 8
    assert bars_of("7-", FORM, 8) == [6, 7] and bars_of("B", FORM, 8) == [4, 5]
    assert energy_by_bar("B:0.9", FORM, 8) == (0.5,) * 4 + (0.9,) * 2 + (0.5,) * 2
    assert energy_by_bar("0.2", FORM, 8) == (0.2,) * 8 and energy_by_bar("", FORM, 8) == ()
    rests = rests_by_part(parse_entries("drums:B,bass:8", ("drums", "bass")), FORM, 8)
    assert rests == {"drums": frozenset(range(4)), "bass": frozenset(range(7))}
    assert seams(["a", "a", "b"], ()) == (2,) and seams([], (0.2, 0.25, 0.9)) == (2,)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: parse_sections("A:pop,rock", "A:pop"), "names no sections"),
        (lambda: parse_sections("A:pop,A:rock", ""), "twice"),
        (lambda: bars_of("C", FORM, 8), "no section C: the song is A 1-4, B 5-6, A 7-8"),
        (lambda: bars_of("7-9", FORM, 8), "bars 1 to 8"),
        (lambda: parse_energy("A:loud"), "energy of loud"),
        (lambda: parse_energy("1.5"), "energy of 1.5"),
        (lambda: parse_entries("tuba:B", ("drums",)), "no part 'tuba'"),
        (lambda: parse_entries("drums", ("drums",)), "no place"),
        (lambda: TransferOptions("b", energy="x").check(), "names no sections"),
        (lambda: TransferOptions("b", figure={"bass": "flying"}).check(), "no figure"),
        (lambda: TransferOptions("b", figure={"drums": "walking"}).check(), "keep no time"),
        (lambda: TransferOptions("b", density={"bass": "much"}).check(), "no density"),
        (lambda: TransferOptions("b", density={"tuba": "3"}).check(), "no part 'tuba'"),
        (lambda: TransferOptions("b", register={"drums": "low"}).check(), "no register"),
        (lambda: TransferOptions("b", register={"bass": "H2"}).check(), "no register"),
        (lambda: by_part(["bass"], "figure"), "bass=walking"),
    ],
)
def test_nonsense_gets_a_sentence(call, said):
    with pytest.raises(RestyleError, match=said):
        call()


def test_sections_in_two_styles(lead):
    """The first half has style a's bass alone, the second the drums of style b, too."""
    options = TransferOptions("1-4:a,5-8:b", seed=3)
    result = fake_arranger().transfer(lead, options)
    drums = result.takes[0].arrangement.parts["drums"]["start"]
    assert len(drums) and drums.min() >= 4 * 48 - 24  # a fill may come before
    assert result.style.name == "a-b"
    same = fake_arranger().transfer(lead, options)
    assert midi_bytes(result.song) == midi_bytes(same.song)
    tune = result.song.tracks[0]
    assert tune.is_melody and tune.notes["pitch"].tolist() == lead.melody["pitch"].tolist()
    with pytest.raises(RestyleError, match="which one"):
        again(TransferOptions(), "1-2", result.song)


def test_each_stretch_is_read_under_its_own_style(lead):
    band = fake_arranger()
    band.transfer(lead, TransferOptions("1-4:a,5-8:b"))
    styles = [
        {t for row in cache.rows for t in row if t in v.STYLE} for cache in band.session.caches
    ]
    assert styles == [{v.STYLE[1]}, {v.STYLE[2]}]


@pytest.mark.parametrize("pickup", [0, 12])
def test_another_band_begins_on_the_first_beat_wherever_its_section_does(lead, pickup):
    """Bar 4 is within a phrase: the new style's band is asked how it plays there, and drums and
    bass strike in the first beat of it."""
    sheet = replace(lead, pickup=pickup)
    for seed in range(4):
        result = fake_arranger().transfer(sheet, TransferOptions("1-3:a,4-8:b", seed=seed))
        parts = result.takes[0].arrangement.parts
        for part in ("drums", "bass"):
            within = parts[part]["start"] - 3 * 48
            assert ((within >= 0) & (within < 12)).any()


def test_phrases_are_counted_anew_from_a_bar(lead):
    assert sheet_of(lead).phrases == ((0, 4), (4, 8))
    assert sheet_of(lead, 3).phrases == ((0, 3), (3, 7), (7, 8))
    assert sheet_of(replace(lead, pickup=12), 5).phrases == ((0, 1), (1, 5), (5, 8))
    band = arrangement(lead, "b")
    bars = encode_arrangement(band, lead, (0, 3, 7))
    asked = [i for i, bar in enumerate(bars) if any(t in v.DENSITY for t in bar)]
    assert asked == [0, 3, 7]


def test_a_section_can_be_like_an_example(lead):
    """Bars 1 to 4 are read after the example's bars, the others are not; the example's band plays
    where it is said, with energy, takes and kept tracks as elsewhere."""
    like = example(lead, "b")
    band = fake_arranger()
    options = TransferOptions("1-4:like,5-8:a", like=like, energy="1-4:0.2,5-8:0.9", takes=2)
    result = band.transfer(lead, options)
    read = [{v.EXAMPLE in row for row in cache.rows} for cache in band.session.caches]
    assert read[-4:] == [{True}, {False}] * 2  # before it the nearest style was looked for
    assert set(result.takes[0].arrangement.parts) == {*like.arrangement.names, "bass"}
    assert midi_bytes(result.song) == midi_bytes(fake_arranger().transfer(lead, options).song)


@pytest.mark.parametrize(
    ("to", "like", "said"),
    [("A:like,B:a", False, "none is given"), ("A:b,B:a", True, "Say which sections are like")],
)
def test_an_example_and_its_sections_go_together(lead, to, like, said):
    options = TransferOptions(to, like=example(lead, "b") if like else None)
    with pytest.raises(RestyleError, match=said):
        fake_arranger().transfer(lead, options)
    with pytest.raises(RestyleError, match=said):
        transfer(lead, to, like="not-read.mid" if like else None)


def mean_density(energy: float) -> float:
    sheet = repeated(lead_sheet(np.random.default_rng(1)), 4)
    job = Job(sheet, BAND, ((1, 1.0),), course=Course((energy,) * sheet.bars))
    made = arrange(job, FakeSession(4096), np.random.default_rng(5))
    return sum(len(np.unique(notes["start"])) for notes in made.parts.values())


def test_energy_leans_on_density():
    assert mean_density(0.0) < mean_density(0.5) < mean_density(1.0)


def test_parts_come_in_where_they_are_to(lead):
    rests = {"drums": frozenset(range(4)), "bass": frozenset(range(2))}
    job = Job(lead, BAND, ((1, 1.0),), course=Course(rests=rests))
    for seed in range(3):
        made = arrange(job, FakeSession(), np.random.default_rng(seed))
        assert made.parts["drums"]["start"].min() >= 4 * 48
        assert made.parts["bass"]["start"].min() >= 2 * 48


def test_attributes_come_from_words(lead):
    options = TransferOptions(
        "b", figure={"bass": "walking", "drums": "ride"}, density={"piano": "sparse"},
        register={"piano": "C4", "winds": "low"},
    )  # fmt: skip
    said = attributes_said(options, BAND, lead)
    assert said["bass"] == (5, -1, -1, v.FIGURES.index("line"))
    assert said["drums"] == (-1, -1, -1, v.TIMEKEEPERS.index("ride"))
    assert said["piano"] == (2, -1, (60 - 24) // 5, -1)
    up = replace(lead, key=replace(lead.key, tonic=2))
    assert attributes_said(options, BAND, up)["piano"][2] == (58 - 24) // 5
    with pytest.raises(RestyleError, match="No synth plays"):
        attributes_said(TransferOptions("b", density={"synth": "3"}), BAND, lead)


def test_what_is_asked_of_a_part_is_played(lead):
    for value in (2, 6):
        job = Job(lead, BAND, ((1, 1.0),), attributes={"piano": (value, -1, -1, -1)})
        made = arrange(job, FakeSession(), np.random.default_rng(0))
        rate = len(np.unique(made.parts["piano"]["start"])) / lead.bars
        bounds = (0.0, *v.DENSITIES)
        assert bounds[value] * 0.5 <= rate
    assert DENSITY == 0


def test_fills_come_before_seams_where_drums_play(lead):
    hats = notes_array([(6 * i, 1, 42, 80) for i in range(64)])
    made = with_fills(Arrangement({"drums": hats}), lead, [4], np.random.default_rng(0))
    drums = made.parts["drums"]
    before = drums[drums["start"] < 4 * 48 - 24]
    assert before.tolist() == [n for n in hats.tolist() if n[0] < 4 * 48 - 24]
    filled_in = drums[(drums["start"] >= 4 * 48 - 24) & (drums["start"] < 4 * 48)]
    assert 42 not in filled_in["pitch"] and len(filled_in) == 8
    assert CRASH in drums["pitch"][drums["start"] == 4 * 48]
    silent = Arrangement({"drums": hats[:8]})
    assert with_fills(silent, lead, [4], np.random.default_rng(0)).parts["drums"].tolist() == (
        hats[:8].tolist()
    )
