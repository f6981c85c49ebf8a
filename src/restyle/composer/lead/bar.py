"""One bar of several lines at once: where notes begin, how high and how long they are."""

from __future__ import annotations

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.brief import Brief, Line
from restyle.composer.lead.engine import Ints, State, draw, log_softmax
from restyle.composer.lead.form import NEW
from restyle.composer.lead.given import Given, given_rhythm
from restyle.composer.lead.rhythm import TIED, open_lengths, open_places, strong
from restyle.composer.lead.rules import Moment, Note, rubs, tones, weights
from restyle.composer.lead.usual import usual

GRIDS = np.array([e.length_of(number) for number in range(e.LENGTHS)])
OFF_BEAT = 3.0
"""Nats for places off the beat, for each share of notes there above 38 %."""


def write_bar(
    brief: Brief, bar: int, state: State, lines: list[Line], middle: dict[int, float],
    breathes: bool, rng: np.random.Generator,
) -> State:  # fmt: skip
    """Write one bar of every line."""
    state = brief.net.listen(state, _events(brief, bar, lines, None), brief.about)
    forced = [given_rhythm(brief, bar, line, rng) for line in lines]
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
        _notes(brief, bar, turn, alive, places, here, lines, forced, middle[bar],
               end if breathes else 0, rng)  # fmt: skip
        heard = _events(brief, bar, [lines[r] for r in alive], places)
        state = state.put(alive, brief.net.listen(here, heard, brief.about))
        turn += 1
    return state


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
    lines: list[Line], forced: list[Given], middle: float, end: int, rng: np.random.Generator,
) -> None:  # fmt: skip
    """Draw pitch and length of the next note of each line that has one in this bar; it ends at
    `end` at the latest, if that is not 0."""
    second = places >= e.MIDDLE[brief.meter]
    pairs = [brief.chords_at(bar, int(s)) for s in second]
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
    forced: list[Given], rng: np.random.Generator,
) -> list[int]:  # fmt: skip
    odds = brief.net.lengths(here, places, numbers)
    tied = brief.style in TIED and bar >= 0 and brief.next_is_free(bar)
    for k in range(len(alive)):
        odds[k, ~open_lengths(int(places[k]), brief.meter, tied)] = -1e9
        _, coming = brief.chords_at(bar, int(places[k] >= e.MIDDLE[brief.meter]))
        if rubs(int(numbers[k]) + e.LOWEST - 1, coming):
            odds[k, brief.until_next(int(places[k])) < GRIDS] -= 6.0
    drawn = draw(odds, rng, brief.temperature, 0.95)
    out = []
    for k, row in enumerate(alive):
        notes = forced[row]
        out.append(notes[turn][1] if notes is not None else e.length_of(int(drawn[k])))
    return out


def _moment(
    brief: Brief, bar: int, place: int, pair: tuple[int, int], wanted: int | None,
    middle: float, turn: int, notes: Given,
) -> Moment:  # fmt: skip
    plan = brief.plan[max(bar, 0)]
    closing: tuple[int, ...] = ()
    home = 9 if brief.minor else 0
    own = [n for n in notes or () if n[0] < e.MIDDLE[brief.meter] or n[1] >= e.BEAT[brief.meter]]
    body = len(own) - (len(brief.upbeat) if brief.leads_on(bar) else 0)
    if bar >= 0 and plan.cadence and notes is not None and turn == max(body, 1) - 1:
        third = (home + (3 if brief.minor else 4)) % 12
        closing = (home,) if plan.last else (home, third)
        if plan.cadence == "half" or home not in tones(int(brief.chords[bar, 0])):
            closing = tuple(tones(int(brief.chords[bar, 1])))
    ahead = bar >= 0 and bar + 1 < len(brief.plan) and brief.plan[bar + 1].cadence == "full"
    lasts = notes is not None and notes[turn][1] > brief.until_next(place)
    return Moment(
        pair[0], pair[1], strong(place, brief.meter), brief.minor, brief.low, brief.high, middle,
        wanted, closing, brief.style, ahead and place >= e.MIDDLE[brief.meter], lasts,
    )  # fmt: skip


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
            pair = brief.chords_at(bar, 0)
            after = brief.chords_at(bar, 1)
            rows.append((e.BAR, 0, 0, pair[0], after[0], *about))
            continue
        note = line.notes[-1]
        pair = brief.chords_at(bar, int(places[k] >= e.MIDDLE[brief.meter]))
        rows.append((note.place, e.pitch_number(note.pitch), e.length_number(note.length),
                     *pair, *about))  # fmt: skip
    return np.array(rows, np.int64)
