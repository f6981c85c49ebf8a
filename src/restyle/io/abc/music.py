"""The notes of one voice of a tune, read into bars."""

from __future__ import annotations

import re
from fractions import Fraction

from restyle.io.abc import fields
from restyle.io.abc.context import LONGEST, MOST_REST_BARS, SLIPS, Context
from restyle.io.abc.fields import ALTERS, Shift
from restyle.io.abc.lyrics import Sung
from restyle.io.abc.marks import jump_marks
from restyle.io.abc.tokens import IN_CHORD
from restyle.io.written.score import UNITS, Bar, Note, Voice
from restyle.music.chord import LETTERS
from restyle.music.song import Key

_TUPLET_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""(p means p notes in the time of this many; others depend on the meter."""
Place = tuple[str, int]
"""Letter and octave as written."""


class VoiceReader:
    """Where the reading of one voice stands."""

    def __init__(
        self,
        voice: Voice,
        context: Context,
        unit: Fraction,
        meter: tuple[int, int],
        key: tuple[Key, dict[str, int]],
        shift: Shift,
    ) -> None:
        self.voice, self.context = voice, context
        self.unit, self.meter = unit, meter
        self.written_key, self.signature = key
        self.shift = shift
        self.drum_keys: dict[int, int] = {}
        self.bar = Bar(meter, self.key)
        self.at = 0
        self.sung = Sung()
        self._overlay_end = 0
        self._altered: dict[Place, int] = {}
        self._carried: dict[Place, int] = {}
        """Accidentals that ties take over the bar line."""
        self._tuplet: tuple[int, int, int] | None = None
        self._broken: tuple[int, int] | None = None
        self._last: list[Note] = []
        self._heads: list[tuple[Place, int]] = []
        self._last_length = 0
        self._loose: frozenset[str] = frozenset()
        """Marks since the last note."""
        self._lengths: dict[tuple[str, str | None, str | None], int] = {}

    @property
    def key(self) -> Key:
        """The key that sounds."""
        moved = (self.written_key.tonic + self.shift.semitones) % 12
        return Key(moved, self.written_key.mode)

    @property
    def has_content(self) -> bool:
        return self.at > 0 or bool(self.bar.notes)

    def set_unit(self, unit: Fraction) -> None:
        self.unit = unit
        self._lengths.clear()

    def set_meter(self, meter: tuple[int, int]) -> None:
        self.meter = meter
        if not self.has_content:
            self.bar.meter = meter

    def set_key(self, key: Key, signature: dict[str, int]) -> None:
        self.written_key, self.signature = key, signature
        self._show_key()

    def set_shift(self, shift: Shift) -> None:
        self.shift = shift.after(self.shift)
        self._show_key()

    def _show_key(self) -> None:
        if not self.has_content:
            self.bar.key = self.key

    def section(self, name: str) -> None:
        """A part begins here: P: in the body."""
        if self.has_content:
            self.end_bar("|")
        self.bar.sections.append(name)

    def start_ending(self, text: str) -> None:
        if self.has_content:
            self.end_bar("|")
        self.bar.ending = fields.ending(text)

    def end_bar(self, sign: str, ending: str | None = None) -> None:
        """A bar line: ends the bar where anything is in it, and says what comes next."""
        bar, bars = self.bar, self.voice.bars
        bar.length = max(self.at, self._overlay_end)
        closes, opens, times = _repeat_signs(sign)
        here = self._loose & {"segno"} if bar.length else self._loose & {"segno", "coda"}
        if bar.length > 0:
            bars.append(bar)
        if bars:
            bars[-1].after |= self._loose - here
            bars[-1].repeats = max(bars[-1].repeats, times if closes else 0)
            double = "||" in sign or "]" in sign or sign.startswith("[")
            bars[-1].closes = bars[-1].closes or (double and sign != "[|]")
        self._loose = here
        self.bar = Bar(self.meter, self.key, opens=opens)
        if bar.length == 0:  # nothing in it yet: what stood before the line belongs to the next
            new = self.bar
            new.chords, new.tempos, new.sections = bar.chords, bar.tempos, bar.sections
            new.opens, new.ending = new.opens or bar.opens, bar.ending
        else:
            pairs = zip(self._heads, self._last, strict=False)
            self._carried = {place: alter for (place, alter), note in pairs if note.tied}
            self._altered = {}
        self.at = self._overlay_end = 0
        if ending:
            self.bar.ending = fields.ending(ending)

    def finish(self) -> None:
        """The end of the tune."""
        self.end_bar("|")
        if self.voice.bars:
            self.voice.bars[-1].after |= self._loose - {"segno"}
        self.sung.put()

    def mark(self, name: str) -> None:
        """A decoration; those that say where to go on are kept."""
        self._loose |= jump_marks(name)

    def text(self, text: str) -> None:
        """A chord symbol, or with ^ _ < > @ before it a text above the staff."""
        free = text[:1] in ("^", "_", "<", ">", "@")
        marks = jump_marks(text[1:] if free else text)
        if marks:
            self._loose |= marks
        elif free:
            self.context.directions.append(text[1:])
        elif text.strip():
            self.bar.chords.append((self.at, text, self.shift.semitones))

    def tuplet(self, p: int, q: str, r: str) -> None:
        if p < 2:
            return
        compound = self.meter[1] == 8 and self.meter[0] % 3 == 0 and self.meter[0] > 3
        times = int(q or 0) or _TUPLET_TIMES.get(p, 3 if compound else 2)
        self._tuplet = (times, p, int(r or 0) or p)

    def broken(self, signs: str) -> None:
        """a>b: the first is longer by half and the second shorter; a<b the other way round."""
        if len(signs) > 4:
            self.slip()
            return
        parts = 1 << len(signs)
        first = 2 * parts - 1 if signs[0] == ">" else 1
        length = self._last_length * first // parts
        for note in self._last:
            note.length = note.length * first // parts
        self.at += length - self._last_length
        self._last_length = length
        self._broken = (2 * parts - first, parts)

    def slip(self) -> None:
        """Something that nobody can mean was met."""
        self.context.warnings[SLIPS] = None

    def overlay(self) -> None:
        """&: back to the bar's beginning, for a second voice."""
        self._overlay_end = max(self._overlay_end, self.at)
        self.at = 0

    def tie(self) -> None:
        for note in self._last:
            note.tied = True

    def rest(self, top: str, slash: str | None, bottom: str | None) -> None:
        self._add([], [], self._take_length(self._length(top, slash, bottom)))

    def rest_bars(self, count: str) -> None:
        """Z4: so many bars of rest."""
        bars = min(int(count or 1), MOST_REST_BARS)
        for i in range(bars):
            self._add([], [], 4 * UNITS * self.meter[0] // self.meter[1])
            if i + 1 < bars:
                self.end_bar("|")

    def note(self, head: re.Match[str]) -> None:
        length = self._length(head["top"], head["slash"], head["bottom"])
        length = self._take_length(length)
        place, alter, pitch = self._pitch(head)
        self._add([Note(self.at, length, pitch, head["tie"] is not None)], [(place, alter)], length)

    def chord(self, inside: str, times: Fraction, tied: bool) -> None:
        """[CEG] or +CEG+: it lasts as long as its first note, `times` as long."""
        heads = []
        for found in IN_CHORD.finditer(inside):
            if found["letter"]:
                heads.append(found)
            elif found["mark"]:
                self.mark(found["mark"])
            elif found["text"]:
                self.text(found["text"])
        if not heads:
            return
        own = [self._length(h["top"], h["slash"], h["bottom"]) for h in heads]
        first = own[0] * times.numerator // times.denominator
        length = self._take_length(first)
        notes, places = [], []
        for head, part in zip(heads, own, strict=True):
            stays = min(length * part // own[0] if own[0] else length, LONGEST)
            place, alter, pitch = self._pitch(head)
            notes.append(Note(self.at, stays, pitch, tied or head["tie"] is not None))
            places.append((place, alter))
        self._add(notes, places, length)

    def _add(self, notes: list[Note], heads: list[tuple[Place, int]], length: int) -> None:
        bar = self.bar
        if self._loose:
            at_start = {"segno", "coda"} if not self.has_content else {"segno"}
            bar.before |= self._loose & at_start
            bar.after |= self._loose - at_start
            self._loose = frozenset()
        if notes:
            self.sung.notes.append((bar, len(self.voice.bars), self.at))
            bar.notes += notes
        self.context.count_notes(max(len(notes), 1))
        self._last, self._heads, self._last_length = notes, heads, length
        self.at += length

    def _length(self, top: str, slash: str | None, bottom: str | None) -> int:
        """A length as written, in units."""
        found = self._lengths.get((top, slash, bottom))
        if found is None:
            length = round(fields.length(top, slash, bottom) * self.unit * UNITS)
            if length > LONGEST:
                self.slip()
            found = self._lengths[top, slash, bottom] = min(length, LONGEST)
        return found

    def _take_length(self, length: int) -> int:
        """A length with tuplet and broken rhythm at work."""
        if self._tuplet:
            times, parts, left = self._tuplet
            length = length * times // parts
            self._tuplet = (times, parts, left - 1) if left > 1 else None
        if self._broken:
            length = length * self._broken[0] // self._broken[1]
            self._broken = None
        return min(length, LONGEST)

    def _pitch(self, head: re.Match[str]) -> tuple[Place, int, int]:
        """Where a note is written, its accidental in force, and its MIDI pitch."""
        letter, sign, height = head["letter"], head["sign"], head["height"]
        octave = 5 if letter.islower() else 4
        if height:
            octave += height.count("'") - height.count(",")
        upper = letter.upper()
        place = (upper, octave)
        held = (upper, 0) if self.context.propagate == "pitch" else place
        if sign:
            alter = ALTERS[sign]
            if self.context.propagate != "not":
                self._altered[held] = alter
        elif self._carried and self.at == 0 and place in self._carried:
            alter = self._carried[place]
        else:
            alter = self._altered.get(held, self.signature.get(upper, 0))
        pitch = 12 * (octave + 1) + LETTERS[upper] + alter
        if self.voice.is_drum:
            return place, alter, self.drum_keys.get(pitch, pitch)
        return place, alter, pitch + self.shift.semitones


def _repeat_signs(sign: str) -> tuple[bool, bool, int]:
    """Whether a bar line ends a repeat, whether it begins one, and how often it goes back."""
    core = sign.strip(".[]")
    if core and not core.strip(":"):
        return True, True, 1  # "::"
    before, after = len(core) - len(core.lstrip(":")), len(core) - len(core.rstrip(":"))
    return before > 0, after > 0, max(before, 1)
