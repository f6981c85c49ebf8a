"""Lead sheets as JSON: made to be read, mended by hand, and to come back exactly.

The file is one object; times are grid positions, `grid` of them to the quarter note, counted
from the first bar line (which lies before a pickup's silence):

    format          "restyle lead sheet"
    version         1
    title           text; may be missing
    composer        text; may be missing
    key             "G minor", "Bb major"
    swing           first eighth of a beat over the second, 1 straight, 2 triplets; may be missing
    pickup          grid positions of the first bar that sound, 0 for a whole bar; may be missing
    melody_program  General MIDI program 0-127 or null; may be missing
    grid            12
    length          grid positions of all bars together; may be missing, then up to the last note
    meters          [{"start": 0, "meter": "3/4"}, ...]; missing means 4/4
    tempos          [{"start": 0, "bpm": 120.0}, ...]; missing means 120
    chords          [{"start": 0, "chord": "Gm7/Bb"}, ...]; "N.C." for no chord
    sounding        how much of each pitch class from C to B the accompaniment sounds from each
                    quarter note on, twelve digits from 0 to 9: ["900005040000", ...]; may be
                    missing
    lyrics          [{"start": 24, "text": "Hel-"}, ...]: a syllable each, with a hyphen where its
                    word goes on; may be missing
    melody          [{"start": 24, "duration": 12, "pitch": "D5", "velocity": 80}, ...]; C4 is
                    middle C, a MIDI number does as well; a missing velocity is 80
"""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from typing import Any

import numpy as np

from restyle.errors import UnreadableSong
from restyle.io.charts.chordnames import parse as parse_chord
from restyle.io.score.spelling import accidental, octave, spell
from restyle.music.beat_chroma import Sounding
from restyle.music.chord import LETTERS
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Chord, Key, Lyric, Meter, Notes, Tempo, bar_lines, notes_array

FORMAT = "restyle lead sheet"
LONGEST = 10**6
"""Grid positions beyond which nothing is believed: a day of music."""
_PITCH = re.compile(r"([A-G])(bb|##|b|#|)(-?\d+)")
_KEY = re.compile(r"([A-G])(b|#|)\s*(major|minor)")


def lead_to_json(lead: LeadSheet) -> str:
    """A lead sheet as JSON text, an event a line."""
    plain: dict[str, Any] = {
        "format": FORMAT,
        "version": 1,
        "title": lead.title,
        **({"composer": lead.composer} if lead.composer else {}),
        "key": lead.key.name,
        "swing": float(lead.swing),
        "pickup": int(lead.pickup),
        "melody_program": None if lead.melody_program is None else int(lead.melody_program),
        "grid": GRID,
        "length": int(lead.length),
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "meters": [{"start": int(m.start), "meter": m.name} for m in lead.meters],
        "tempos": [{"start": int(t.start), "bpm": float(t.bpm)} for t in lead.tempos],
        "chords": [{"start": int(c.start), "chord": c.symbol(lead.key)} for c in lead.chords],
        **(
            {"lyrics": [{"start": int(w.start), "text": w.text} for w in lead.lyrics]}
            if lead.lyrics
            else {}
        ),
        "melody": [
            {
                "start": start,
                "duration": duration,
                "pitch": _name(pitch, lead.key),
                "velocity": loud,
            }
            for start, duration, pitch, loud in lead.melody.tolist()
        ],
    }
    lines = [
        f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in plain.items()
    ]
    if lead.sounding is not None:
        beats = ["".join(map(str, beat)) for beat in lead.sounding.tolist()]
        lines.append(f'  "sounding": {json.dumps(beats)}')
    for name, items in rows.items():
        body = ",\n".join("    " + json.dumps(item, ensure_ascii=False) for item in items)
        lines.append(f'  "{name}": [\n{body}\n  ]' if items else f'  "{name}": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def lead_from_json(text: str, name: str) -> LeadSheet:
    """The lead sheet in JSON text; `name` is what the messages call the file.

    Raises UnreadableSong, with the first thing that is wrong.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableSong(f"{name} is not JSON: a comma or a bracket is wrong.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UnreadableSong(f"{name} is JSON, but not a lead sheet of restyle.")
    if data.get("version", 1) != 1 or data.get("grid", GRID) != GRID:
        raise UnreadableSong(f"{name} was written by another version of restyle.")
    return _Reader(name).lead(data)


class _Reader:
    """Takes a JSON object apart; every complaint names the file and the place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def wrong(self, what: str) -> UnreadableSong:
        return UnreadableSong(f"{self.name}: {what}.")

    def lead(self, data: dict[str, Any]) -> LeadSheet:
        key = self.key(data.get("key", "C major"))
        meters = self.meters(data)
        melody = self.melody(data)
        chords = tuple(self.chord(row) for row in self.rows(data, "chords"))
        ends = [int(end) for end in (melody["start"] + melody["duration"]).tolist()]
        end = max([*ends, *(chord.start + 1 for chord in chords), 1])
        length = self.number(data, "length", 0, whole=True)
        lines = bar_lines(meters, max(int(length), end), GRID)
        swing = self.number(data, "swing", 1.0)
        if not 0.2 <= swing <= 5:
            raise self.wrong(f"a swing of {swing:g} cannot be played")
        program = data.get("melody_program")
        if program is not None and not (type(program) is int and 0 <= program <= 127):
            raise self.wrong("the melody_program must be 0 to 127 or null")
        pickup = int(self.number(data, "pickup", 0, whole=True))
        if pickup >= meters[0].bar_length(GRID):
            raise self.wrong("the pickup is as long as a bar")
        title, composer = data.get("title", ""), data.get("composer", "")
        return LeadSheet(
            melody=melody,
            chords=tuple(sorted(chords, key=lambda chord: chord.start)),
            meters=meters,
            tempos=self.tempos(data),
            key=key,
            length=int(lines[-1]),
            title=title if isinstance(title, str) else str(title),
            composer=composer if isinstance(composer, str) else str(composer),
            lyrics=self.lyrics(data),
            pickup=pickup,
            swing=swing,
            melody_program=program,
            sounding=self.sounding(data, int(lines[-1])),
        )

    def sounding(self, data: dict[str, Any], length: int) -> Sounding | None:
        beats = data.get("sounding")
        if beats is None:
            return None
        if not isinstance(beats, list) or not all(
            isinstance(beat, str) and re.fullmatch("[0-9]{12}", beat) for beat in beats
        ):
            raise self.wrong('"sounding" must be a list of texts of twelve digits')
        wanted = -(-length // GRID)
        kept = [*beats, *["0" * 12] * wanted][:wanted]
        return np.array([[int(digit) for digit in beat] for beat in kept], dtype=np.uint8)

    def rows(self, data: dict[str, Any], field: str) -> list[dict[str, Any]]:
        rows = data.get(field, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.wrong(f'"{field}" must be a list of objects')
        return rows

    def number(
        self, row: dict[str, Any], field: str, default: float | None = None, *, whole: bool = False
    ) -> float:
        value: Any = row.get(field, default)
        good = type(value) is int or (type(value) is float and not whole and math.isfinite(value))
        if not good or not 0 <= value <= LONGEST:
            kind = "a whole number" if whole else "a number"
            raise self.wrong(f'"{field}" must be {kind} from 0 up, not {str(value)[:30]!r}')
        return int(value) if whole else float(value)

    def start(self, row: dict[str, Any]) -> int:
        return int(self.number(row, "start", whole=True))

    def key(self, text: Any) -> Key:
        found = _KEY.fullmatch(text) if isinstance(text, str) else None
        if not found:
            raise self.wrong(f"the key must read like 'Bb major', not {str(text)[:30]!r}")
        return Key((LETTERS[found[1]] + _alter(found[2])) % 12, found[3])

    def meters(self, data: dict[str, Any]) -> tuple[Meter, ...]:
        meters = []
        for row in self.rows(data, "meters"):
            found = re.fullmatch(r"(\d{1,2})/(1|2|4|8|16)", str(row.get("meter")))
            if not found or not 1 <= int(found[1]) <= 32:
                raise self.wrong(
                    f"a meter must read like '3/4', not {str(row.get('meter'))[:30]!r}"
                )
            meters.append(Meter(self.start(row), int(found[1]), int(found[2])))
        meters.sort(key=lambda meter: meter.start)
        if not meters or meters[0].start != 0:
            meters.insert(0, Meter(0, 4, 4))
        lines = set(bar_lines(tuple(meters), meters[-1].start + 1, GRID).tolist())
        for before, meter in pairwise(meters):
            bars, rest = divmod(meter.start - before.start, before.bar_length(GRID))
            if rest or not bars or meter.start not in lines:
                raise self.wrong(f"the meter {meter.name} does not begin on a bar line")
        return tuple(meters)

    def tempos(self, data: dict[str, Any]) -> tuple[Tempo, ...]:
        tempos = [Tempo(self.start(r), self.number(r, "bpm")) for r in self.rows(data, "tempos")]
        for tempo in tempos:
            if not 8 <= tempo.bpm <= 900:
                raise self.wrong(f"a tempo of {tempo.bpm:g} cannot be played")
        tempos.sort(key=lambda tempo: tempo.start)
        if not tempos or tempos[0].start:
            tempos.insert(0, Tempo(0, 120.0))
        return tuple(tempos)

    def chord(self, row: dict[str, Any]) -> Chord:
        symbol = row.get("chord")
        chord = parse_chord(symbol, self.start(row)) if isinstance(symbol, str) else None
        if chord is None:
            raise self.wrong(f"the chord {str(symbol)[:30]!r} is unknown")
        return chord

    def lyrics(self, data: dict[str, Any]) -> tuple[Lyric, ...]:
        words = [(self.start(row), row.get("text")) for row in self.rows(data, "lyrics")]
        if not all(isinstance(text, str) for _, text in words):
            raise self.wrong('a lyric needs a "text"')
        return tuple(Lyric(start, str(text)) for start, text in sorted(words, key=lambda w: w[0]))

    def melody(self, data: dict[str, Any]) -> Notes:
        rows = []
        for row in self.rows(data, "melody"):
            length = int(self.number(row, "duration", whole=True))
            loud = int(self.number(row, "velocity", 80, whole=True))
            if length < 1 or not 1 <= loud <= 127:
                raise self.wrong("a note needs a duration of 1 or more and a velocity of 1 to 127")
            rows.append((self.start(row), length, self.pitch(row.get("pitch")), loud))
        return notes_array(rows)

    def pitch(self, value: Any) -> int:
        pitch = value if type(value) is int else -1
        if isinstance(value, str) and (found := _PITCH.fullmatch(value)):
            pitch = LETTERS[found[1]] + _alter(found[2]) + 12 * (int(found[3][:4]) + 1)
        if not 0 <= pitch <= 127:
            raise self.wrong(f"a pitch must read like 'F#4', not {str(value)[:30]!r}")
        return pitch


def _alter(signs: str) -> int:
    return signs.count("#") - signs.count("b")


def _name(pitch: int, key: Key) -> str:
    letter, alter = spell(pitch % 12, key)
    return f"{letter}{accidental(alter)}{octave(pitch, letter, alter)}"
