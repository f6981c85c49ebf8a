"""All numbers of the decoder that were set by hand, in one table, with their reasons.

Those of instruments stand in `music/instruments.csv`, with their sources. What a number is worth
`restyle evaluate --without NAME` measures, by the name of the mechanism that it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

from restyle.music.song import GRID


@dataclass(frozen=True)
class DecoderFigures:
    """The table. Lengths are grid positions where nothing else is said."""

    # speed
    shortest_ms: int = 60
    """Nothing is shorter, and no two onsets of a part are closer: nobody hears them apart as
    notes."""
    # hands
    most_at_once: int = 6
    """Notes of a part at once: what the training songs are thinned to (`music.parts`)."""
    drums_at_once: int = 4
    """Two hands and two feet."""
    sticks: int = 2
    """Drums of a kit that are struck at once, those of the feet apart."""
    between_hands: int = 12
    """Semitones that may lie between the stretches of two hands on keys."""
    highest_bass: int = 52
    """E3: a bass line is hardly ever above it, where a piano's left hand is."""
    # tune
    above_tune: int = GRID
    """How long a part may be above the tune: a beat passes by, more is a second tune."""
    low_tune: int = 66
    """F sharp 4: while the tune is below it, bands of songs are above it half of the time (.46 to
    .63 in pop, soul, film and rock; .22 to .36 while it is higher: `benchmarks/habits.py`)."""
    # stuck
    one_pitch_bars: int = 4
    """Bars in a row that a part may strike one pitch alone."""
    # harmony keep
    passing: int = GRID // 2
    """How long a note that is not in the chord may last: it passes."""
    # holding
    strange: int = 3 * GRID // 4
    """How long a note that is neither in the chord nor in the scale may last: less than a beat,
    from which on it is heard as harmony; a walking bass still steps on it."""
    # silence
    least_of_density: float = 0.5
    """Share of a density's fewest onsets that must be there by the end of each bar."""
    # budget
    most_tokens: int = 150
    """Tokens of a part in a bar, after which it must come to an end: no bar runs away."""
    usual_tokens: int = 30
    """Tokens that are left to each part that comes after."""
    spare_tokens: int = 8
    """Tokens that a part may still take after it was told to end, and its name."""
    # chord
    pitch_temperature: float = 0.85
    """Below 1: pitches are chosen more surely than what is played when."""
    chord_tone: float = 0.6
    """Nats for a chord's notes on the strongest position, less on weaker ones."""
    bass_note: float = 1.2
    """Nats more for the chord's bass note in the bass: it says which chord it is."""
    outside: float = 1.0
    """Nats off a note that is neither in the chord nor in the scale."""
    plain_colours: float = 0.3
    """Share of sevenths and sixths in a style's songs up to which its chords are mostly triads."""
    seventh: float = 4.5
    """Nats for the chord's seventh at a share of 1 above that: a tune over plain triads, as a lead
    sheet says them, is played plainer than the style's own songs are."""
    held_strange: float = 0.35
    """Nats off each beat that a note lasts which does not fit its chord."""
    by_level: tuple[float, ...] = (1.0, 0.8, 0.6, 0.4, 0.25)
    """How much of these by metrical level: a downbeat says the harmony, a passing note need not."""
    # usual
    unusual: float = 12.0
    """Nats off what is unusual: as good as forbidden, unless somebody asks for it."""
    sparsest: float = 0.2
    """Share of a style's phrases that are sparser than what is usual."""
    densest: float = 0.93
    """Share of them above which a density is denser than that."""
    common: float = 0.85
    """Share of a style's phrases that have the commonest sizes, registers and figures."""
    how_temperature: float = 0.6
    """Below 1: how a part plays its phrase is chosen more surely than its notes are."""
    alone: float = 6.0
    """Nats off a line of single notes where a part alone carries the chords."""
    # ground
    ground: float = 3.0
    """Nats for the chord's bass note at the beginning of a bar, where there is no bass."""
    left_hand: int = 52
    """E3: what is not above it sounds as a bass."""
    # doubling
    doubling: float = 2.0
    """Nats off the tune's own note where it begins, and off its octave below."""
    doubling_winds: float = 1.0
    """The same for winds and brass, as orchestras have it: of their notes 23 and 19 of a hundred
    double the tune in film songs, of a piano's 10 to 15 (`benchmarks/habits.py`)."""
    doubled_chord: float = 1.3
    """Nats off a note that another part with chords sounds there."""
    doubled_bass: float = 1.0
    """Nats off the bass' note and its octaves, in a line of single notes above it."""
    # shadow
    shadow: float = 2.5
    """Nats off the tune's next note, where a part with chords has struck the two before it."""
    together: float = 0.5
    """Share of bars in which a style's songs do so, from which on nothing is off."""
    # rubs
    rub: float = 1.0
    """Nats off a note that is a half step from the tune's where it begins, or a minor ninth."""
    # spread
    spread: float = 1.0
    """Nats off a register next to another part's with chords, twice that off its own."""
    # voices
    near: int = 5
    """Semitones from what a part struck before that cost nothing: a fourth."""
    leap: float = 0.35
    """Nats off each semitone more."""
    farthest: int = 17
    """Semitones from which on no more is off."""
    thread: int = 8
    """Beats after which a part begins anew."""
    # kit
    kit: float = 2.5
    """Nats for the first kick of a phrase on one, and its first snare on another beat."""
    kit_from: float = 0.7
    """Share of a style's phrases with drums that must have a kick, or a snare."""
    # fills
    fill: float = 4.0
    """Nats for snare and toms in a fill, off hi-hat and ride; for the crash after it."""
    short_fills: float = 0.5
    """Share of the fills that take one beat; the others take two."""
    # sections
    kept: float = 20.0
    """Nats for the attributes that a section has: as good as forced."""
    said: float = 100.0
    """Nats for what somebody says of a part: more than all that speaks against it."""
    # walking
    step: float = 1.0
    """Nats for a step in the scale to the next note of a walking line."""
    astray: float = 3.0
    """Nats off a note of it that is neither a step away nor in the chord."""
    staying: float = 3.0
    """Nats off the note that was just there."""
    # ending
    held_end: float = 0.85
    """Share of the tune's last note that the band's last chord is held at least: in three of four
    songs it lasts as long."""
    # energy
    denser: float = 1.2
    """Nats for each bin of density at full energy, off at none: three bins are a model's
    certainty of one."""
    fuller: float = 0.6
    """The same for each bin of chord size."""
    # context
    free: float = 0.25
    """Share of the context that is free before a phrase begins."""
    phrase_room: float = 1.5
    """Times the longest phrase so far that is free, at least."""
    example: float = 0.35
    """Share of the context that an example's bars take; training gives them two fifths at most."""
    # best of
    candidates: int = 4
    """How often a passage is played: what was chosen of eight, readers preferred to what was chosen
    of four in 27 of 58 comparisons (`benchmarks/comparisons.py make --candidates 4,8`)."""
    off_density: float = 0.1
    """Off a candidate for each bin of density that its parts are from what was said, on average."""


FIGURES = DecoderFigures()
