"""ABC notation, read into bars: notes, chord symbols, meters, keys, tempos and repeat signs.

Own code, since music21's reader loses meter and tempo changes inside a tune and tunes that begin
with a chord symbol. Follows the ABC standard 2.1 as far as it concerns what sounds; lyrics,
decorations and layout are skipped, grace notes left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from restyle.io.abc import fields
from restyle.io.abc.fields import ALTERS, LETTERS
from restyle.io.abc.tune import Bar, Note, Tune, Voice
from restyle.music.song import Key

_TUPLET_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""(p means p notes in the time of this many; 5, 7 and 9 depend on the meter."""
_LENGTH = r"(?P<top>\d{0,3})(?P<slash>/{0,6})(?P<bottom>\d{0,3})"
_TOKEN = re.compile(
    r"(?P<comment>%.*)"
    r"|(?P<field>\[(?P<field_name>[A-Za-z]):(?P<field_text>[^\]]*)\])"
    r'|"(?P<text>[^"]*)"?'
    r"|(?P<mark>!(?P<mark_name>[^!\s]*)!|\+[A-Za-z.]+\+)"
    r"|(?P<grace>\{[^}]*\}?)"
    r"|(?P<bar>::+|:*\|+[\]:|]*|\[\|+:*)(?P<bar_ending>\d[\d,.\-]*)?"
    r"|(?P<ending>\[\d[\d,.\-]*)"
    r"|\((?P<tuplet>\d)(?::(?P<q>\d?)(?::(?P<r>\d*))?)?"
    r"|\[(?P<chord>[^\]|]*)\]" + _LENGTH.replace("<", "<chord_") + r"(?P<chord_tie>\s?-)?"
    r"|(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-gzxZXy])(?P<height>[',]*)" + _LENGTH
    + r"(?P<tie>\s?-)?"
    r"|(?P<broken>>{1,3}|<{1,3})"
    r"|(?P<overlay>&)"
    r"|(?P<tie_later>-)"
    r"|(?P<other>.)",
    re.DOTALL,
)  # fmt: skip
_FIELD = re.compile(r"([A-Za-z]):(?![|:])(.*)")
_IN_CHORD = re.compile(
    r"(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<height>[',]*)" + _LENGTH + r"(?P<tie>-)?"
)


def read_tune(text: str) -> Tune:
    """The first tune in an ABC text."""
    tune = Tune()
    reader = _Reader(tune)
    for line in _lines(text):
        if line.startswith("X:") and reader.in_body:
            tune.more += 1
        if not tune.more:
            reader.line(line)
    reader.finish()
    return tune


def _lines(text: str) -> Iterator[str]:
    """Lines, with those joined that a backslash at the end continues."""
    held = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.startswith("%") or _FIELD.match(line):
            yield line
            continue
        if line.rstrip().endswith("\\"):
            held += line.rstrip()[:-1]
            continue
        yield held + line
        held = ""
    if held:
        yield held


@dataclass
class _State:
    """Where the reading of one voice stands."""

    voice: Voice
    unit: Fraction | None
    meter: tuple[int, int]
    key: Key
    signature: dict[str, int]
    bar: Bar
    at: Fraction = Fraction(0)
    overlay_end: Fraction = Fraction(0)
    altered: dict[tuple[str, int], int] = field(default_factory=dict)
    tuplet: tuple[Fraction, int] | None = None
    """Factor on lengths, and how many notes it still holds for."""
    broken: Fraction | None = None
    """Factor on the next note's length, after > or <."""
    last: list[Note] = field(default_factory=list)
    last_length: Fraction = Fraction(0)


class _Reader:
    """Reads the lines of one tune."""

    def __init__(self, tune: Tune) -> None:
        self.tune = tune
        self.in_body = False
        self.unit: Fraction | None = None
        self.meter = (4, 4)
        self.key = Key(0)
        self.signature: dict[str, int] = {}
        self.tempo: float | None = None
        self.states: dict[str, _State] = {}
        self.current = ""
        self.declared: dict[str, tuple[str, int]] = {}
        self.program: int | None = None

    def line(self, line: str) -> None:
        if line.startswith("%%"):
            self.directive(line)
        elif found := _FIELD.match(line):
            self.field(found[1], re.sub(r"(?<!\\)%.*", "", found[2]).strip())
        elif self.in_body and line.strip() and not line.startswith("%"):
            self.music(line)

    def directive(self, line: str) -> None:
        if found := re.match(r"%%(restyle-[a-z]+)\s+(.*)", line):
            self.tune.remarks[found[1]] = found[2].strip()
        elif found := re.match(r"%%MIDI\s+program\s+(?:\d+\s+)?(\d+)\s*$", line):
            program = int(found[1]) & 0x7F
            if self.in_body and self.states:
                self.state().voice.program = program
            else:
                self.program = program
        elif re.match(r"%%MIDI\s+channel\s+10\s*$", line) and self.in_body:
            self.state().voice.is_drum = True

    def field(self, name: str, text: str) -> None:
        """A field on a line of its own or in brackets."""
        if name == "T" and not self.tune.title:
            self.tune.title = text
        elif name == "M":
            self.set_meter(text)
        elif name == "L":
            unit = fields.unit(text)
            if unit is not None and self.in_body:
                self.state().unit = unit
            elif unit is not None:
                self.unit = unit
        elif name == "Q":
            self.set_tempo(text)
        elif name == "K":
            self.set_key(text)
        elif name == "V":
            self.set_voice(text)
        elif name == "P" and self.in_body:
            self.state().bar.sections.append(text)

    def set_meter(self, text: str) -> None:
        meter = fields.meter(text)
        if meter is None:
            return
        self.tune.meter_known = True
        if not self.in_body:
            self.meter = meter
            return
        state = self.state()
        state.meter = meter
        if not _has_content(state):
            state.bar.meter = meter

    def set_tempo(self, text: str) -> None:
        bpm = fields.tempo(text, self.unit)
        if bpm is not None and self.in_body:
            state = self.state()
            state.bar.tempos.append((state.at, bpm))
        elif bpm is not None:
            self.tempo = bpm

    def set_key(self, text: str) -> None:
        key, signature = fields.key(text, self.key, self.signature)
        shift = fields.shift(text)
        if self.in_body:
            state = self.state()
            state.key, state.signature = key, signature
            if not _has_content(state):
                state.bar.key = key
            return
        self.key, self.signature = key, signature
        self.in_body = True
        if shift:
            self.state().voice.shift = shift

    def set_voice(self, text: str) -> None:
        parts = text.split(None, 1)
        if not parts:
            return
        name = re.search(r'(?:name|nm)\s*=\s*(?:"([^"]*)"|(\S+))', text)
        label = (name[1] or name[2] or "").replace("\\n", " ") if name else ""
        if self.in_body:
            self.current = parts[0]
            voice = self.state().voice
            voice.name = voice.name or label
            voice.shift = voice.shift or fields.shift(text)
        else:
            self.declared[parts[0]] = (label, fields.shift(text))
            self.current = self.current or parts[0]

    def state(self) -> _State:
        """The voice that is being read, begun anew when it is first met."""
        if self.current not in self.states:
            label, shift = self.declared.get(self.current, ("", 0))
            voice = Voice(label, self.program, False, shift)
            self.tune.voices[self.current] = voice
            bar = Bar(self.meter, self.key)
            if self.tempo is not None and not self.states:
                bar.tempos.append((Fraction(0), self.tempo))
            self.states[self.current] = _State(
                voice, self.unit, self.meter, self.key, self.signature, bar
            )
        return self.states[self.current]

    def music(self, line: str) -> None:
        handlers = (
            ("letter", self.note),
            ("bar", self.bar),
            ("chord", self.chord),
            ("text", self.text),
            ("tuplet", self.tuplet),
            ("broken", self.broken),
            ("mark", self.mark),
            ("ending", self.ending),
            ("overlay", self.overlay),
            ("tie_later", self.tie_later),
        )
        for token in _TOKEN.finditer(line):
            if token["comment"]:
                return
            if token["field"]:
                self.field(token["field_name"], token["field_text"].strip())
                continue
            for group, handler in handlers:
                if token[group] is not None:
                    handler(self.state(), token)
                    break

    def bar(self, state: _State, token: re.Match[str]) -> None:
        _end_bar(state, token["bar"], token["bar_ending"])

    def mark(self, state: _State, token: re.Match[str]) -> None:
        state.bar.marks |= {(token["mark_name"] or "").lower()}

    def ending(self, state: _State, token: re.Match[str]) -> None:
        state.bar.ending = fields.ending(token["ending"][1:])

    def broken(self, state: _State, token: re.Match[str]) -> None:
        """a>b: the first is longer by half and the second shorter; a<b the other way round."""
        signs = token["broken"]
        short = Fraction(1, 2 ** len(signs))
        first = 2 - short if signs[0] == ">" else short
        change = state.last_length * (first - 1)
        for note in state.last:
            note.length *= first
        state.at += change
        state.last_length += change
        state.broken = 2 - first

    def overlay(self, state: _State, _: re.Match[str]) -> None:
        state.overlay_end = max(state.overlay_end, state.at)
        state.at = Fraction(0)

    def tie_later(self, state: _State, _: re.Match[str]) -> None:
        for note in state.last:
            note.tied = True

    def text(self, state: _State, token: re.Match[str]) -> None:
        text = token["text"]
        if text[:1] and text[0] in "^_<>@":
            self.tune.words.append(text[1:])
        else:
            state.bar.chords.append((state.at, text))

    def tuplet(self, state: _State, token: re.Match[str]) -> None:
        p = int(token["tuplet"])
        if p < 2:
            return
        compound = state.meter[1] == 8 and state.meter[0] % 3 == 0
        q = int(token["q"] or 0) or _TUPLET_TIMES.get(p, 3 if compound else 2)
        state.tuplet = (Fraction(q, p), min(int(token["r"] or 0) or p, 99))

    def chord(self, state: _State, token: re.Match[str]) -> None:
        outer = fields.length(token["chord_top"], token["chord_slash"], token["chord_bottom"])
        heads = list(_IN_CHORD.finditer(token["chord"]))
        if not heads:
            return
        first = fields.length(heads[0]["top"], heads[0]["slash"], heads[0]["bottom"])
        length = self.take_length(state, first * outer)
        notes = []
        for head in heads:
            own = fields.length(head["top"], head["slash"], head["bottom"])
            stays = length * own / first if first else length
            tied = bool(head["tie"] or token["chord_tie"])
            pitch = _pitch(state, head["sign"], head["letter"], head["height"])
            notes.append(Note(state.at, stays, pitch, tied))
        _add(state, notes, length)

    def note(self, state: _State, token: re.Match[str]) -> None:
        letter = token["letter"]
        length = fields.length(token["top"], token["slash"], token["bottom"])
        if letter == "y":
            return
        if letter in "ZX":
            bars = min(int(token["top"] or 1), 500)
            for i in range(bars):
                _add(state, [], Fraction(4 * state.meter[0], state.meter[1]))
                if i + 1 < bars:
                    _end_bar(state, "|", None)
            return
        length = self.take_length(state, length)
        if letter in "zx":
            _add(state, [], length)
            return
        pitch = _pitch(state, token["sign"], letter, token["height"])
        _add(state, [Note(state.at, length, pitch, bool(token["tie"]))], length)

    def take_length(self, state: _State, length: Fraction) -> Fraction:
        """A written length in quarters, with tuplet and broken rhythm at work."""
        unit = state.unit
        if unit is None:  # the standard's default
            unit = Fraction(1, 4 if Fraction(*state.meter) < Fraction(3, 4) else 2)
        length *= unit
        if state.tuplet:
            factor, left = state.tuplet
            length *= factor
            state.tuplet = (factor, left - 1) if left > 1 else None
        if state.broken is not None:
            length *= state.broken
            state.broken = None
        return length

    def finish(self) -> None:
        for state in self.states.values():
            _end_bar(state, "|", None)
        self.tune.voices = {name: v for name, v in self.tune.voices.items() if v.bars}


def _has_content(state: _State) -> bool:
    return state.at > 0 or bool(state.bar.notes)


def _add(state: _State, notes: list[Note], length: Fraction) -> None:
    state.bar.notes += notes
    state.last = notes
    state.last_length = length
    state.at += length


def _end_bar(state: _State, sign: str, ending: str | None) -> None:
    bar = state.bar
    bar.length = max(state.at, state.overlay_end)
    closes_repeat = sign.startswith(":")
    opens_repeat = sign.endswith(":") and (len(sign) > 1)
    if sign.strip(":") == "" and len(sign) > 1:
        closes_repeat = opens_repeat = True  # "::"
    if bar.length > 0:
        state.voice.bars.append(bar)
    if state.voice.bars and (bar.length > 0 or closes_repeat):
        last = state.voice.bars[-1]
        if closes_repeat:
            colons = len(sign) - len(sign.lstrip(":"))
            last.repeats = max(colons if sign.strip(":") else 1, 1)
        last.closes = last.closes or "||" in sign or "]" in sign
    new = Bar(state.meter, state.key, opens=opens_repeat)
    if bar.length == 0:  # nothing in it yet: what stood before the bar line belongs to the next
        new.chords, new.tempos, new.sections = bar.chords, bar.tempos, bar.sections
        new.opens, new.ending, new.marks = new.opens or bar.opens, bar.ending, bar.marks
    state.bar = new
    state.at = state.overlay_end = Fraction(0)
    state.altered = {}
    if ending:
        state.bar.ending = fields.ending(ending)


def _pitch(state: _State, sign: str | None, letter: str, height: str) -> int:
    """MIDI pitch; an accidental holds for that note until the bar's end."""
    octave = (5 if letter.islower() else 4) + height.count("'") - height.count(",")
    upper = letter.upper()
    place = (upper, octave)
    if sign:
        state.altered[place] = ALTERS[sign]
    alter = state.altered.get(place, state.signature.get(upper, 0))
    return 12 * (octave + 1) + LETTERS[upper] + alter + state.voice.shift
