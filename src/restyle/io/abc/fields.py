"""Fields of ABC notation: meters, tempos, keys, lengths, endings, orders of parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from restyle.io.score.spelling import FIFTHS_LETTERS
from restyle.music.chord import LETTERS
from restyle.music.song import Key

_MODES = {
    "": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4,
    "loc": -5, "lyd": 1,
}  # fmt: skip
"""Mode -> how many fifths its signature lies above the major key of the same tonic."""
ALTERS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
_TONIC = re.compile(
    r"([A-G])\s*([#b]?)\s*([A-Za-z]*)|([a-g])([#b]?)(?:\s*(m(?:in|aj)?)\b|(?=\s|$))"
)
_EXTRA = re.compile(r"(?<![=\w])(\^\^?|__?|=)([A-Ga-g])(?![\w#])")
MOST_PARTS = 1000
"""Letters in an order of parts."""


def meter(text: str) -> tuple[int, int] | None:
    """Numerator and denominator of an M: field; None for free meter and nonsense."""
    text = text.split("%")[0].strip()
    if text[:2] in ("C|", "c|"):
        return 2, 2
    if text[:1] in ("C", "c"):
        return 4, 4
    found = re.match(r"\(?\s*(\d{1,2}(?:\s*\+\s*\d{1,2})*)\s*\)?\s*/\s*(\d{1,2})(?!\d)", text)
    if not found:
        return None
    top = sum(int(part) for part in found[1].split("+"))
    bottom = int(found[2])
    return (top, bottom) if 1 <= top <= 32 and bottom in (1, 2, 4, 8, 16, 32) else None


def unit(text: str) -> Fraction | None:
    """Quarters that the unit note of an L: field lasts; None where it names none."""
    found = re.match(r"(\d{1,3})\s*(?:/\s*(\d{1,3}))?(?!\d)", text)
    if not found or not int(found[1]) or not int(found[2] or 1):
        return None
    length = Fraction(4 * int(found[1]), int(found[2] or 1))
    return length if Fraction(1, 128) <= length <= 16 else None


def tempo(text: str, unit_note: Fraction | None) -> float | None:
    """Quarter notes a minute of a Q: field ("1/4=120", "3/8=60", "120"); None for others."""
    text = re.sub(r'"[^"]*"', " ", text[:200])
    number = r"=\s*(\d{1,4}(?:\.\d{1,6})?)(?![\d/])"
    found = re.search(r"((?:\d{1,3}\s*/\s*\d{1,3}\s*)+)" + number, text)
    if found:
        beat = sum(
            (
                Fraction(int(top), int(bottom))
                for top, bottom in re.findall(r"(\d+)\s*/\s*(\d+)", found[1])
                if int(bottom)
            ),
            Fraction(0),
        )
        bpm = float(found[2]) * 4 * float(beat)
    elif found := re.search(r"[A-Ga-g](\d{0,2})(/?\d{0,2})\s*" + number, text):
        # the old "C=100", "C3=40": unit notes a minute
        times = int(found[1] or 1) / max(int(found[2].strip("/") or 1), 1)
        bpm = float(found[3]) * times * float(unit_note if unit_note is not None else 1)
    elif plain := re.search(r"^\s*(\d{1,4}(?:\.\d{1,6})?)\s*$", text):
        bpm = float(plain[1])
    else:
        return None
    return bpm if 8 <= bpm <= 900 else None


def length(top: str, slash: str | None, bottom: str | None) -> Fraction:
    """A length as written after a note: "", "3", "/", "//", "3/2"."""
    upper = int(top) if top else 1
    strokes = len(slash or "")
    lower = int(bottom) << (strokes - 1) if bottom else 1 << strokes
    return Fraction(upper, lower or 1)


def key(text: str, before: Key, signature: dict[str, int]) -> tuple[Key, dict[str, int]]:
    """Key and signature of a K: field; what was before where it names none.

    Of a mode's name the first three letters count, in capitals or not; a lone M is minor.
    """
    text = text.strip()
    if re.match(r"(?i)none\b", text) or not text:
        return Key(0), {}
    if re.match(r"H[Pp]\b", text):
        return Key(9), {"F": 1, "C": 1}
    found = _TONIC.match(text)
    if not found:
        extra = _extras(text)
        return (before, {**signature, **extra}) if extra else (before, signature)
    letter = (found[1] or found[4]).upper()
    sign = {"#": 1, "b": -1, "": 0}[found[2] or found[5] or ""]
    word = (found[3] or found[6] or "").lower()
    mode = "m" if word == "m" else word[:3]
    if mode not in _MODES:
        mode = ""
    fifths = FIFTHS_LETTERS.index(letter) - 1 + 7 * sign
    fifths = max(min(fifths + _MODES[mode], 14), -14)
    own = {name: 0 for name in FIFTHS_LETTERS}
    for i in range(abs(fifths)):
        name = FIFTHS_LETTERS[i % 7] if fifths > 0 else FIFTHS_LETTERS[6 - i % 7]
        own[name] += 1 if fifths > 0 else -1
    rest = text[found.start(3) if found[1] else found.end() :]
    if re.search(r"(?i)\bexp\b", rest):
        own = {name: 0 for name in FIFTHS_LETTERS}
    own |= _extras(rest)
    like_minor = _MODES[mode] <= -2
    tonic = (LETTERS[letter] + sign) % 12
    return Key(tonic, "minor" if like_minor else "major"), own


def _extras(text: str) -> dict[str, int]:
    """Accidentals that a K: field adds to its signature."""
    text = re.sub(r"\w+=\S*", " ", text)
    spaced = re.sub(r"([\^_=]+[A-Ga-g])(?=[\^_=])", r"\1 ", text)
    return {found[2].upper(): ALTERS[found[1]] for found in _EXTRA.finditer(spaced)}


@dataclass(frozen=True)
class Shift:
    """What moves the sound of a voice away from what is written; None where nothing is said."""

    transpose: int | None = None
    octave: int | None = None
    clef: int | None = None
    midi: int | None = None

    def after(self, other: Shift) -> Shift:
        """This one, with what it leaves open as in `other`."""
        return Shift(
            other.transpose if self.transpose is None else self.transpose,
            other.octave if self.octave is None else self.octave,
            other.clef if self.clef is None else self.clef,
            other.midi if self.midi is None else self.midi,
        )

    @property
    def semitones(self) -> int:
        octaves = (self.octave or 0) + (self.clef or 0)
        return (self.transpose or 0) + 12 * octaves + (self.midi or 0)


def shift(text: str) -> Shift:
    """What the clef and transposition settings of a K: or V: field say."""
    transpose = re.search(r"\btranspose\s*=\s*([+-]?\d{1,2})(?!\d)", text)
    octave = re.search(r"\boctave\s*=\s*([+-]?\d)(?!\d)", text)
    clef = re.search(
        r"(?:\bclef\s*=\s*\"?|\b)(?:treble|alto|tenor|bass|soprano|mezzosoprano|baritone|[GCF])"
        r"\d?([+-]8)",
        text,
    ) or re.search(r"\b(?:clef\s*=|treble\b|alto\b|tenor\b|bass\b)()", text)
    return Shift(
        int(transpose[1]) if transpose else None,
        int(octave[1]) if octave else None,
        {"+8": 1, "-8": -1, "": 0}[clef[1]] if clef else None,
    )


def ending(text: str) -> frozenset[int]:
    """The passes that an ending's sign names: "1", "1,3", "2-4"."""
    passes: set[int] = set()
    for part in re.split(r"[,.]", text[:60]):
        ends = [int(number[:2]) for number in part.split("-") if number]
        if ends and ends[0]:
            passes |= set(range(ends[0], min(ends[-1], ends[0] + 16) + 1)) or {ends[0]}
    return frozenset(passes)


def part_order(text: str) -> tuple[str, ...]:
    """The parts in the order in which a P: field in the head names them.

    "AABA", "(AB)2.C", "A4.B3", nested too; at most `MOST_PARTS` of them, () for anything else.
    """
    groups: list[list[str]] = [[]]
    last: list[str] = []
    for found in re.finditer(r"([A-Za-z])|(\()|(\))|(\d+)|[\s.,]+|(.)", text[:2000]):
        if found[1]:
            last = [found[1]]
            groups[-1] += last
        elif found[2]:
            groups.append([])
            last = []
        elif found[3] and len(groups) > 1:
            last = groups.pop()
            groups[-1] += last
        elif found[4]:
            times = int(found[4][:4])
            if len(last) * times > MOST_PARTS:
                return ()
            if last and times:
                groups[-1] += last * (times - 1)
            last = []
        elif found[3] or found[5]:
            return ()
        if sum(len(group) for group in groups) > MOST_PARTS:
            return ()
    return tuple(name for group in groups for name in group)
