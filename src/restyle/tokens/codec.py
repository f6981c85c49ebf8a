"""Songs to tokens and back: the bar-interleaved sequence.

    <bos> <style> <manner> <feel> <tempo> <key> <instrument>*
    <bar> lead 1
    <bar> lead 2   arrangement 1
    ...
    <end>          arrangement N   <eos>

A lead bar is (position chord [bass])+ (position pitch duration)*; an arrangement bar is, for each
part in use, <part> (position (pitch duration)+)*, drums with their own tokens and no durations. In
the first bar of a phrase, tokens after <part> say how it plays through the phrase (`attributes`).
The lead runs one bar ahead, so that an arrangement knows where the harmony goes. After Compose &
Embellish (Wu & Yang 2023), whose lead sheet stands beside, not ahead of, its bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Chord, Meter, Notes, Tempo, notes_array
from restyle.music.transpose import home_shift
from restyle.tokens import vocabulary as v
from restyle.tokens.attributes import attribute_tokens, phrase_starts
from restyle.tokens.heading import Heading, decode_heading

VELOCITY = 80
"""Velocities are not tokens: decoded notes have this one until dynamics are put on."""


@dataclass(frozen=True)
class Decoded:
    """What a token sequence says. Times are grid positions; velocities are `VELOCITY`."""

    heading: Heading
    lead: LeadSheet
    arrangement: Arrangement


def encode(lead: LeadSheet, arrangement: Arrangement, heading: Heading) -> list[int]:
    """The whole sequence of a song."""
    leads = encode_lead(lead)
    bars = encode_arrangement(arrangement, lead)
    out = heading.tokens() + leads[0]
    for following, bar in zip([*leads[1:], [v.END]], bars, strict=True):
        out += following + bar
    return [*out, v.EOS]


def encode_lead(lead: LeadSheet) -> list[list[int]]:
    """The tokens of each lead bar."""
    lines = lead.bar_starts()
    starts = lead.melody["start"]
    change = np.array([chord.start for chord in lead.chords], dtype=np.int64)
    out = []
    for begin, end in pairwise(lines):
        bar = [bar_token(lead.meter_at(int(begin)), int(end - begin))]
        first = int(np.searchsorted(change, begin, side="right")) - 1
        last = int(np.searchsorted(change, end, side="left"))
        sounding = lead.chords[max(first, 0) : last]
        if first < 0:
            sounding = (Chord(int(begin), -1), *(c for c in sounding if c.start > begin))
        previous: list[int] = []
        for chord in sounding:
            said = _chord_tokens(chord)
            if said != previous:  # C and C7 are the same chord to a style-free sheet
                bar += [v.POSITION[max(chord.start - int(begin), 0)], *said]
            previous = said
        low, high = np.searchsorted(starts, (begin, end))
        notes = lead.melody[low:high]
        for i, note in enumerate(notes):  # of notes struck together the top one is the tune
            if i + 1 < len(notes) and notes[i + 1]["start"] == note["start"]:
                continue
            bar += [
                v.POSITION[int(note["start"] - begin)],
                v.PITCH[int(note["pitch"])],
                v.duration_token(int(note["duration"])),
            ]
        out.append(bar)
    return out


def bar_token(meter: Meter, length: int) -> int:
    """The token of a bar of that meter; one cut short by a meter change is named by its length."""
    named = (meter.numerator, meter.denominator)
    if named in v.METERS and meter.bar_length(GRID) == length:
        return v.BAR[v.METERS.index(named)]
    lengths = np.array([4 * GRID * n // d for n, d in v.METERS])
    fits = np.flatnonzero(lengths >= length)
    if not len(fits):
        raise ValueError(f"a bar of {length} grid positions is longer than the vocabulary's")
    return v.BAR[int(fits[np.argmin(lengths[fits])])]


def _chord_tokens(chord: Chord) -> list[int]:
    if chord.root < 0:
        return [v.NO_CHORD]
    said = [v.CHORD[12 * v.TRIADS.index(chord.triad) + chord.root]]
    return said if chord.bass == chord.root else [*said, v.BASS[chord.bass]]


def encode_arrangement(
    arrangement: Arrangement, lead: LeadSheet, phrases: Sequence[int] = ()
) -> list[list[int]]:
    """The tokens of each arrangement bar; every part in use is named in every bar, and how it plays
    through a phrase stands in the phrase's first. `phrases` are the bars with which phrases begin,
    those of `phrase_starts` when empty."""
    lines = lead.bar_starts()
    shift = home_shift(lead.key)
    begins = [*(phrases or phrase_starts(lead))]
    phrase_ends = dict(pairwise([*begins, lead.bars]))
    out: list[list[int]] = [[] for _ in lines[:-1]]
    for part in arrangement.names:
        notes = arrangement.parts[part]
        edges = np.searchsorted(notes["start"], lines)
        for number, bar in enumerate(out):
            bar.append(v.PART[PARTS.index(part)])
            if number in phrase_ends:
                last = phrase_ends[number]
                phrase, length = (
                    notes[edges[number] : edges[last]],
                    int(lines[last] - lines[number]),
                )
                bar += attribute_tokens(phrase, part, length, shift)
            bar += _note_tokens(notes[edges[number] : edges[number + 1]], int(lines[number]), part)
    return out


def _note_tokens(notes: Notes, begin: int, part: str) -> list[int]:
    out: list[int] = []
    last = -1
    for start, duration, pitch, _ in notes.tolist():
        if start != last:
            out.append(v.POSITION[start - begin])
            last = start
        if part == "drums":
            out.append(v.DRUM[pitch - v.FIRST_DRUM])
        else:
            out += [v.PITCH[pitch], v.duration_token(duration)]
    return out


def decode_bar(tokens: Sequence[int], begin: int) -> dict[str, list[tuple[int, int, int, int]]]:
    """Note rows by part of one arrangement bar that starts at grid position `begin`."""
    out: dict[str, list[tuple[int, int, int, int]]] = {}
    part, position, pitch = "", begin, 0
    for token in tokens:
        if token in v.PART:
            part = PARTS[v.PART.value(token)]
            out[part] = []
        elif token in v.POSITION:
            position = begin + v.POSITION.value(token)
        elif token in v.DRUM:
            out[part].append((position, 1, v.FIRST_DRUM + v.DRUM.value(token), VELOCITY))
        elif token in v.PITCH:
            pitch = v.PITCH.value(token)
        elif token in v.DURATION:
            length = v.DURATIONS[v.DURATION.value(token)]
            out[part].append((position, length, pitch, VELOCITY))
    return out


def decode(tokens: Sequence[int]) -> Decoded:
    """The song that a sequence (whole, or any prefix that the grammar accepts) stands for."""
    heading = decode_heading(tokens)
    lines, leads, bars = [0], [], []
    for kind, piece in _pieces(tokens):
        if kind == "lead":
            numerator, denominator = v.METERS[v.BAR.value(piece[0])]
            leads.append((lines[-1], Meter(lines[-1], numerator, denominator), piece[1:]))
            lines.append(lines[-1] + 4 * GRID * numerator // denominator)
        else:
            bars.append(piece)
    rows: dict[str, list[tuple[int, int, int, int]]] = {part: [] for part in heading.parts}
    for begin, bar in zip(lines, bars, strict=False):
        for part, notes in decode_bar(bar, begin).items():
            rows[part] += notes
    arrangement = Arrangement(
        {part: notes_array(notes) for part, notes in rows.items()}, heading.classes
    )
    lead = _decode_lead(leads, lines[-1], heading)
    return Decoded(heading, replace(lead, pickup=_pickup(lead, arrangement, bars)), arrangement)


def _pickup(lead: LeadSheet, arrangement: Arrangement, bars: list[list[int]]) -> int:
    """How much of the first bar sounds where it is a pickup: a phrase begins after it."""
    begun = [any(token in v.DENSITY for token in bar) for bar in bars[:2]]
    if begun != [True, True]:
        return 0
    line = int(lead.bar_starts()[1])
    starts = [notes["start"][0] for notes in arrangement.parts.values() if len(notes)]
    starts += [lead.melody["start"][0]] if len(lead.melody) else []
    return max(line - int(min(starts, default=line)), 1)


def _pieces(tokens: Sequence[int]) -> list[tuple[str, list[int]]]:
    """The lead bars and arrangement bars of a sequence, in its order."""
    out: list[tuple[str, list[int]]] = []
    for token in tokens:
        if token in v.BAR:
            out.append(("lead", [token]))
        elif token == v.END:
            out.append(("end", []))
        elif token in v.PART and out and out[-1][0] != "arrangement":
            out.append(("arrangement", [token]))
        elif out and token != v.EOS:
            out[-1][1].append(token)
    return [piece for piece in out if piece[0] != "end"]


def _decode_lead(
    leads: list[tuple[int, Meter, list[int]]], length: int, heading: Heading
) -> LeadSheet:
    chords: list[Chord] = []
    melody: list[tuple[int, int, int, int]] = []
    meters: list[Meter] = []
    for begin, meter, tokens in leads:
        if not meters or meters[-1].name != meter.name:
            meters.append(meter)
        position, pitch = begin, 0
        for token in tokens:
            if token in v.POSITION:
                position = begin + v.POSITION.value(token)
            elif token in v.CHORD:
                chords.append(_chord(token, position))
            elif token in v.BASS:
                chords[-1] = Chord(
                    position, chords[-1].root, chords[-1].quality, v.BASS.value(token)
                )
            elif token in v.PITCH:
                pitch = v.PITCH.value(token)
            elif token in v.DURATION:
                melody.append((position, v.DURATIONS[v.DURATION.value(token)], pitch, VELOCITY))
    changed = [c for i, c in enumerate(chords) if i == 0 or not c.sounds_as(chords[i - 1])]
    return LeadSheet(
        melody=notes_array(melody),
        chords=tuple(changed),
        meters=tuple(meters) or (Meter(0, 4, 4),),
        tempos=(Tempo(0, heading.bpm),),
        key=heading.key,
        length=length,
        swing=2.0 if heading.feel == "swing" else 1.0,
    )


def _chord(token: int, position: int) -> Chord:
    value = v.CHORD.value(token)
    if value >= 12 * len(v.TRIADS):
        return Chord(position, -1)
    return Chord(position, value % 12, v.TRIADS[value // 12])
