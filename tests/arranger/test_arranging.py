"""The decoder, with a session that knows nothing and remembers what it was fed."""

from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
from fake import BAND, USUAL, FakeSession

from corpora import arrangement, lead_sheet, repeated
from restyle.decoding.band import Band
from restyle.decoding.generate import arrange
from restyle.decoding.job import MECHANISMS, DecodeOptions, Job, Redo
from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.tokens import Grammar
from restyle.tokens import vocabulary as v


def job(lead: LeadSheet, **options) -> Job:
    return Job(lead, BAND, ((1, 1.0),), options=DecodeOptions(**options))


def notes_of(made: Arrangement) -> dict[str, list]:
    return {part: notes.tolist() for part, notes in made.parts.items()}


@pytest.fixture
def lead() -> LeadSheet:
    return lead_sheet(np.random.default_rng(1))


def waltz() -> LeadSheet:
    """A waltz with a pickup and a bar cut short, in E flat minor."""
    return LeadSheet(
        melody=notes_array([(24, 12, 63, 80), (36, 36, 66, 80), (150, 18, 70, 80)]),
        chords=(Chord(0, -1), Chord(36, 3, "min"), Chord(72, 10, "maj"), Chord(108, 3, "min")),
        meters=(Meter(0, 3, 4), Meter(180, 4, 4)),
        tempos=(Tempo(0, 168.0),),
        key=Key(3, "minor"),
        length=180 + 48 * 3,
        pickup=12,
    )


@pytest.mark.parametrize("candidates", [1, 3])
@pytest.mark.parametrize("song", ["plain", "waltz", "long"])
def test_what_the_model_reads_is_grammatical(lead, candidates, song):
    """Every row, at the end, is a sequence as the codec writes it, whatever was forgotten."""
    sheet = {"plain": lead, "waltz": waltz(), "long": repeated(lead, 8)}[song]
    session = FakeSession(1200)
    arrange(job(sheet, candidates=candidates), session, np.random.default_rng(0))
    (cache,) = session.caches
    assert cache.batch == candidates
    assert bool(cache.forgotten) == (song == "long")
    tokens = cache.rows[0]
    grammar = Grammar()
    grammar.feed(tokens)
    assert grammar.allowed()[v.EOS]  # the song is over, and nothing lacks


def test_the_same_seed_gives_the_same_notes_and_another_others(lead):
    made = [
        notes_of(arrange(job(lead), FakeSession(), np.random.default_rng(seed)))
        for seed in (3, 3, 4)
    ]
    assert made[0] == made[1] != made[2]
    assert tuple(made[0]) == BAND.parts


def test_bars_are_told_and_phrases_given(lead):
    told = []
    final = arrange(
        job(lead), FakeSession(), np.random.default_rng(0), lambda *news: told.append(news)
    )
    assert [(done, bars) for done, bars, _ in told] == [(i + 1, 8) for i in range(8)]
    assert [made is not None for *_, made in told] == [False] * 3 + [True] + [False] * 3 + [True]
    assert notes_of(told[-1][2]) == notes_of(final)
    for part, notes in told[3][2].parts.items():
        begun = final.parts[part][final.parts[part]["start"] < 4 * 48]
        assert notes["pitch"].tolist() == begun["pitch"].tolist()


def test_shared_beginnings_are_read_once(lead):
    alone, four = FakeSession(8192), FakeSession(8192)
    arrange(job(lead, candidates=1), alone, np.random.default_rng(0))
    arrange(job(lead, candidates=4), four, np.random.default_rng(0))
    heading = 6 + len(BAND.parts)
    assert four.caches[0].fed < 4 * alone.caches[0].fed - 3 * heading + 400


def test_the_best_of_several_candidates_goes_on(lead):
    """The critic hears a phrase at a time, and its choice is what is played."""
    heard: dict[tuple[int, int], list[int]] = {}

    def notes_in(sheet: LeadSheet, made: Arrangement, first: int, last: int) -> int:
        begin, end = sheet.bar_starts()[[first, last]]
        starts = np.concatenate([notes["start"] for notes in made.parts.values()])
        return int(((starts >= begin) & (starts < end)).sum())

    class Dense:
        def score(self, sheet, candidates, first, last):
            heard[first, last] = [notes_in(sheet, made, first, last) for made in candidates]
            return np.array(heard[first, last], dtype=float)

    sheet = repeated(lead, 2)
    work = replace(job(sheet, candidates=4), critic=Dense())
    made = arrange(work, FakeSession(), np.random.default_rng(1))
    assert set(heard) == {(first, first + 4) for first in range(0, sheet.bars, 4)}
    assert any(len(set(counts)) > 1 for counts in heard.values())
    for phrase, counts in heard.items():
        assert notes_in(sheet, made, *phrase) == max(counts)


@cache
def played(name: str, without: tuple[str, ...], seed: int) -> dict[str, list]:
    """A song that gives each mechanism something to say, `name` among them."""
    sheet = replace(repeated(lead_sheet(np.random.default_rng(1)), 4), tempos=(Tempo(0, 220.0),))
    sheet = replace(sheet, chords=(Chord(0, -1), *sheet.chords[2:]))
    if name == "shadow":  # a tune so dense that chance strikes three of its notes on end
        dense = [(start, 6, 60, 90) for start in range(0, sheet.length, 6)]
        sheet = replace(sheet, melody=notes_array(dense), tempos=(Tempo(0, 90.0),))
    if name == "ending":
        last = notes_array([(sheet.length - 48, 48, 60, 90)])
        before = sheet.melody[sheet.melody["start"] < sheet.length - 48]
        sheet = replace(sheet, melody=np.concatenate([before, last]))
    players = tuple(p for p in BAND if name != "ground" or p.part != "bass")
    band = Band(players, usual=dict.fromkeys(BAND.parts, USUAL), kit=(0.9, 0.9))
    asked = {
        "walking": {"walking": ("bass",)},
        "returns": {"returning": 1.0},
        "fills": {"fills": (1.0, 1.0)},
        "ending": {"ends": True},
    }.get(name, {})
    work = replace(job(sheet, without=without), band=band, **asked)
    session = FakeSession(640, likely=v.PITCH.first + 36 if name == "stuck" else None)
    return notes_of(arrange(work, session, np.random.default_rng(seed)))


@pytest.mark.slow
@pytest.mark.parametrize("name", [m for m in MECHANISMS if m != "grammar"])
def test_every_mechanism_has_a_say(name):
    """With it and without it another song is played: it is wired through the whole decoder."""
    kinds = ("shadow", "ground", "stuck", "walking", "ending", "returns", "fills")
    kind = name if name in kinds else ""
    with_it, without = (partial(played, kind, left_out) for left_out in ((), (name,)))
    assert any(with_it(seed) != without(seed) for seed in range(1, 40))


def test_only_the_grammar(lead):
    everything = tuple(name for name in MECHANISMS if name != "grammar")
    one, other = (
        notes_of(arrange(job(lead, **kind), FakeSession(), np.random.default_rng(1)))
        for kind in ({"only": ("grammar",)}, {"without": everything})
    )
    assert one == other


def test_names_that_are_no_mechanism_are_refused():
    with pytest.raises(ValueError, match="'swing' is no mechanism: grammar, budget"):
        DecodeOptions(without=("swing",))
    with pytest.raises(ValueError, match="grammar cannot"):
        DecodeOptions(without=("grammar",))


def old(lead: LeadSheet) -> Arrangement:
    there = dict(arrangement(lead, "b").parts)
    for part in ("piano", "guitar", "winds"):
        there[part] = notes_array([(48 * b + 6, 6, 60 + b % 5, 70) for b in range(lead.bars)])
    return Arrangement({part: there[part] for part in BAND.parts})


@pytest.mark.parametrize(("first", "last"), [(0, 2), (2, 3), (3, 7), (6, 8)])
def test_bars_anew_leave_all_others(lead, first, last):
    there = old(lead)
    made = arrange(
        replace(job(lead), redo=Redo(there, first, last)), FakeSession(), np.random.default_rng(2)
    )
    begin, end = 48 * first, 48 * last
    for part, notes in made.parts.items():
        before = there.parts[part]
        for outside in ("start",):
            kept = notes[(notes[outside] < begin) | (notes[outside] >= end)]
            same = before[(before[outside] < begin) | (before[outside] >= end)]
            assert kept.tolist() == same.tolist()
        new = notes[(notes["start"] >= begin) & (notes["start"] < end)]
        assert (new["start"] + new["duration"] <= end).all()
    assert notes_of(made) != notes_of(there)


def test_a_part_anew_leaves_the_others_and_hears_them(lead):
    there = old(lead)
    session = FakeSession()
    redo = Redo(there, 2, 6, ("piano",))
    made = arrange(replace(job(lead), redo=redo), session, np.random.default_rng(2))
    for part, notes in made.parts.items():
        assert (notes.tolist() == there.parts[part].tolist()) == (part != "piano")
    Grammar().feed(session.caches[0].rows[0])
    hats = sum(t == v.DRUM[42 - v.FIRST_DRUM] for t in session.caches[0].rows[0])
    assert hats == 8 * 6  # those of the bars up to the last one anew


def test_attributes_that_are_said_are_played(lead):
    said = {"bass": (3, 0, 4, 0), "drums": (0, -1, -1, -1)}
    session = FakeSession(4096)
    made = arrange(replace(job(lead), attributes=said), session, np.random.default_rng(0))
    assert not len(made.parts["drums"]) and len(made.parts["bass"])
    tokens = session.caches[0].rows[0]
    bass = v.PART[1]
    first = next(tokens[i + 1 : i + 5] for i, t in enumerate(tokens) if t == bass)
    assert first == [v.DENSITY[3], v.SIZE_OF_CHORDS[0], v.REGISTER[4], v.FIGURE[0]]


@pytest.mark.slow
def test_a_section_is_played_as_it_was_begun(lead):
    session = FakeSession(8192)
    arrange(job(repeated(lead, 3)), session, np.random.default_rng(0))
    tokens = session.caches[0].rows[0]
    said = [
        tuple(tokens[i + 1 : i + 5] if tokens[i + 1] != v.DENSITY[0] else tokens[i + 1 : i + 2])
        for i, t in enumerate(tokens[:-1])
        if t == v.PART[2] and tokens[i + 1] in v.DENSITY
    ]
    spoken = [one for one in said if one != (v.DENSITY[0],)]  # who was silent may come in later
    assert len(said) == 6 and len(spoken) > 2 and len(set(spoken)) == 1
    session = FakeSession(8192)
    arrange(job(repeated(lead, 3), without=("sections",)), session, np.random.default_rng(0))
    tokens = session.caches[0].rows[0]
    densities = [tokens[i + 1] for i, t in enumerate(tokens[:-1]) if t in v.PART]
    assert len({t for t in densities if t in v.DENSITY}) > 1


def test_a_song_that_does_not_fit_is_refused(lead):
    dense = replace(
        lead, melody=notes_array([(i, 1, 60, 80) for i in range(0, 384)]), chords=lead.chords
    )
    with pytest.raises(RestyleError, match="more than the model can read"):
        arrange(job(dense), FakeSession(300), np.random.default_rng(0))
