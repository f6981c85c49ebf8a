"""The tune of a song: drawn phrase by phrase, of several the best."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.engine import Ints, State, TuneNet, draw, log_softmax
from restyle.composer.lead.form import NEW, RHYTHM, SAME, SEQUENCE, Bar
from restyle.composer.lead.rhythm import (
    FULL_CLOSES,
    HALF_CLOSES,
    TIED,
    Pattern,
    open_lengths,
    open_places,
    pick,
    strong,
)
from restyle.composer.lead.rules import Moment, Note, rubs, sequence, tones, weights
from restyle.composer.lead.usual import usual
from restyle.composer.lead.worth import phrase_worth

CANDIDATES = 12
"""Phrases drawn, of which one is kept."""
GRIDS = np.array([e.length_of(number) for number in range(e.LENGTHS)])
CRACK = 6
"""Grid positions of silence between two notes of a phrase that nobody would sing."""

OFF_BEAT = 3.0
"""Nats for places off the beat, for each share of notes there above 38 %."""


@dataclass(frozen=True)
class Brief:
    """What a tune is written over and to."""

    net: TuneNet
    about: tuple[int, int, int]
    style: str
    meter: str
    plan: list[Bar]
    chords: Ints
    """(bars, 2)."""
    low: int
    high: int
    upbeat: Pattern = ()
    """Notes that lead into each section, in the bar before it."""
    lifted: str = ""
    """Letters that lie higher."""
    rhythms: dict[int, Pattern] = field(default_factory=dict)
    """Bars whose rhythm is given (by words, or a motif)."""
    given: dict[int, tuple[Note, ...]] = field(default_factory=dict)
    """Bars whose notes are given."""
    temperature: float = 0.9
    notes_a_bar: float = 5.0

    @property
    def minor(self) -> bool:
        return bool(self.about[2])


@dataclass
class Line:
    """One tune on the way: its notes, and how likely they were."""

    notes: list[Note]
    likely: float = 0.0
    drawn: int = 0


def write_tune(brief: Brief, rng: np.random.Generator) -> list[Note]:
    """The notes of the whole plan, in order; the upbeat to the first bar stands in bar -1."""
    state = brief.net.start(1)
    notes: list[Note] = []
    if brief.upbeat:
        state, notes = _phrase(brief, [-1], state, notes, rng)
    begin = 0
    for i, bar in enumerate(brief.plan):
        if bar.left == 1 or i - begin == 3 or i + 1 == len(brief.plan):
            state, notes = _phrase(brief, list(range(begin, i + 1)), state, notes, rng)
            begin = i + 1
    return _one_voice(notes, e.BAR_LENGTH[brief.meter])


def _one_voice(notes: list[Note], bar: int) -> list[Note]:
    """The notes, each ending at the latest where the next begins: a tie that was copied may lead
    into a bar that is new."""
    out = []
    for note, following in pairwise(notes):
        room = (following.bar - note.bar) * bar + following.place - note.place
        out.append(replace(note, length=min(note.length, room)))
    return [*out, *notes[-1:]]


def _phrase(
    brief: Brief, bars: list[int], state: State, notes: list[Note], rng: np.random.Generator
) -> tuple[State, list[Note]]:
    """Draw a phrase several times, and go on from the best."""
    copied = all(b >= 0 and brief.plan[b].how == SAME for b in bars)
    count = 1 if copied else CANDIDATES
    lines = [Line(list(notes)) for _ in range(count)]
    peak = _contour(brief, bars, rng)
    breaths = {bar for bar in bars if _breathes(brief, bar, rng)}
    state = state.rows(np.zeros(count, int))
    for bar in bars:
        state = _bar(brief, bar, state, lines, peak, bar in breaths, rng)
    worth = [
        line.likely / max(line.drawn, 1)
        + phrase_worth(line.notes[len(notes) :], line.notes[: len(notes)], brief.chords,
                       brief.meter, brief.notes_a_bar, len(bars), brief.style)
        for line in lines
    ]  # fmt: skip
    best = int(np.argmax(worth))
    kept = lines[best].notes
    fresh = [i for i in range(len(notes), len(kept) - 1) if _is_new(brief, kept[i])]
    for i in fresh:
        kept[i] = _joined(kept[i], kept[i + 1], e.BAR_LENGTH[brief.meter])
    return state.rows([best]), kept


def _breathes(brief: Brief, bar: int, rng: np.random.Generator) -> bool:
    """Whether the tune rests at the end of a bar that is new: where four bars or two are over, the
    more often, the more rests the style's tunes have."""
    if bar < 0 or brief.plan[bar].how != NEW or brief.plan[bar].cadence:
        return False
    silent = min(usual(brief.style).silent, 0.25)
    place = brief.plan[bar].place % 4
    chance = 4.0 * silent if place == 3 else 2.0 * silent if place == 1 else 0.0
    return bool(rng.random() < chance)


def _is_new(brief: Brief, note: Note) -> bool:
    """Whether a note's length is the network's, not the user's or an earlier bar's."""
    return note.bar >= 0 and note.bar not in brief.given and brief.plan[note.bar].how != SAME


def _joined(note: Note, following: Note, bar: int) -> Note:
    """The note held on to the next one where only a crack is between them."""
    gap = (following.bar - note.bar) * bar + following.place - note.place - note.length
    return replace(note, length=note.length + gap) if 0 < gap <= CRACK else note


def _contour(brief: Brief, bars: list[int], rng: np.random.Generator) -> dict[int, float]:
    """The pitch that the line is drawn to in each bar: phrases rise and sink again, most of all
    (Huron 1996, *The melodic arch*), and the last sinks home."""
    first = brief.plan[max(bars[0], 0)]
    centre = (brief.low + brief.high) / 2 + (2.5 if first.letter in brief.lifted else 0.0)
    shape = [(-3.0, 0.5, 4.0, -2.0), (0.0, 4.0, 2.0, -3.0), (-4.0, -1.0, 2.5, 3.5),
             (4.0, 2.0, -1.0, -4.0)][int(rng.choice(4, p=(0.4, 0.25, 0.15, 0.2)))]  # fmt: skip
    if brief.plan[max(bars[-1], 0)].cadence == "full":
        shape = (shape[0], max(shape[1], 3.0), 0.5, -4.0)
    return {bar: centre + shape[min(i, 3)] for i, bar in enumerate(bars)}


def _bar(
    brief: Brief, bar: int, state: State, lines: list[Line], middle: dict[int, float],
    breathes: bool, rng: np.random.Generator,
) -> State:  # fmt: skip
    """Write one bar of every line."""
    state = brief.net.listen(state, _events(brief, bar, lines, None), brief.about)
    forced = [_forced(brief, bar, line, rng) for line in lines]
    alive = np.arange(len(lines))
    turn = 0
    end = e.BAR_LENGTH[brief.meter] - (e.BEAT[brief.meter] if breathes else 0)
    while len(alive):
        here = state.rows(alive)
        logits = brief.net.places(here)
        places = np.full(len(alive), e.BAR)
        free = []
        for k, row in enumerate(alive):
            notes = forced[row]
            if notes is not None:
                places[k] = notes[turn][0] if turn < len(notes) else e.BAR
            else:
                free.append(k)
        if free:
            odds = np.stack([_place_odds(brief, bar, lines[alive[k]], logits[k], end - 1)
                             for k in free])  # fmt: skip
            places[free] = draw(odds, rng, brief.temperature, 0.95)
            said = log_softmax(odds)[np.arange(len(free)), places[free]]
            for k, p in zip(free, said.tolist(), strict=True):
                lines[alive[k]].likely += p
                lines[alive[k]].drawn += 1
        on = places < e.BAR
        alive, places, here = alive[on], places[on], here.rows(on)
        if not len(alive):
            break
        _notes(
            brief,
            bar,
            turn,
            alive,
            places,
            here,
            lines,
            forced,
            middle[bar],
            end if breathes else 0,
            rng,
        )
        heard = _events(brief, bar, [lines[r] for r in alive], places)
        state = state.put(alive, brief.net.listen(here, heard, brief.about))
        turn += 1
    return state


Forced = list[tuple[int, int, int | None, bool]] | None
"""Place, length, the pitch where it is known, and whether it is certain."""


def _forced(brief: Brief, bar: int, line: Line, rng: np.random.Generator) -> Forced:
    """The rhythm of a bar where the plan gives it, with the pitches that a motif has."""
    if bar < 0:
        return [(p, n, None, False) for p, n in brief.upbeat]
    plan = brief.plan[bar]
    if bar in brief.given:
        return [(n.place, n.length, n.pitch, True) for n in brief.given[bar]]
    source = [n for n in line.notes if n.bar == plan.source] if plan.source >= 0 else []
    upbeat = _leads_on(brief, bar)
    if bar in brief.rhythms:
        return _over_words(brief, bar, source)
    if plan.how == SAME and source:
        return [(n.place, n.length, n.pitch, True) for n in source]
    if plan.cadence:
        closes = FULL_CLOSES if plan.cadence == "full" else HALF_CLOSES
        pattern = pick(closes[brief.meter], rng)
        if upbeat:
            first = brief.upbeat[0][0]
            pattern = tuple((p, min(n, first - p)) for p, n in pattern if p < first) + brief.upbeat
        return [(p, n, None, False) for p, n in pattern]
    if plan.how == RHYTHM and source:
        return [(n.place, n.length, None, False) for n in source]
    if plan.how == SEQUENCE and source:
        beats = [strong(n.place, brief.meter) for n in source]
        old, new = int(brief.chords[plan.source, 0]), int(brief.chords[bar, 0])
        moved = sequence(source, old, new, brief.minor, beats)
        return [(n.place, n.length, p, False) for n, p in zip(source, moved, strict=True)]
    assert plan.how in (NEW, RHYTHM, SEQUENCE, SAME)
    return None


def _over_words(brief: Brief, bar: int, source: list[Note]) -> Forced:
    """The rhythm of the words, with the pitches of a bar that comes again where they fit."""
    pattern = brief.rhythms[bar]
    wanted: list[int | None] = [None] * len(pattern)
    if brief.plan[bar].how in (SAME, SEQUENCE) and len(source) == len(pattern):
        old, new = int(brief.chords[brief.plan[bar].source, 0]), int(brief.chords[bar, 0])
        beats = [strong(n.place, brief.meter) for n in source]
        same = brief.plan[bar].how == SAME and old == new
        pitches = [n.pitch for n in source]
        wanted = [*(pitches if same else sequence(source, old, new, brief.minor, beats))]
    return [(p, n, w, False) for (p, n), w in zip(pattern, wanted, strict=True)]


def _leads_on(brief: Brief, bar: int) -> bool:
    """Whether an upbeat at the end of this bar leads into the next phrase."""
    following = bar + 1
    return bool(brief.upbeat) and following < len(brief.plan) and brief.plan[following].begins


def _place_odds(brief: Brief, bar: int, line: Line, odds: np.ndarray, latest: int) -> np.ndarray:
    busy, last = 0, -1
    if line.notes:
        note = line.notes[-1]
        busy = note.place + note.length - (bar - note.bar) * e.BAR_LENGTH[brief.meter]
        last = note.place if note.bar == bar else -1
    allowed = open_places(max(busy, 0), last, brief.meter, latest)
    out = np.where(allowed, odds, -1e9)
    if last < 0:
        out[e.BAR] -= 4.0  # a bar of the tune is seldom empty
        if bar >= 0 and brief.plan[bar].begins and allowed[0]:
            out[0] += 1.5
    beat = e.BEAT[brief.meter]
    off = np.array([place % beat != 0 for place in range(e.BAR)])
    out[: e.BAR][off] += OFF_BEAT * (usual(brief.style).off_beat - 0.38)
    return np.asarray(out)


def _notes(
    brief: Brief, bar: int, turn: int, alive: Ints, places: Ints, here: State,
    lines: list[Line], forced: list[Forced], middle: float, end: int, rng: np.random.Generator,
) -> None:  # fmt: skip
    """Draw pitch and length of the next note of each line that has one in this bar; it ends at
    `end` at the latest, if that is not 0."""
    second = places >= e.MIDDLE[brief.meter]
    pairs = [_chords(brief, bar, int(s)) for s in second]
    chord, coming = (np.array(x) for x in zip(*pairs, strict=True))
    odds = brief.net.pitches(here, places, chord, coming)
    certain: dict[int, int] = {}
    for k, row in enumerate(alive):
        wanted, sure = None, False
        notes = forced[row]
        if notes is not None:
            _, _, wanted, sure = notes[turn]
        if sure and wanted is not None:
            certain[k] = wanted
        now = _moment(brief, bar, int(places[k]), pairs[k], wanted, middle, turn, notes)
        odds[k] = odds[k] + weights(now, lines[row].notes)
    numbers = draw(odds, rng, brief.temperature, 0.95)
    said = log_softmax(odds)
    lengths = _lengths(brief, bar, turn, alive, places, here, numbers, forced, rng)
    for k, row in enumerate(alive):
        pitch = certain.get(k, int(numbers[k]) + e.LOWEST - 1)
        room = end - int(places[k]) if end else lengths[k]
        lines[row].notes.append(Note(bar, int(places[k]), pitch, min(lengths[k], max(room, 3))))
        if k not in certain:
            lines[row].likely += float(said[k, numbers[k]])
            lines[row].drawn += 1


def _lengths(
    brief: Brief, bar: int, turn: int, alive: Ints, places: Ints, here: State, numbers: Ints,
    forced: list[Forced], rng: np.random.Generator,
) -> list[int]:  # fmt: skip
    odds = brief.net.lengths(here, places, numbers)
    tied = brief.style in TIED and bar >= 0 and _next_is_free(brief, bar)
    for k in range(len(alive)):
        odds[k, ~open_lengths(int(places[k]), brief.meter, tied)] = -1e9
        _, coming = _chords(brief, bar, int(places[k] >= e.MIDDLE[brief.meter]))
        if rubs(int(numbers[k]) + e.LOWEST - 1, coming):
            odds[k, _until_next(brief, int(places[k])) < GRIDS] -= 6.0
    drawn = draw(odds, rng, brief.temperature, 0.95)
    out = []
    for k, row in enumerate(alive):
        notes = forced[row]
        out.append(notes[turn][1] if notes is not None else e.length_of(int(drawn[k])))
    return out


def _until_next(brief: Brief, place: int) -> int:
    """Grid positions to the next half of a bar, where another chord may begin."""
    middle = e.MIDDLE[brief.meter]
    return (middle if place < middle else e.BAR_LENGTH[brief.meter]) - place


def _next_is_free(brief: Brief, bar: int) -> bool:
    if bar + 1 >= len(brief.plan) or bar + 1 in brief.rhythms or bar + 1 in brief.given:
        return False
    following = brief.plan[bar + 1]
    return following.how == NEW and not following.cadence


def _moment(
    brief: Brief, bar: int, place: int, pair: tuple[int, int], wanted: int | None,
    middle: float, turn: int, notes: Forced,
) -> Moment:  # fmt: skip
    plan = brief.plan[max(bar, 0)]
    closing: tuple[int, ...] = ()
    home = 9 if brief.minor else 0
    own = [n for n in notes or () if n[0] < e.MIDDLE[brief.meter] or n[1] >= e.BEAT[brief.meter]]
    body = len(own) - (len(brief.upbeat) if _leads_on(brief, bar) else 0)
    if bar >= 0 and plan.cadence and notes is not None and turn == max(body, 1) - 1:
        third = (home + (3 if brief.minor else 4)) % 12
        closing = (home,) if plan.last else (home, third)
        if plan.cadence == "half" or home not in tones(int(brief.chords[bar, 0])):
            closing = tuple(tones(int(brief.chords[bar, 1])))
    ahead = bar >= 0 and bar + 1 < len(brief.plan) and brief.plan[bar + 1].cadence == "full"
    lasts = notes is not None and notes[turn][1] > _until_next(brief, place)
    return Moment(
        pair[0], pair[1], strong(place, brief.meter), brief.minor, brief.low, brief.high, middle,
        wanted, closing, brief.style, ahead and place >= e.MIDDLE[brief.meter], lasts,
    )  # fmt: skip


def _chords(brief: Brief, bar: int, second: int) -> tuple[int, int]:
    """The chord of a half bar, and of the next."""
    flat = brief.chords.reshape(-1)
    at = 2 * bar + second
    if at < 0:  # the upbeat: over the dominant, before the first chord
        return (4 if brief.minor else 7), int(flat[0])
    return int(flat[at]), int(flat[min(at + 1, len(flat) - 1)])


def _events(brief: Brief, bar: int, lines: list[Line], places: Ints | None) -> Ints:
    """The event that each line has just written: its last note, or the bar line."""
    plan = brief.plan[max(bar, 0)]
    lag = 0
    if plan.how != NEW and plan.source >= 0 and bar - plan.source in e.LAGS:
        lag = e.LAGS.index(bar - plan.source)
    about = (bar % e.PHASES, plan.left if bar >= 0 else 4, lag)
    rows = []
    for k, line in enumerate(lines):
        if places is None:
            pair = _chords(brief, bar, 0)
            after = _chords(brief, bar, 1)
            rows.append((e.BAR, 0, 0, pair[0], after[0], *about))
            continue
        note = line.notes[-1]
        pair = _chords(brief, bar, int(places[k] >= e.MIDDLE[brief.meter]))
        rows.append((note.place, e.pitch_number(note.pitch), e.length_number(note.length),
                     *pair, *about))  # fmt: skip
    return np.array(rows, np.int64)
