"""Lead sheets as ABC: melody with chord symbols, in the plain text that folk musicians share."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from restyle.io.score.layout import Bar, Event, one_voice, segments
from restyle.io.score.layout_build import of_lead
from restyle.io.score.rhythm import Piece, Segment, write_bar
from restyle.io.score.spelling import octave, signature, spell
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key

_UNIT = 12
"""Layout units of the unit note, an eighth."""
_SIGNS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}


def lead_to_abc(lead: LeadSheet) -> str:
    """A lead sheet as ABC text.

    ABC holds one voice here: where melody notes overlap, the earlier one ends at the next. Tempo
    changes stand at the next bar line. A lead of one bar has no pickup, since nobody could tell.
    """
    score = of_lead(lead if lead.bars > 1 else replace(lead, pickup=0))
    key = lead.key
    head = [
        "X:1",
        f"T:{_line(lead.title)}",
        *([f"C:{_line(lead.composer)}"] if lead.composer else []),
        f"M:{score.bars[0].meter.name}",
        "L:1/8",
        f"Q:1/4={score.tempos[0][1]:.8g}",
        *(f"%%{name} {value}" for name, value in sorted(score.remarks.items())),
        *([f"%%MIDI program {lead.melody_program}"] if lead.melody_program is not None else []),
        f"K:{key.spell(key.tonic)}{'m' if key.mode == 'minor' else ''}",
    ]
    voice = one_voice(score.parts[0].staves[0].voices)
    chords = list(score.chords)
    lyrics: dict[int, str] = {}
    for at, syllable in score.lyrics:
        before = lyrics.get(at, "")
        lyrics[at] = (before.removesuffix("-") + syllable) if before else syllable
    bars, words = [], []
    tempos = list(score.tempos[1:])
    for number, bar in enumerate(score.bars):
        end = bar.start + bar.length
        text = f"[M:{bar.meter.name}]" if bar.new_meter and number else ""
        while tempos and tempos[0][0] <= bar.start:
            text += f"[Q:1/4={tempos.pop(0)[1]:.8g}]"
        if not number and score.words:
            text += f'"^{score.words}"'
        own = [chord for chord in chords if chord.start < end]
        chords = chords[len(own) :]
        notes, starts = _bar(voice, bar, own, key)
        bars.append(text + notes)
        words.append([_syllable(lyrics[at]) if at in lyrics else "*" for at in starts])
    lines = [" | ".join(bars[i : i + 4]) for i in range(0, len(bars), 4)]
    lines = [line + (" |" if i + 1 < len(lines) else " |]") for i, line in enumerate(lines)]
    if lead.lyrics:
        under = [_words(words[i : i + 4]) for i in range(0, len(words), 4)]
        lines = [text for pair in zip(lines, under, strict=True) for text in pair if text]
    return "\n".join([*head, *lines]) + "\n"


def _words(bars: list[list[str]]) -> str:
    """The `w:` line under four bars; a `*` is a note without a syllable."""
    flat = [word for bar in bars for word in bar]
    while flat and flat[-1] == "*":
        flat.pop()
    return ("w: " + " ".join(flat).replace("- ", "-")) if flat else ""


def _syllable(text: str) -> str:
    """A syllable as a `w:` line can hold it."""
    goes_on = text.endswith("-") and len(text) > 1
    plain = _line(text.removesuffix("-" if goes_on else "")).replace("\\", "").replace("-", "\\-")
    plain = "".join(c for c in plain if c not in "*|_").replace(" ", "~")
    return (plain or "*") + "-" * (goes_on and bool(plain))


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("%", "")


def _bar(
    voice: tuple[Event, ...], bar: Bar, chords: list[Chord], key: Key
) -> tuple[str, list[int]]:
    """The text of a bar, and the times at which its notes begin."""
    at = {max(chord.start - bar.start, bar.skip): chord for chord in chords}
    pieces = write_bar(
        _cut(segments(voice, bar), sorted(at)), bar.meter.numerator, bar.meter.denominator
    )
    out: list[str] = []
    changed: dict[str, set[int]] = {}
    for i, piece in enumerate(pieces):
        joined = bool(piece.beams) and piece.beams[0] in ("continue", "end")
        if out and not joined:
            out.append(" ")
        if piece.start in at:
            out.append(f'"{at[piece.start].symbol(key)}"')
        if piece.triplet_edge.startswith("start"):
            out.append(f"(3:2:{_group_size(pieces[i:])}")
        out.append(_note(piece, key, changed))
    begin = [bar.start + p.start for p in pieces if p.pitches and not p.tied_from]
    return "".join(out), begin


def _group_size(pieces: list[Piece]) -> int:
    """Notes and rests of the triplet group that the first piece begins."""
    for count, piece in enumerate(pieces, 1):
        if piece.triplet_edge.endswith("stop"):
            return count
    return len(pieces)


def _cut(parts: list[Segment], places: list[int]) -> list[Segment]:
    """Segments cut (and tied) where a chord begins, since ABC hangs chord names on notes."""
    out: list[Segment] = []
    for part in parts:
        edges = [part.start, *(p for p in places if part.start < p < part.end), part.end]
        spans = list(pairwise(edges))
        for i, (start, end) in enumerate(spans):
            sounds = bool(part.pitches)
            out.append(
                replace(
                    part,
                    start=start,
                    end=end,
                    tied_from=part.tied_from if i == 0 else sounds,
                    tied_to=part.tied_to if i + 1 == len(spans) else sounds,
                )
            )
    return out


def _note(piece: Piece, key: Key, changed: dict[str, set[int]]) -> str:
    length = Fraction(piece.length, _UNIT) * (Fraction(3, 2) if piece.triplet else 1)
    text = "" if length == 1 else str(length.numerator) if length.numerator != 1 else ""
    text += f"/{length.denominator}" if length.denominator != 1 else ""
    if not piece.pitches:
        return f"z{text}"
    tie = "-" if piece.tied_to else ""
    if len(piece.pitches) == 1:
        return f"{_pitch(piece.pitches[0], key, changed)}{text}{tie}"
    heads = "".join(_pitch(pitch, key, changed) for pitch in piece.pitches)
    return f"[{heads}]{text}{tie}"


def _pitch(pitch: int, key: Key, changed: dict[str, set[int]]) -> str:
    """A note name; with its accidental where the bar so far leaves any doubt."""
    letter, alter = spell(pitch % 12, key)
    height = octave(pitch, letter, alter)
    own = signature(key).get(letter, 0)
    before = changed.setdefault(letter, {own})
    sign = "" if before == {alter} and alter == own else _SIGNS[alter]
    before.add(alter)
    if height >= 5:
        return sign + letter.lower() + "'" * (height - 5)
    return sign + letter + "," * (4 - height)
