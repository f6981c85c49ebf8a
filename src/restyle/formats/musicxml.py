"""MusicXML files: scores of songs, and lead sheets with chord symbols.

Written without music21, whose exporter gives every run other identifiers and takes seconds. The
same song gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from xml.sax.saxutils import escape

from restyle.formats import gm, layout
from restyle.formats.files import save
from restyle.formats.layout import Bar, Layout, Part, Staff
from restyle.formats.rhythm import UNITS, Piece, write_bar
from restyle.formats.spelling import key_at, octave, signature, spell, spell_root
from restyle.lead import LeadSheet
from restyle.song import SUFFIX, Chord, Key, Song

KINDS = {
    "maj": "major", "min": "minor", "dim": "diminished", "aug": "augmented",
    "sus": "suspended-fourth", "sus2": "suspended-second", "6": "major-sixth",
    "m6": "minor-sixth", "7": "dominant", "maj7": "major-seventh", "m7": "minor-seventh",
    "mM7": "major-minor", "hdim7": "half-diminished", "dim7": "diminished-seventh",
    "aug7": "augmented-seventh", "7sus": "suspended-fourth",
}  # fmt: skip
"""MusicXML's names of our chord qualities; 7sus gets its seventh as a degree."""
_SIGNS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}


def write_musicxml(song: Song, path: str | os.PathLike[str], swing: float = 1.0) -> None:
    """Write a score of a song; `swing` is taken out first and the word "Swing" printed.

    Raises RestyleError when the folder does not exist or cannot be written.
    """
    save(path, render(layout.of_song(song, swing)))


def lead_musicxml(lead: LeadSheet) -> str:
    """A lead sheet as MusicXML text."""
    return render(layout.of_lead(lead))


def render(score: Layout) -> str:
    """MusicXML text of a layout."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
        ' "http://www.musicxml.org/dtds/partwise.dtd">',
        '<score-partwise version="4.0">',
    ]
    if score.title:
        out.append(f"<work><work-title>{_text(score.title)}</work-title></work>")
    out.append("<identification><encoding><software>restyle</software></encoding>")
    if score.remarks:
        fields = "".join(
            f'<miscellaneous-field name="{name}">{_text(value)}</miscellaneous-field>'
            for name, value in sorted(score.remarks.items())
        )
        out.append(f"<miscellaneous>{fields}</miscellaneous>")
    out.append("</identification>")
    out.append("<part-list>")
    for i, part in enumerate(score.parts, 1):
        out += _part_entry(f"P{i}", part, i)
    out.append("</part-list>")
    for i, part in enumerate(score.parts, 1):
        out.append(f'<part id="P{i}">')
        writer = _PartWriter(score, part, f"P{i}", first=i == 1)
        for bar in range(len(score.bars)):
            out += writer.measure(bar)
        out.append("</part>")
    out.append("</score-partwise>")
    return "\n".join(out) + "\n"


def _text(raw: str) -> str:
    """Text that XML can hold."""
    return escape("".join(c for c in raw if c.isprintable() or c == " "))


def _part_entry(ident: str, part: Part, number: int) -> list[str]:
    out = [f'<score-part id="{ident}"><part-name>{_text(part.name)}</part-name>']
    if part.is_drum:
        keys = _drum_keys(part)
        for key in keys:
            name = gm.drum(key)[0]
            out.append(
                f'<score-instrument id="{ident}-D{key}">'
                f"<instrument-name>{name}</instrument-name></score-instrument>"
            )
        for key in keys:
            out.append(
                f'<midi-instrument id="{ident}-D{key}"><midi-channel>10</midi-channel>'
                f"<midi-program>{(part.program or 0) + 1}</midi-program>"
                f"<midi-unpitched>{key + 1}</midi-unpitched></midi-instrument>"
            )
    elif part.program is not None:
        channel = [c for c in range(1, 17) if c != 10][(number - 1) % 15]
        name = gm.name(part.program)
        out.append(
            f'<score-instrument id="{ident}-I1"><instrument-name>{name}</instrument-name>'
            f'</score-instrument><midi-instrument id="{ident}-I1">'
            f"<midi-channel>{channel}</midi-channel>"
            f"<midi-program>{part.program + 1}</midi-program></midi-instrument>"
        )
    return [*out, "</score-part>"]


def _drum_keys(part: Part) -> list[int]:
    return sorted({p for s in part.staves for v in s.voices for e in v for p in e[2]})


class _PartWriter:
    """Writes the measures of one part, one after the other."""

    def __init__(self, score: Layout, part: Part, ident: str, *, first: bool) -> None:
        self.score, self.part, self.ident, self.first = score, part, ident, first
        # where reading each voice has come to: voices are long, and bars come in order
        self.at = {
            (s, v): 0 for s, staff in enumerate(part.staves) for v in range(len(staff.voices))
        }
        self.tempo = 0.0

    def measure(self, number: int) -> list[str]:
        bar = self.score.bars[number]
        pickup = bar.skip > 0
        shown = number + (0 if self.score.bars[0].skip else 1)
        out = [f'<measure number="{shown}"' + (' implicit="yes">' if pickup else ">")]
        out += self._attributes(number, bar)
        if self.first:
            out += self._directions(bar)
        written = 0
        for s, staff in enumerate(self.part.staves):
            state: dict[tuple[str, int], int] = {}
            for v in range(len(staff.voices)):
                events = self._events_in(s, v, bar)
                if v and not events:
                    continue
                if written:
                    out.append(f"<backup><duration>{written}</duration></backup>")
                chords = self._chords_in(bar) if self.first and not s and not v else []
                out += self._voice(bar, staff, s, v, events, chords, state)
                written = bar.length - bar.skip
        if number + 1 == len(self.score.bars):
            out.append('<barline location="right"><bar-style>light-heavy</bar-style></barline>')
        return [*out, "</measure>"]

    def _events_in(self, s: int, v: int, bar: Bar) -> list[layout.Event]:
        voice = self.part.staves[s].voices[v]
        at = self.at[s, v]
        while at < len(voice) and voice[at][1] <= bar.start:
            at += 1
        self.at[s, v] = at
        end = at
        while end < len(voice) and voice[end][0] < bar.start + bar.length:
            end += 1
        return list(voice[at:end])

    def _chords_in(self, bar: Bar) -> list[Chord]:
        low = bar.start if bar.start else -1
        return [c for c in self.score.chords if low <= c.start < bar.start + bar.length]

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
        if number == 0:
            if len(self.part.staves) > 1:
                out.append(f"<staves>{len(self.part.staves)}</staves>")
            out += [_clef(staff, i + 1) for i, staff in enumerate(self.part.staves)]
        return ["<attributes>", *out, "</attributes>"] if out else []

    def _directions(self, bar: Bar) -> list[str]:
        out = []
        if bar.start == 0 and self.score.words:
            out.append(_direction(f'<words font-weight="bold">{self.score.words}</words>'))
        for time, text in self.score.marks:
            if bar.start <= time < bar.start + bar.length and _text(text).strip():
                offset = max(time - bar.start - bar.skip, 0)
                out.append(_direction(f"<rehearsal>{_text(text)}</rehearsal>", offset))
        for time, bpm in self.score.tempos:
            if bar.start <= time < bar.start + bar.length:
                offset = max(time - bar.start - bar.skip, 0)
                out.append(self._tempo(bpm, offset, bar))
        return out

    def _tempo(self, bpm: float, offset: int, bar: Bar) -> str:
        """A metronome mark; small changes of a played tempo are heard, not printed."""
        sound = f'<sound tempo="{bpm:g}"/>'
        if self.tempo and abs(bpm / self.tempo - 1) < 0.08:
            place = f"<offset>{offset}</offset>" if offset else ""
            return (
                sound if not offset else _direction("<words/>", offset, sound) if place else sound
            )
        self.tempo = bpm
        compound = bar.meter.denominator == 8 and bar.meter.numerator % 3 == 0
        unit = "<beat-unit>quarter</beat-unit>" + ("<beat-unit-dot/>" if compound else "")
        shown = f"{bpm / 1.5 if compound else bpm:.6g}"
        mark = f"<metronome>{unit}<per-minute>{shown}</per-minute></metronome>"
        return _direction(mark, offset, sound)

    def _voice(
        self,
        bar: Bar,
        staff: Staff,
        s: int,
        v: int,
        events: Sequence[layout.Event],
        chords: Sequence[Chord],
        state: dict[tuple[str, int], int],
    ) -> list[str]:
        key = key_at(self.score.keys, bar.start)
        tail = self._tail(s, v)
        out: list[str] = []
        if not events:
            out = [self._harmony(c, max(c.start - bar.start - bar.skip, 0), key) for c in chords]
            if not bar.skip:
                rest = '<rest measure="yes"/>'
                return [
                    *out,
                    f"<note>{rest}<duration>{bar.length}</duration>{''.join(tail)}</note>",
                ]
            chords = ()
        parts = layout.segments(events, bar)
        pieces = write_bar(parts, bar.meter.numerator, bar.meter.denominator)
        todo = list(chords)
        for i, piece in enumerate(pieces):
            last = i + 1 == len(pieces)
            while todo and (last or todo[0].start < bar.start + piece.start + piece.length):
                chord = todo.pop(0)
                out.append(self._harmony(chord, max(chord.start - bar.start - piece.start, 0), key))
            out += self._notes(piece, key, state, tail)
        return out

    def _tail(self, s: int, v: int) -> tuple[str, str]:
        """The voice and staff elements of a note."""
        staff = f"<staff>{s + 1}</staff>" if len(self.part.staves) > 1 else ""
        return f"<voice>{4 * s + v + 1}</voice>", staff

    def _notes(
        self, piece: Piece, key: Key, state: dict[tuple[str, int], int], tail: tuple[str, str]
    ) -> list[str]:
        duration = f"<duration>{piece.length}</duration>"
        value = f"<type>{piece.value}</type>" + "<dot/>" * piece.dots
        if piece.triplet:
            value_end = (
                "<time-modification><actual-notes>3</actual-notes>"
                "<normal-notes>2</normal-notes></time-modification>"
            )
        else:
            value_end = ""
        if not piece.pitches:
            notation = _notations(piece, "")
            return [f"<note><rest/>{duration}{tail[0]}{value}{value_end}{tail[1]}{notation}</note>"]
        out = []
        for i, pitch in enumerate(piece.pitches):
            chord = "<chord/>" if i else ""
            ties = '<tie type="stop"/>' * piece.tied_from + '<tie type="start"/>' * piece.tied_to
            tied = '<tied type="stop"/>' * piece.tied_from + '<tied type="start"/>' * piece.tied_to
            head, instrument, sign, note_head = self._head(pitch, key, state, piece.tied_from)
            beams = "".join(
                f'<beam number="{n}">{beam}</beam>' for n, beam in enumerate(piece.beams, 1)
            )
            out.append(
                f"<note>{chord}{head}{duration}{ties}{instrument}{tail[0]}{value}{sign}{value_end}"
                f"{note_head}{tail[1]}{'' if i else beams}"
                f"{_notations(piece if not i else None, tied)}</note>"
            )
        return out

    def _head(
        self, pitch: int, key: Key, state: dict[tuple[str, int], int], tied: bool
    ) -> tuple[str, str, str, str]:
        """Pitch, instrument, accidental and note head elements of one note."""
        if self.part.is_drum:
            _, letter, height, shape = gm.drum(pitch)
            return (
                f"<unpitched><display-step>{letter}</display-step>"
                f"<display-octave>{height}</display-octave></unpitched>",
                f'<instrument id="{self.ident}-D{pitch}"/>',
                "",
                f"<notehead>{shape}</notehead>" if shape != "normal" else "",
            )
        letter, alter = spell(pitch % 12, key)
        height = octave(pitch, letter, alter)
        place = (letter, height)
        in_force = state.get(place, signature(key).get(letter, 0))
        sign = ""
        if alter != in_force and not tied:
            sign = f"<accidental>{_SIGNS[alter]}</accidental>"
            state[place] = alter
        changed = f"<alter>{alter}</alter>" if alter else ""
        step = f"<pitch><step>{letter}</step>{changed}<octave>{height}</octave></pitch>"
        return step, "", sign, ""

    def _harmony(self, chord: Chord, offset: int, key: Key) -> str:
        place = f"<offset>{offset}</offset>" if offset else ""
        if chord.root < 0:
            return (
                '<harmony><root><root-step text="">C</root-step></root>'
                f'<kind text="N.C.">none</kind>{place}</harmony>'
            )
        letter, alter = spell_root(chord, key)
        degree = ""
        if chord.quality == "7sus":
            degree = (
                "<degree><degree-value>7</degree-value><degree-alter>-1</degree-alter>"
                "<degree-type>add</degree-type></degree>"
            )
        bass = ""
        if chord.bass != chord.root:
            bass_letter, bass_alter = spell(chord.bass, key)
            changed = f"<bass-alter>{bass_alter}</bass-alter>" if bass_alter else ""
            bass = f"<bass><bass-step>{bass_letter}</bass-step>{changed}</bass>"
        changed = f"<root-alter>{alter}</root-alter>" if alter else ""
        return (
            f"<harmony><root><root-step>{letter}</root-step>{changed}</root>"
            f'<kind text="{SUFFIX[chord.quality]}">{KINDS[chord.quality]}</kind>'
            f"{bass}{degree}{place}</harmony>"
        )


def _clef(staff: Staff, number: int) -> str:
    line = {"G": "<line>2</line>", "F": "<line>4</line>", "percussion": ""}[staff.clef]
    change = f"<clef-octave-change>{staff.octave}</clef-octave-change>" if staff.octave else ""
    return f'<clef number="{number}"><sign>{staff.clef}</sign>{line}{change}</clef>'


def _direction(content: str, offset: int = 0, sound: str = "") -> str:
    place = f"<offset>{offset}</offset>" if offset else ""
    return (
        f'<direction placement="above"><direction-type>{content}</direction-type>'
        f"{place}{sound}</direction>"
    )


def _notations(piece: Piece | None, tied: str) -> str:
    edges = piece.triplet_edge if piece else ""
    tuplet = "".join(
        f'<tuplet type="{edge}" bracket="yes"/>'
        for edge in ("start", "stop")
        if edges in (edge, "startstop")
    )
    return f"<notations>{tied}{tuplet}</notations>" if tied or tuplet else ""
