"""Hypothesis strategies for lead sheets and arrangements, as real as random ones can be."""

from hypothesis import strategies as st

from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Chord, Key, Meter, Tempo, bar_lines, notes_array
from restyle.tokens import vocabulary as v

VELOCITY = 80


@st.composite
def meters(draw: st.DrawFn) -> tuple[tuple[Meter, ...], int]:
    """Some meters, each for a few whole bars, and the length of it all."""
    out: list[Meter] = []
    end = 0
    for _ in range(draw(st.integers(1, 3))):
        numerator, denominator = draw(st.sampled_from(v.METERS))
        meter = Meter(end, numerator, denominator)
        end += meter.bar_length(GRID) * draw(st.integers(1, 3))
        if not out or out[-1].name != meter.name:
            out.append(meter)
    return tuple(out), end


@st.composite
def leads(draw: st.DrawFn) -> LeadSheet:
    """A lead sheet whose chords are style-free and whose melody is monophonic."""
    signature, length = draw(meters())
    lines = bar_lines(signature, length, GRID)
    chords: list[Chord] = []
    for start in sorted({0, *draw(st.lists(st.integers(0, length - 1), max_size=6))}):
        root = draw(st.integers(-1, 11))
        bass = draw(st.integers(0, 11)) if root >= 0 and draw(st.booleans()) else root
        chord = Chord(start, root, draw(st.sampled_from(v.TRIADS)) if root >= 0 else "maj", bass)
        if not chords or (chord.root, chord.quality, chord.bass) != (
            chords[-1].root, chords[-1].quality, chords[-1].bass,
        ):  # fmt: skip
            chords.append(chord)
    starts = sorted(draw(st.sets(st.integers(0, length - 1), max_size=20)))
    melody = [
        (s, draw(st.sampled_from(v.DURATIONS)), draw(st.integers(0, 127)), VELOCITY) for s in starts
    ]
    return LeadSheet(
        melody=notes_array(melody),
        chords=tuple(chords),
        meters=signature,
        tempos=(Tempo(0, float(draw(st.integers(40, 240)))),),
        key=Key(draw(st.integers(0, 11)), draw(st.sampled_from(["major", "minor"]))),
        length=int(lines[-1]),
    )


@st.composite
def arrangements(draw: st.DrawFn, length: int) -> Arrangement:
    """Parts on the grid, at least one."""
    names = draw(st.sets(st.sampled_from(PARTS), min_size=1, max_size=4))
    parts = {}
    for name in names:
        low, high = (v.FIRST_DRUM, v.LAST_DRUM) if name == "drums" else (0, 127)
        places = draw(
            st.sets(st.tuples(st.integers(0, length - 1), st.integers(low, high)), max_size=30)
        )
        lengths = st.just(1) if name == "drums" else st.sampled_from(v.DURATIONS)
        parts[name] = notes_array((s, draw(lengths), p, VELOCITY) for s, p in places)
    return Arrangement(parts)


@st.composite
def pieces(draw: st.DrawFn) -> tuple[LeadSheet, Arrangement]:
    """A lead sheet and an arrangement of the same length."""
    lead = draw(leads())
    return lead, draw(arrangements(lead.length))
