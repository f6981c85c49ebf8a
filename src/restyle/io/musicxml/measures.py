"""A part's measures to notes, chord symbols and marks, at their places in the measure."""

from __future__ import annotations

from bisect import bisect_right
from xml.etree.ElementTree import Element

from restyle.io.musicxml import marks, signs
from restyle.io.musicxml.attributes import key_of, meter_of, transposition
from restyle.io.musicxml.harmony import chord_of
from restyle.io.musicxml.header import FULL_VOLUME, Instrument, Listed, with_midi
from restyle.io.musicxml.names import drum_key_named, program_named
from restyle.io.musicxml.notes import RawNote, raw_note, staff_drum_key, syllable, verse
from restyle.io.musicxml.score import Marks, Measure, Note, Part, Syllable
from restyle.io.musicxml.values import number, whole, words
from restyle.music.song import Key

ACCENT = 12
"""How much louder an accented note is, in velocities."""
_ALL = "all"


class PartReader:
    """Reads one part, measure by measure; what is in force is kept here."""

    def __init__(self, listed: Listed, unit: int, feel: signs.Feel) -> None:
        self.listed, self.unit, self.feel = listed, unit, feel
        self.instruments = dict(listed.instruments)
        self.first = next(iter(self.instruments), "")
        self.division = 1.0
        self.shifts: dict[str, int] = {}
        self.key = Key(0)
        self.level, self.bpm = signs.PLAIN, 120.0
        self.slashed: set[str] = set()
        self.copied = 0  # measures that a repeat sign stands for, 0 outside of one
        self.slashes = self.is_pitched = False
        self.measures: list[Measure] = []
        self.program_of_name = program_named(listed.name)
        self.after = Marks()

    def read(self, element: Element) -> Part:
        for child in element.iterfind("measure"):
            self._measure(child)
        if self.is_pitched:  # crosses among the notes of a voice or a guitar are no drums
            for measure in self.measures:
                measure.notes = [note for note in measure.notes if not note.is_guess]
        names = {
            i.program: i.name for i in self.instruments.values() if i.program is not None and i.name
        }
        volumes = [i.volume for i in self.listed.instruments.values() if i.volume is not None]
        stated = any(i.program is not None for i in self.listed.instruments.values())
        volume = max(volumes, default=FULL_VOLUME)
        return Part(self.listed.name, self.measures, stated, names, volume, self.slashes)

    def _measure(self, element: Element) -> None:
        self.now = Measure(marks=self.after)
        self.after = Marks()
        self.now.is_partial = element.get("number") == "0" or element.get("implicit") == "yes"
        self.cursor = self.chord_start = self.bar_rests = 0
        self.loud: list[tuple[int, int]] = []
        self.late: list[tuple[int, bool, Marks]] = []  # segnos and codas and where they stand
        before = self.measures[-1].marks if self.measures else Marks()
        near = marks.Neighbours(before, self.after)
        self.measures.append(self.now)
        for child in element:
            tag = child.tag
            if tag == "note":
                self._note(child)
            elif tag == "backup":
                self.cursor = max(self.cursor - self._length(child.findtext("duration")), 0)
            elif tag == "forward":
                self._advance(self._length(child.findtext("duration")))
            elif tag == "direction":
                self._direction(child)
            elif tag == "attributes":
                self._attributes(child)
            elif tag == "harmony":
                self._harmony(child)
            elif tag == "barline":
                marks.bar_line(child, self.now.marks, near)
            elif tag == "sound":
                self._sound(child, self.cursor, self.now)
        self._finish()

    def _finish(self) -> None:
        now = self.now
        if self.copied and not now.notes and len(self.measures) > self.copied:
            model = self.measures[-1 - self.copied]
            now.notes, now.content = model.notes, model.content
            now.length, now.elastic = max(now.length, model.length), model.elastic
        if now.elastic:
            now.length = self.bar_rests
        for start, is_sounded, sign in self.late:
            behind = start >= max(now.content, 1) and bool(now.notes)
            if behind and is_sounded:
                self.after.merge(sign)
            elif is_sounded:
                now.marks.merge(sign)
            else:
                now.said.merge(sign)
                now.said.to_coda_first |= sign.coda is not None and not behind
        self._set_velocities()

    def _set_velocities(self) -> None:
        """Loudness by time, since the staves of a part stand one after the other."""
        self.loud.sort()
        starts = [start for start, _ in self.loud]
        for note in self.now.notes:
            if note.velocity <= ACCENT:  # the accent alone, until the level is known
                k = bisect_right(starts, note.start)
                level = self.loud[k - 1][1] if k else self.level
                note.velocity = min(level + note.velocity, 127)
        if self.loud:
            self.level = self.loud[-1][1]

    def _length(self, text: str | None) -> int:
        """Units of a duration, which may be a decimal number."""
        value = number(text)
        if value is None or not 0 <= value < 1e7:
            return 0
        return round(value * self.unit / self.division)

    def _advance(self, length: int) -> None:
        self.cursor += length
        self.now.elastic &= not length
        self.now.length = max(self.now.length, self.cursor)

    # --- notes

    def _note(self, element: Element) -> None:
        raw = raw_note(element)
        if raw.is_grace:
            return
        length = self._length(raw.duration)
        if raw.is_chord:
            start = self.chord_start
        else:
            start = self.chord_start = self.cursor
            if raw.is_bar_rest:
                self.cursor += length
                self.bar_rests = max(self.bar_rests, self.cursor)
            else:
                self._advance(length)
        if raw.lyrics and not raw.is_cue:
            for lyric in raw.lyrics:
                if text := syllable(lyric):
                    self.now.lyrics.append(Syllable(start, verse(lyric), text))
        if raw.is_rest or raw.is_cue or not length:
            return
        if raw.is_slash or raw.staff in self.slashed or _ALL in self.slashed:
            self.slashes = True
            return
        self._sounding(raw, start, length)

    def _sounding(self, raw: RawNote, start: int, length: int) -> None:
        ident = raw.instrument or self.first
        player = self.instruments.get(ident) or Instrument()
        known = True
        if raw.pitch is None and raw.place is None:
            return
        is_drum = player.is_drum or raw.pitch is None
        if is_drum and player.key is not None and (raw.pitch is None or len(self.instruments) > 1):
            pitch = player.key
        elif raw.pitch is not None:
            pitch = raw.pitch + (0 if is_drum else self._shift(raw.staff))
        else:
            named = drum_key_named(self.listed.name)
            known = named is not None or player.is_drum
            place = raw.place or ("", 0)
            pitch = named if named is not None else staff_drum_key(place, raw.head)
        self.is_pitched |= not is_drum
        program = player.program if player.program is not None else self.program_of_name
        velocity = ACCENT if raw.accent else 0
        if raw.dynamics is not None:
            velocity = round(min(max(raw.dynamics * signs.PER_CENT, ACCENT + 1), 127))
        note = Note(
            start, length, pitch, velocity, 0 if is_drum and not known else program or 0, is_drum,
            raw.tie_in, raw.tie_out, raw.passes, not known,
        )  # fmt: skip
        if 0 <= pitch <= 127:
            self.now.notes.append(note)
            self.now.content = max(self.now.content, start + length)

    def _shift(self, staff: str = _ALL) -> int:
        """Semitones from written to sounding pitch on a staff."""
        return self.shifts.get(staff, self.shifts.get(_ALL, 0))

    # --- signs

    def _attributes(self, element: Element) -> None:
        for child in element:
            tag = child.tag
            if tag == "divisions":
                value = number(child.text)
                self.division = value if value and value > 0 else self.division
            elif tag == "transpose":
                self.shifts[child.get("number", _ALL)] = transposition(child)
            elif tag == "time" and child.get("number", "1") == "1":
                self.now.meter = meter_of(child) or self.now.meter
            elif tag == "measure-style":
                self._style(child)
        # after <transpose>, which stands behind the key that it applies to
        for child in element.iterfind("key"):
            if child.get("number", "1") == "1":
                key, is_stated = key_of(child)
                self.key = key or self.key
                shift = self._shift("1")
                heard = Key((key.tonic + shift) % 12, key.mode) if key else None
                self.now.keys.append((self.cursor, heard, is_stated))

    def _style(self, element: Element) -> None:
        staff = element.get("number", _ALL)
        for child in element:
            starts = child.get("type") == "start"
            if child.tag == "slash":
                (self.slashed.add if starts else self.slashed.discard)(staff)
                if not starts and staff == _ALL:
                    self.slashed.clear()
            elif child.tag == "measure-repeat":
                self.copied = min(max(whole(child.text) or 1, 1), 8) if starts else 0

    def _harmony(self, element: Element) -> None:
        start = max(self.cursor + self._offset(element), 0)
        chord = chord_of(element, start, self.key)
        if chord is not None:
            self.now.chords.append(chord.up(self._shift(element.findtext("staff") or "1")))

    def _offset(self, element: Element) -> int:
        text = element.findtext("offset")
        value = self._length((text or "").replace("-", ""))
        return -value if text and "-" in text else value

    def _direction(self, element: Element) -> None:
        sound = element.find("sound")
        start = self.cursor
        offset = element.find("offset")
        if offset is not None and offset.get("sound") == "yes":
            start = max(start + self._offset(element), 0)
        velocity = signs.loudness(element, sound)
        if velocity is not None:
            self.loud.append((start, velocity))
        texts = []
        for child in element.iterfind("direction-type/*"):
            if child.tag == "words":
                texts.append(words(child))
            else:
                self._mark(child, start)
        self._words(" ".join(texts), start)
        if sound is not None:
            self._sound(sound, start, self.now)

    def _mark(self, child: Element, start: int) -> None:
        if child.tag == "rehearsal" and words(child):
            self.now.rehearsals.append((start, words(child)))
        elif child.tag == "segno":
            self.late.append((start, False, Marks(segno="")))
        elif child.tag == "coda":
            self.late.append((start, False, Marks(coda="")))
        elif child.tag == "metronome":
            self._metronome(child, start)

    def _words(self, text: str, start: int) -> None:
        if not text:
            return
        self.feel.worded |= signs.says_swing(text)
        sign = marks.worded(text, self.now.said)
        if sign is not None:
            self.late.append((start, False, sign))
        elif self.now.said.to_coda is not None:  # the sign beside "To Coda"
            self.late = [x for x in self.late if x[1] or x[2].coda is None]

    def _metronome(self, element: Element, start: int) -> None:
        self.feel.worded |= signs.shows_swing(element)
        bpm = signs.metronome_tempo(element, self.bpm)
        if bpm is not None:
            self.bpm = bpm
            self.now.tempos.append((start, 1, bpm))

    def _sound(self, sound: Element, start: int, now: Measure) -> None:
        bpm = signs.sound_tempo(sound)
        if bpm is not None:
            self.bpm = bpm
            now.tempos.append((start, 0, bpm))
        swing = signs.sound_swing(sound)
        if swing is not None and self.feel.sounded is None:
            self.feel.sounded = swing
        at_begin = start == 0 and not now.notes and len(self.measures) > 1
        sign = marks.sounded(sound, now.marks, at_begin=at_begin)
        if sign is not None:
            self.late.append((start, True, sign))
        for element in sound.iterfind("midi-instrument"):
            ident = element.get("id", "")
            self.instruments[ident] = with_midi(self.instruments.get(ident, Instrument()), element)
