"""Forms: which bars are new, which come again, and where phrases close.

After W. E. Caplin, *Classical Form* (1998): a period is a phrase that closes half and comes again
to close in full; a sentence says its idea, says it again over the next chord, and breaks it into
smaller pieces on the way to its cadence. Larger forms are rows of such sections with letters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from restyle.errors import RestyleError

NEW, SAME, SEQUENCE, RHYTHM = "new", "same", "sequence", "rhythm"


@dataclass(frozen=True)
class Bar:
    """What is planned of a bar."""

    how: str = NEW
    """`new`; `same`: note for note as `source`; `sequence`: moved to its own chord; `rhythm`: the
    rhythm alone."""
    source: int = -1
    cadence: str = ""
    """`half` or `full` where a phrase closes."""
    letter: str = "A"
    begins: bool = False
    """Whether a section begins here."""
    place: int = 0
    """Bars since its section began."""
    left: int = 4
    """Bars to the end of its phrase, itself counted."""
    last: bool = False
    """Whether the song ends with it."""


PATTERNS: dict[str, tuple[str, ...]] = {
    "period": ("new", "new", "new", "half", "same0", "same1", "rhythm2", "end"),
    "sentence": ("new", "new", "sequence0", "sequence1", "new", "sequence4", "new", "end"),
    "chorus": ("new", "new", "sequence0", "half", "same0", "same1", "sequence2", "end"),
    "bridge": ("new", "new", "sequence0", "sequence1", "new", "new", "rhythm4", "end"),
    "couplet": ("new", "new", "rhythm0", "half", "new", "sequence4", "rhythm2", "end"),
    "blues": ("new", "rhythm0", "new", "half", "same0", "same1", "same2", "half",
              "new", "sequence8", "rhythm2", "end"),
    "line": ("new", "new", "rhythm0", "end"),
}  # fmt: skip
"""Sections: what each bar is, and which bar of the section it follows."""


@dataclass(frozen=True)
class Form:
    """A row of sections: letters, the cadence of each, and the patterns that a letter may have."""

    letters: str
    ends: str
    """`h` half or `f` full for each section."""
    patterns: dict[str, tuple[str, ...]]
    lifted: str = ""
    """Letters that lie higher than the others."""


_ANY = ("period", "sentence", "chorus")
FORMS: dict[str, Form] = {
    "aaba": Form("AABA", "hfhf", {"A": ("sentence", "period", "chorus"), "B": ("bridge",)}, "B"),
    "abac": Form("ABAC", "hhhf", {"A": ("sentence", "couplet"), "B": ("couplet", "bridge"),
                                  "C": ("couplet", "sentence")}, "C"),
    "aabb": Form("AABB", "hfhf", {"A": _ANY, "B": ("chorus", "sentence", "couplet")}, "B"),
    "verse-chorus": Form("AABB", "hhhf", {"A": ("sentence", "couplet"), "B": ("chorus",)}, "B"),
    "minuet": Form("AABA", "hfhf", {"A": ("period",), "B": ("bridge", "sentence")}),
    "period": Form("A", "f", {"A": ("period",)}),
    "sentence": Form("A", "f", {"A": ("sentence",)}),
    "blues": Form("AA", "hf", {"A": ("blues",)}),
    "hymn": Form("ABCD", "hfhf", {k: ("line",) for k in "ABCD"}, "C"),
}  # fmt: skip
STYLE_FORMS: dict[str, tuple[str, ...]] = {
    "jazz": ("aaba", "aaba", "abac"), "blues": ("blues",), "hymn": ("hymn", "hymn", "aaba"),
    "pop": ("verse-chorus", "verse-chorus", "aaba"), "rock": ("verse-chorus",),
    "classical": ("minuet", "aabb"), "ragtime": ("aabb",), "irish": ("aabb",),
    "folk": ("aabb", "aaba", "hymn"), "country": ("verse-chorus", "aabb"),
    "rocknroll": ("blues", "aaba"), "earlymusic": ("aabb",), "film": ("aaba", "abac"),
    "soul": ("verse-chorus", "aaba"), "latin": ("aabb", "aaba"),
}  # fmt: skip
"""The forms that a style's songs have; others are in verse and chorus."""


def pick_form(style: str, wanted: str, rng: np.random.Generator) -> str:
    """The form asked for, or one of the style's. Raises RestyleError for a form there is not."""
    if wanted and wanted not in FORMS:
        raise RestyleError(f"There is no form {wanted}: say one of {', '.join(FORMS)}.")
    if wanted:
        return wanted
    return str(rng.choice(STYLE_FORMS.get(style, ("verse-chorus", "aaba"))))


def planned(name: str, bars: int | None, rng: np.random.Generator) -> list[Bar]:
    """The bars of a form; of another length its sections go on from the first, or it ends sooner,
    and what is left over is one more phrase."""
    form = FORMS[name]
    chosen = {k: str(rng.choice(form.patterns[k])) for k in sorted(set(form.letters))}
    unit = len(PATTERNS[chosen[form.letters[0]]])
    full = len(form.letters) if bars is None else bars // unit
    rest = 0 if bars is None else bars % unit
    out: list[Bar] = []
    seen: dict[str, int] = {}
    for number in range(full):
        turn = number % len(form.letters)
        letter = form.letters[turn]
        final = number + 1 == full and not rest
        end = "full" if final or form.ends[turn] == "f" else "half"
        begin = len(out)
        if letter in seen:
            out += _again(out, seen[letter], unit, end, final)
        else:
            out += _section(PATTERNS[chosen[letter]], letter, begin, end)
            seen[letter] = begin
    if rest:
        out += _rest(rest, len(out), unit)
    return _marked(out)


def _section(pattern: tuple[str, ...], letter: str, begin: int, end: str) -> list[Bar]:
    out = []
    for place, word in enumerate(pattern):
        bar = Bar(letter=letter, place=place, begins=place == 0)
        if word in ("end", "half"):
            bar = replace(bar, cadence=end if word == "end" else "half")
        elif word != NEW:
            how = word.rstrip("0123456789")
            bar = replace(bar, how=how, source=begin + int(word[len(how) :]))
        out.append(bar)
    return out


def _again(song: list[Bar], begin: int, length: int, end: str, final: bool) -> list[Bar]:
    """A section that comes again: note for note, but for its last bars where it ends otherwise,
    or ends the song."""
    out = []
    other = final or song[begin + length - 1].cadence != end
    for place in range(length):
        bar = replace(song[begin + place], how=SAME, source=begin + place)
        if other and place == length - 2:
            bar = replace(bar, how=RHYTHM)
        if other and place == length - 1:
            bar = Bar(letter=bar.letter, place=place, cadence=end)
        out.append(bar)
    return out


def _rest(count: int, begin: int, unit: int) -> list[Bar]:
    """A phrase of a few bars that ends the song; it takes up the beginning where it can."""
    out = []
    for place in range(count):
        how = RHYTHM if begin and place < count - 1 else NEW
        source = (place % min(unit, begin)) if how == RHYTHM else -1
        out.append(Bar(how, source, letter="Z", place=place, begins=place == 0))
    out[-1] = replace(out[-1], how=NEW, source=-1, cadence="full")
    return out


def _marked(bars: list[Bar]) -> list[Bar]:
    """The bars with how far the end of their phrase is, and the last one marked."""
    out: list[Bar] = []
    left = 0
    for bar in reversed(bars):
        left = 1 if bar.cadence or not out else left + 1
        out.append(replace(bar, left=min(left, 4), last=not out))
    return out[::-1]
