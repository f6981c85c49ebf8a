"""ABC notation, read into a written score: fields, directives and voices.

Own code, since music21's reader loses meter and tempo changes inside a tune and tunes that begin
with a chord symbol. Follows the ABC standard 2.1 as far as it concerns what sounds; layout is
skipped, grace notes are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from restyle.io.abc import fields
from restyle.io.abc.context import Context
from restyle.io.abc.fields import Shift
from restyle.io.abc.lines import FIELD, tune_lines
from restyle.io.abc.lyrics import Sung
from restyle.io.abc.music import VoiceReader
from restyle.io.abc.signs import read_note, read_sign
from restyle.io.abc.text import plain
from restyle.io.abc.tokens import TOKEN
from restyle.io.written.score import MOST_VOICES, Score, Voice, too_many
from restyle.music.chord import LETTERS
from restyle.music.song import Key

_DRUM_CLEF = re.compile(r"\bclef\s*=\s*\"?perc|\bperc\b")


def read_tune(text: str, name: str = "The file") -> Score:
    """The first tune in an ABC text, as written.

    Raises UnreadableSong for one that is longer than any piece.
    """
    lines = tune_lines(text)
    reader = _Reader(name)
    for line in lines.lines:
        reader.line(line)
    score = reader.finish()
    if lines.more:
        score.warnings.insert(0, f"The file holds {lines.more + 1} tunes; the first one was read.")
    if lines.cut:
        score.warnings.append("An empty line ends an ABC tune; what follows it was not read.")
    return score


@dataclass
class _Declared:
    """What the head of a tune says about a voice."""

    name: str = ""
    shift: Shift = field(default_factory=Shift)
    is_drum: bool = False
    program: int | None = None


@dataclass
class _Reader:
    """Reads the lines of one tune."""

    name: str
    score: Score = field(default_factory=Score)
    in_body: bool = False
    unit: Fraction | None = None
    meter: tuple[int, int] = (4, 4)
    key: tuple[Key, dict[str, int]] = (Key(0), {})
    tempo: str | None = None
    shift: Shift = field(default_factory=Shift)
    voices: dict[str, VoiceReader] = field(default_factory=dict)
    current: str = ""
    declared: dict[str, _Declared] = field(default_factory=dict)
    touched: dict[str, VoiceReader] = field(default_factory=dict)
    """The voices with notes in the line of music that was read last."""
    own: _Declared = field(default_factory=_Declared)
    """What holds for every voice that says nothing else."""

    def __post_init__(self) -> None:
        self.context = Context(self.name)

    def line(self, line: str) -> None:
        self.context.count_signs(2)
        if line.startswith("%%"):
            self.directive(line[2:].strip())
        elif found := FIELD.match(line):
            text = re.sub(r"(?<!\\)%.*", "", found[2], flags=re.DOTALL).strip()
            if found[1] == "w":
                self.words(text)
            else:
                self.field(found[1], text)
        elif self.in_body and not line.startswith("%"):
            for reader in self.touched.values():  # words stand below the line before them
                reader.sung.put()
                reader.sung = Sung()
            self.touched.clear()
            self.music(line)

    def words(self, text: str) -> None:
        """w: under the notes of the line above."""
        if self.in_body:
            self.voice().sung.add(text)

    def music(self, line: str) -> None:
        """A line of notes."""
        voice, count = self.voice(), 0
        for token in TOKEN.finditer(line):
            count += 1
            if token["letter"]:
                read_note(voice, token)
            elif token["comment"]:
                break
            elif token["field"]:
                self.context.count_signs(5)
                self.field(token["field_name"], token["field_text"].strip())
                voice = self.voice()
            else:
                read_sign(voice, token)
        self.context.count_signs(count)

    def finish(self) -> Score:
        for reader in self.voices.values():
            reader.finish()
        self.score.voices = [r.voice for r in self.voices.values() if r.voice.bars]
        self.score.directions = self.context.directions
        self.score.warnings += self.context.warnings
        return self.score

    def directive(self, text: str) -> None:
        """%%text, or the text of an I: field."""
        if found := re.match(r"(restyle-[a-z]+)\s+(.*)", text):
            self.score.remarks[found[1]] = found[2].strip()
        elif found := re.match(r"(?i)propagate-accidentals\s*=?\s*(not|octave|pitch)\b", text):
            self.context.propagate = found[1].lower()
        elif found := re.match(r"(?i)MIDI\s*=?\s*(no)?barlines\b", text):
            # early music without bar lines has each accidental for itself
            self.context.propagate = "not" if found[1] else "pitch"
        elif found := re.match(r"(?i)MIDI\s*=?\s*(.*)", text):
            self.midi(found[1].strip())

    def midi(self, text: str) -> None:
        """%%MIDI: program, channel, transpose, drummap."""
        voice = self.voice() if self.in_body else None
        if found := re.match(r"program\s+(?:\d+\s+)?(\d{1,3})\s*(?:%.*)?$", text):
            program = int(found[1]) & 0x7F
            if voice is None:
                self._in_head().program = program
            elif voice.voice.silent and not voice.bar.notes:
                voice.voice.program = program
        elif re.match(r"channel\s+10\b", text):
            if voice is None:
                self._in_head().is_drum = True
            elif voice.voice.silent and not voice.bar.notes:
                voice.voice.is_drum = True
        elif found := re.match(r"(r?)transpose\s+([+-]?\d{1,2})(?!\d)", text):
            before = voice.shift if voice else self.shift
            shift = Shift(midi=int(found[2]) + ((before.midi or 0) if found[1] else 0))
            if voice:
                voice.set_shift(shift)
            else:
                self.shift = shift.after(self.shift)
        elif voice and (found := re.match(r"drummap\s+([\^_=]*)([A-Ga-g])([',]*)\s+(\d+)", text)):
            octave = (6 if found[2].islower() else 5) + found[3].count("'") - found[3].count(",")
            place = LETTERS[found[2].upper()] + fields.ALTERS.get(found[1], 0)
            voice.drum_keys[12 * octave + place] = min(int(found[4]), 127)

    def _in_head(self) -> _Declared:
        return self.declared.get(self.current, self.own)

    def field(self, name: str, text: str) -> None:
        """A field on a line of its own or in brackets."""
        handlers = {
            "M": self.set_meter,
            "L": self.set_unit,
            "Q": self.set_tempo,
            "K": self.set_key,
            "V": self.set_voice,
            "I": self.directive,
            "P": self.set_part,
            "U": self.set_symbol,
        }
        if name == "T":
            self.score.title = self.score.title or plain(text)
        elif name == "C":
            self.score.composer = self.score.composer or plain(text)
        elif name in handlers:
            handlers[name](text)

    def set_part(self, text: str) -> None:
        """P: in the head the order of the parts, in the body the name of the one that begins."""
        if self.in_body:
            self.voice().section(text)
        else:
            self.score.part_order = fields.part_order(text)

    def set_symbol(self, text: str) -> None:
        if found := re.match(r"([H-Wh-w~])\s*=\s*[!+](.*)[!+]", text):
            self.context.symbols[found[1]] = found[2]

    def set_unit(self, text: str) -> None:
        unit = fields.unit(text)
        if unit is not None and self.in_body:
            self.voice().set_unit(unit)
        elif unit is not None:
            self.unit = unit

    def set_meter(self, text: str) -> None:
        meter = fields.meter(text)
        if meter is None:
            return
        self.score.meter_known = True
        if self.in_body:
            self.voice().set_meter(meter)
        else:
            self.meter = meter

    def set_tempo(self, text: str) -> None:
        if not self.in_body:
            self.tempo = text
            return
        voice = self.voice()
        bpm = fields.tempo(text, voice.unit)
        if bpm is not None:
            voice.bar.tempos.append((voice.at, bpm))

    def set_key(self, text: str) -> None:
        shift = fields.shift(text)
        if self.in_body:
            voice = self.voice()
            voice.set_key(*fields.key(text, voice.written_key, voice.signature))
            voice.set_shift(shift)
            return
        self.key = fields.key(text, *self.key)
        self.shift = shift.after(self.shift)
        self.own.is_drum = self.own.is_drum or bool(_DRUM_CLEF.search(text))
        self.in_body = True
        self.current = next(iter(self.declared), "")
        if self.unit is None:  # the standard's default
            self.unit = Fraction(1, 4 if Fraction(*self.meter) < Fraction(3, 4) else 2)

    def set_voice(self, text: str) -> None:
        parts = text.split(None, 1)
        if not parts:
            return
        self.current = ident = parts[0]
        said = parts[1] if len(parts) > 1 else ""
        name = re.search(r'(?:name|nm)\s*=\s*(?:"([^"]*)"|(\S+))', said)
        label = plain((name[1] or name[2] or "").replace("\\n", " ")) if name else ""
        quiet = re.sub(r'"[^"]*"', '""', said)
        shift, is_drum = fields.shift(quiet), bool(_DRUM_CLEF.search(quiet))
        if not self.in_body:
            known = self.declared.setdefault(ident, _Declared())
            known.name, known.shift = known.name or label, shift.after(known.shift)
            known.is_drum = known.is_drum or is_drum
            return
        voice = self.voice()
        voice.voice.name = voice.voice.name or label
        if voice.voice.silent and not voice.bar.notes:
            voice.voice.is_drum = voice.voice.is_drum or is_drum
        voice.set_shift(shift)

    def voice(self) -> VoiceReader:
        """The voice that is being read, begun anew when it is first met."""
        if self.current not in self.voices:
            said = self.declared.get(self.current, _Declared())
            program = self.own.program if said.program is None else said.program
            voice = Voice(said.name, program, said.is_drum or self.own.is_drum)
            reader = VoiceReader(
                voice,
                self.context,
                self.unit or Fraction(1, 2),
                self.meter,
                self.key,
                said.shift.after(self.shift),
            )
            if self.tempo is not None and not self.voices:
                bpm = fields.tempo(self.tempo, self.unit)
                reader.bar.tempos += [(0, bpm)] if bpm is not None else []
            if len(self.voices) >= MOST_VOICES:
                raise too_many(self.name, "voices")
            self.voices[self.current] = reader
        reader = self.touched[self.current] = self.voices[self.current]
        return reader
