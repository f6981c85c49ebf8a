"""The measures of one part in MusicXML: attributes, directions, voices, notes, chord symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from restyle.io.musicxml.write_lyrics import sung_under
from restyle.io.musicxml.write_notes import TRIPLET, notations, pitch_of, stroke, value_of
from restyle.io.musicxml.write_signs import (
    PRINTED_FROM,
    clef_of,
    dynamic,
    harmony,
    metronome,
    octave_sign,
    printed,
)
from restyle.io.score.bar_rests import bar_rests
from restyle.io.score.layout import Bar, Event, Layout, Part, Staff, segments
from restyle.io.score.rhythm import UNITS, Piece, write_bar
from restyle.io.score.spelling import key_at, octave, signature, spell
from restyle.music.song import Chord, Key

_SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
_LONGEST_MARK = 20


@dataclass(frozen=True)
class _Voice:
    """A voice in one bar: what is written, and how."""

    number: int
    pieces: Sequence[Piece]
    stem: str = ""


class PartWriter:
    """Writes the measures of one part, one after the other."""

    def __init__(self, score: Layout, part: Part, ident: str, *, first: bool) -> None:
        self.score, self.part, self.ident, self.first = score, part, ident, first
        # where reading each voice has come to: voices are long, and bars come in order
        self.at = {
            (s, v): 0 for s, staff in enumerate(part.staves) for v in range(len(staff.voices))
        }
        self.tied: dict[tuple[int, int], tuple[str, int]] = {}
        """(staff, pitch) -> how a note that is tied on was spelled."""
        self.tempos = score.tempos if score.exact else printed(score.tempos, score.bars)
        self.tempo = 0.0
        self.lyrics = sung_under(score, part, first=first)
        self.clefs = [dict(staff.changes) for staff in part.staves]
        self.signs = [{first: octaves for first, _, octaves in s.signs} for s in part.staves]
        self.signs_end = [{last: octaves for _, last, octaves in s.signs} for s in part.staves]
        seen = [time for time, _ in (*self.tempos, *score.marks)]
        self.rests = bar_rests(score, part, seen) if score.joins_rests else {}
        self.resting = {bar for first, n in self.rests.items() for bar in range(first, first + n)}

    def measure(self, number: int) -> list[str]:
        """The lines of one measure."""
        bar = self.score.bars[number]
        pickup = bar.skip > 0
        shown = number + (0 if self.score.bars[0].skip else 1)
        out = [f'<measure number="{shown}"' + (' implicit="yes">' if pickup else ">")]
        out += self._attributes(number, bar)
        if self.first:
            out += self._directions(bar)
        out += self._dynamics(bar)
        if number in self.rests:  # behind the signs: verovio reads nothing that follows
            count = f"<multiple-rest>{self.rests[number]}</multiple-rest>"
            out.append(f"<attributes><measure-style>{count}</measure-style></attributes>")
        written = False
        for s, staff in enumerate(self.part.staves):
            voices = self._voices(s, staff, bar)
            spelling = self._spelled(s, voices, bar)
            sign, ending = self.signs[s].get(number, 0), self.signs_end[s].get(number, 0)
            for i, voice in enumerate(voices):
                if written:
                    out.append(f"<backup><duration>{bar.length - bar.skip}</duration></backup>")
                if sign and not i:
                    out.append(octave_sign(sign, s + 1))
                chords = self._chords_in(number, bar) if self.first and not s and not i else []
                above = voices[0].pieces if i else ()
                out += self._voice(s, bar, voice, chords, spelling, above)
                written = True
            if ending:
                out.append(octave_sign(ending, s + 1, stop=True))
        if number + 1 == len(self.score.bars):
            out.append('<barline location="right"><bar-style>light-heavy</bar-style></barline>')
        return [*out, "</measure>"]

    def _voices(self, s: int, staff: Staff, bar: Bar) -> list[_Voice]:
        """The voices of a staff that have notes in a bar; one that is silent where none has."""
        beats = bar.meter.numerator, bar.meter.denominator
        found = []
        for v in range(len(staff.voices)):
            events = self._events_in(s, v, bar)
            if events:
                found.append((v, write_bar(segments(events, bar), *beats)))
        if not found:
            rests = write_bar(segments((), bar), *beats) if bar.skip else []
            return [_Voice(4 * s + 1, rests)]
        if len(found) == 1:
            stem = "" if not self.part.is_drum else self._drum_stem(found[0][1], found[0][0])
            return [_Voice(4 * s + 1, found[0][1], stem)]
        stems = ("up", "down") if len(found) == 2 else ("",) * len(found)
        return [
            _Voice(4 * s + i + 1, pieces, stem)
            for i, ((_, pieces), stem) in enumerate(zip(found, stems, strict=True))
        ]

    def _drum_stem(self, pieces: Sequence[Piece], voice: int) -> str:
        feet = {35, 36, 44}
        down = voice > 0 or all(set(piece.pitches) <= feet for piece in pieces)
        return "down" if down else "up"

    def _events_in(self, s: int, v: int, bar: Bar) -> list[Event]:
        voice = self.part.staves[s].voices[v]
        at = self.at[s, v]
        while at < len(voice) and voice[at][1] <= bar.start + bar.skip:
            at += 1
        self.at[s, v] = at
        end = at
        while end < len(voice) and voice[end][0] < bar.end:
            end += 1
        return list(voice[at:end])

    def _chords_in(self, number: int, bar: Bar) -> list[Chord]:
        """None where bars of rest are joined; behind them the one in force stands again."""
        if number in self.resting:
            return []
        low = bar.start if bar.start else -1
        here = [c for c in self.score.chords if low <= c.start < bar.end]
        if number - 1 in self.resting and not (here and here[0].start == bar.start):
            before = [c for c in self.score.chords if c.start < bar.start]
            here = [replace(c, start=bar.start) for c in before[-1:]] + here
        return here

    def _attributes(self, number: int, bar: Bar) -> list[str]:
        out: list[str] = []
        if number == 0:
            out.append(f"<divisions>{UNITS}</divisions>")
        key = key_at(self.score.keys, bar.start)
        # signatures change on bar lines: one that is stated inside a bar holds from the next
        if not self.part.is_drum and (
            number == 0 or key != key_at(self.score.keys, self.score.bars[number - 1].start)
        ):
            out.append(f"<key><fifths>{key.fifths}</fifths><mode>{key.mode}</mode></key>")
        if bar.new_meter:
            out.append(
                f"<time><beats>{bar.meter.numerator}</beats>"
                f"<beat-type>{bar.meter.denominator}</beat-type></time>"
            )
        if number == 0 and len(self.part.staves) > 1:
            out.append(f"<staves>{len(self.part.staves)}</staves>")
        for i, staff in enumerate(self.part.staves):
            clef = staff.clef if number == 0 else self.clefs[i].get(number, "")
            if clef:
                out.append(clef_of(clef, staff.octave, i + 1))
        return ["<attributes>", *out, "</attributes>"] if out else []

    def _directions(self, bar: Bar) -> list[str]:
        out = []
        words = self.score.words if bar.start == 0 else ""
        for time, bpm in self.tempos:
            if not bar.start <= time < bar.end:
                continue
            offset = max(time - bar.start - bar.skip, 0)
            if self.tempo and abs(bpm / self.tempo - 1) < PRINTED_FROM:
                sound = f'<sound tempo="{bpm:g}"/>'
                out.append(_direction(["<words/>"], offset, sound) if offset else sound)
                continue
            self.tempo = bpm
            mark = metronome(bpm, bar.meter, exact=self.score.exact)
            both = [_words(words), mark] if words else [mark]
            out.append(_direction(both, offset, f'<sound tempo="{bpm:g}"/>'))
            words = ""
        if words:
            out.insert(0, _direction([_words(words)]))
        for time, raw in self.score.marks:
            text = escape("".join(c for c in raw if c.isprintable())).strip()
            if bar.start <= time < bar.end and text:
                offset = max(time - bar.start - bar.skip, 0)
                # a box is for "A" or "Chorus"; remarks, as files have them, are plain words
                mark = "rehearsal" if len(text) <= _LONGEST_MARK else "words"
                out.append(_direction([f"<{mark}>{text}</{mark}>"], offset))
        return out

    def _dynamics(self, bar: Bar) -> list[str]:
        """Marks of this part: above a tune with words, which stand below it, else below."""
        above = self.part.tune and bool(self.lyrics)
        return [
            dynamic(mark, time - bar.start - bar.skip, above=above)
            for time, mark in self.part.dynamics
            if bar.start + bar.skip <= time < bar.end
        ]

    def _voice(
        self,
        s: int,
        bar: Bar,
        voice: _Voice,
        chords: Sequence[Chord],
        spelling: _Spelling,
        above: Sequence[Piece],
    ) -> list[str]:
        key = key_at(self.score.keys, bar.start)
        staff = f"<staff>{s + 1}</staff>" if len(self.part.staves) > 1 else ""
        number = f"<voice>{voice.number}</voice>"
        if not voice.pieces:
            out = [harmony(c, max(c.start - bar.start, 0), key) for c in chords]
            rest = f'<rest measure="yes"/><duration>{bar.length}</duration>'
            return [*out, f"<note>{rest}{number}{staff}</note>"]
        out = []
        todo = list(chords)
        rests_above = {(piece.start, piece.length) for piece in above if not piece.pitches}
        for i, piece in enumerate(voice.pieces):
            last = i + 1 == len(voice.pieces)
            while todo and (last or todo[0].start < bar.start + piece.start + piece.length):
                chord = todo.pop(0)
                out.append(harmony(chord, max(chord.start - bar.start - piece.start, 0), key))
            if piece.pitches:
                words = "" if piece.tied_from else self.lyrics.pop(bar.start + piece.start, "")
                out += self._chord(piece, voice, number, staff, spelling, words)
                continue
            # one rest is enough for two voices that are silent together
            unseen = ' print-object="no"' if (piece.start, piece.length) in rests_above else ""
            out.append(
                f"<note{unseen}><rest/><duration>{piece.length}</duration>{number}{value_of(piece)}"
                f"{TRIPLET * piece.triplet}{staff}{notations(piece, '')}</note>"
            )
        return out

    def _chord(
        self, piece: Piece, voice: _Voice, number: str, staff: str, spelling: _Spelling, words: str
    ) -> list[str]:
        """The notes that are written with one stem."""
        ties = '<tie type="stop"/>' * piece.tied_from + '<tie type="start"/>' * piece.tied_to
        tied = '<tied type="stop"/>' * piece.tied_from + '<tied type="start"/>' * piece.tied_to
        stem = f"<stem>{voice.stem}</stem>" if voice.stem else ""
        beams = "".join(
            f'<beam number="{n}">{beam}</beam>' for n, beam in enumerate(piece.beams, 1)
        )
        out = []
        for i, pitch in enumerate(piece.pitches):
            if self.part.is_drum:
                place, instrument, sign, head = stroke(pitch, self.ident)
            else:
                letter, alter, sign = spelling[voice.number, piece.start, pitch]
                place, instrument, head = pitch_of(letter, alter, pitch), "", ""
            out.append(
                f"<note>{'<chord/>' * (i > 0)}{place}<duration>{piece.length}</duration>{ties}"
                f"{instrument}{number}{value_of(piece)}{sign}{TRIPLET * piece.triplet}{stem}{head}"
                f"{staff}{'' if i else beams}{notations(piece if not i else None, tied)}"
                f"{words if not i else ''}</note>"
            )
        return out

    def _spelled(self, s: int, voices: Sequence[_Voice], bar: Bar) -> _Spelling:
        """Names and printed accidentals of the notes of a staff in a bar, in the order of time."""
        if self.part.is_drum:
            return {}
        key = key_at(self.score.keys, bar.start)
        own = signature(key)
        in_force: dict[tuple[str, int], int] = {}
        out: _Spelling = {}
        tied = self.tied
        self.tied = {place: name for place, name in tied.items() if place[0] != s}
        pieces = [(piece.start, voice.number, piece) for voice in voices for piece in voice.pieces]
        for start, number, piece in sorted(pieces, key=lambda each: each[:2]):
            for pitch in piece.pitches:
                name = tied.get((s, pitch)) if piece.tied_from else None
                name = name or self._name(bar.start + start, pitch, key)
                if piece.tied_to:
                    tied[s, pitch] = self.tied[s, pitch] = name
                letter, alter = name
                place = letter, octave(pitch, letter, alter)
                sign = ""
                if alter != in_force.get(place, own.get(letter, 0)) and not piece.tied_from:
                    sign = f"<accidental>{_SIGNS[alter]}</accidental>"
                    in_force[place] = alter
                out[number, start, pitch] = letter, alter, sign
        return out

    def _name(self, time: int, pitch: int, key: Key) -> tuple[str, int]:
        names = self.score.names
        return names.at(time, pitch, key) if names else spell(pitch % 12, key)


_Spelling = dict[tuple[int, int, int], tuple[str, int, str]]
"""(voice, start in the bar, pitch) -> letter, alteration, accidental element."""


def _words(text: str) -> str:
    return f'<words font-weight="bold">{text}</words>'


def _direction(contents: Sequence[str], offset: int = 0, sound: str = "") -> str:
    heard = ' sound="yes"' if sound else ""  # else an offset is but for the eye
    place = f"<offset{heard}>{offset}</offset>" if offset else ""
    types = "".join(f"<direction-type>{content}</direction-type>" for content in contents)
    return f'<direction placement="above">{types}{place}{sound}</direction>'
