"""Words to be sung: syllables, their stresses, and a rhythm with the stresses on strong beats.

A line is a phrase of two bars, of four where it is long. Syllables are told by their vowels,
English stress by its commonest rules; hyphens ("o-ver") and capitals ("to-DAY") say them outright.
That stresses stand on strong beats is what singers and listeners expect (F. Lerdahl and R.
Jackendoff, *A Generative Theory of Tonal Music*, 1983; D. Huron, *Sweet Anticipation*, 2006).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.rhythm import Pattern, strong
from restyle.errors import RestyleError
from restyle.music.song import Lyric

MOST_BYTES, MOST_LINES = 20_000, 64
BARS = (2, 4)
"""Bars of a line."""
SLOWER = 0.5
"""What a syllable may cost more before its line is sung in twice as many bars."""
UNIT = 6
"""Syllables begin on eighths."""
VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿāēīōū"
NUCLEI = re.compile(f"[{VOWELS}]+", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*['\u2019]?")
_LIGHT = (
    "a an the of to in on at by for from with and or but nor as than that is are was were am be "
    "been i you he she it we they me him her us them my your his its our their this so if"
)
LIGHT = frozenset(re.findall(r"[a-z]+", _LIGHT))
"""English words that are sung without a stress."""
PREFIXES = ("a", "be", "re", "de", "un", "in", "en", "ex", "for", "per", "pro", "com", "con", "sur")
"""English beginnings of two-syllable words after which the stress often falls."""
ON_TIME, OFF_TIME = 2.0, 1.0
"""What a stress on no beat costs, and on a beat that is not strong."""


@dataclass(frozen=True)
class Syllable:
    """A syllable of the words, as it is written under its note, a hyphen where its word goes on."""

    text: str
    stressed: bool


Line = tuple[Syllable, ...]


def read_words(path: Path) -> tuple[Line, ...]:
    """The lines of a text, as syllables; lines without a word are left out.

    Raises RestyleError for a file that is no text, without words, or too long.
    """
    try:
        data = path.read_bytes()[: MOST_BYTES + 1]
    except OSError as error:
        raise RestyleError(f"{path.name}: the words cannot be read ({error.strerror}).") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RestyleError(f"{path.name} is no text in UTF-8.") from None
    lines = [line for line in map(syllables, text.splitlines()) if line]
    if not lines:
        raise RestyleError(f"{path.name} has no words to sing.")
    if len(data) > MOST_BYTES or len(lines) > MOST_LINES:
        raise RestyleError(f"{path.name} is too long: {MOST_LINES} lines can be sung.")
    return tuple(lines)


def syllables(line: str) -> Line:
    """The syllables of a line of words."""
    out: list[Syllable] = []
    for word in WORD.findall(line):
        pieces = [p for piece in word.split("-") if piece for p in split(piece)]
        stress = stressed(word, pieces)
        for i, piece in enumerate(pieces):
            hyphen = "-" if i + 1 < len(pieces) else ""
            out.append(Syllable(piece + hyphen, i == stress))
    return tuple(out)


def split(word: str) -> list[str]:
    """A word's syllables: a group of vowels each, a consonant before it; a silent e, and "ed" after
    most consonants, are none. What has a hyphen already, or capitals inside, stays."""
    groups = [m.span() for m in NUCLEI.finditer(word)]
    low = word.lower()
    if low[:1] == "y" and len(groups) > 1 and groups[0] == (0, 1):
        groups = groups[1:]
    silent = (low.endswith("e") and not low.endswith(("le", "ee"))) or low.endswith("es")
    silent |= low.endswith("ed") and not low.endswith(("ted", "ded"))
    silent |= low.endswith("le") and len(low) > 2 and low[-3] in VOWELS
    hissing = low.endswith(("ses", "ces", "ges", "zes", "shes", "ches", "xes"))
    if len(groups) > 1 and silent and not hissing and groups[-1][1] - groups[-1][0] == 1:
        groups = groups[:-1]
    if len(groups) < 2:
        return [word]
    cuts = []
    for (_, end), (begin, _) in pairwise(groups):
        consonants = word[end:begin].lower()
        one = len(consonants) < 2 or consonants in ("th", "sh", "ch", "ph", "wh", "gh", "qu")
        cuts.append(end if one else end + len(consonants) // 2)
    return [word[a:b] for a, b in zip([0, *cuts], [*cuts, len(word)], strict=True)]


def stressed(word: str, pieces: Sequence[str]) -> int:
    """The place of a word's stressed syllable, -1 for a light word."""
    capitals = [i for i, p in enumerate(pieces) if len(p) > 1 and p.isupper()]
    if capitals and len(capitals) < len(pieces):
        return capitals[0]
    if len(pieces) == 1:
        return -1 if word.lower() in LIGHT else 0
    first = pieces[0].lower()
    return 1 if len(pieces) == 2 and first in PREFIXES else 0


def rhythm_of(line: Line, meter: str) -> list[Pattern]:
    """The rhythm of a line, a pattern for each of its bars: one note a syllable, stresses where the
    meter is strong, evenly apart, the last one long.

    Raises RestyleError for a line that is too long for a breath.
    """
    found = [laid for bars in BARS if (laid := _laid(line, meter, bars)) is not None]
    if not found:
        said = " ".join(s.text for s in line[:6])
        raise RestyleError(
            f"A line of {len(line)} syllables is too long to be sung in one breath: break "
            f"'{said} ...' into two."
        )
    return min(found, key=lambda laid: laid[0])[1]


def _laid(line: Line, meter: str, bars: int) -> tuple[float, list[Pattern]] | None:
    """What a line costs in so many bars, a syllable, and its rhythm; None where no room is."""
    length = e.BAR_LENGTH[meter]
    slots = bars * length // UNIT
    last = slots - length // (2 * UNIT)  # nothing begins after it
    if len(line) > last + 1:
        return None
    slow = bars // BARS[0]
    ideal = _ideal(len(line), last, _widest(meter) * slow)
    costs = np.full((len(line), slots), np.inf)
    before = np.zeros((len(line), slots), dtype=np.int64)
    for i, syllable in enumerate(line):
        for slot in range(i, last - (len(line) - 1 - i) + 1):
            here = _cost(syllable.stressed, slot * UNIT % length, meter)
            here += 0.15 * abs(slot - ideal[i]) / slow
            if i == 0:
                costs[i, slot] = here + 0.3 * slot / slow
                continue
            gaps = (slot - np.arange(slot)) / slow
            steps = costs[i - 1, :slot] + 0.12 * np.maximum(gaps - 2, 0) ** 2
            before[i, slot] = int(np.argmin(steps))
            costs[i, slot] = here + steps[before[i, slot]]
    at = [int(np.argmin(costs[-1]))]
    for i in range(len(line) - 1, 0, -1):
        at.append(int(before[i, at[-1]]))
    cost = float(costs[-1].min()) / len(line) + SLOWER * (slow - 1)
    return cost, _patterns(at[::-1], bars, length)


def _widest(meter: str) -> float:
    """Eighths from syllable to syllable: a beat, in compound meters half of one, so that every
    other syllable has a beat."""
    return 2.0 if e.BEAT[meter] == 12 else 1.5


def _ideal(count: int, last: int, widest: float) -> list[float]:
    """Where syllables would begin if they were evenly apart, no wider than that."""
    step = min(widest, last / max(count - 1, 1))
    return [step * i for i in range(count)]


def _cost(stress: bool, place: int, meter: str) -> float:
    on_beat = place % e.BEAT[meter] == 0
    if stress:
        return 0.0 if strong(place, meter) else OFF_TIME if on_beat else ON_TIME + OFF_TIME
    return 1.2 if strong(place, meter) else 0.3 if on_beat else 0.0


def _patterns(slots: list[int], bars: int, length: int) -> list[Pattern]:
    out: list[list[tuple[int, int]]] = [[] for _ in range(bars)]
    ends = [*slots[1:], min(slots[-1] + length // (2 * UNIT), bars * length // UNIT)]
    for slot, end in zip(slots, ends, strict=True):
        bar, place = divmod(slot * UNIT, length)
        lasting = min((end - slot) * UNIT, length - place, length // 2)
        out[bar].append((place, lasting))
    return [tuple(pattern) for pattern in out]


class Words:
    """Words as they are sung in a meter."""

    def __init__(self, lines: Sequence[Line], meter: str):
        self._syllables = [syllable for line in lines for syllable in line]
        patterns = [pattern for line in lines for pattern in rhythm_of(line, meter)]
        self.rhythms: dict[int, Pattern] = dict(enumerate(patterns))
        """The rhythm of each bar."""

    @property
    def bars(self) -> int:
        return len(self.rhythms)

    def under(self, starts: Sequence[int]) -> tuple[Lyric, ...]:
        """The syllables under notes, one each."""
        pairs = zip(starts, self._syllables, strict=True)
        return tuple(Lyric(start, syllable.text) for start, syllable in pairs)
