"""Signs above the staff in MusicXML: chord symbols and tempo marks."""

from __future__ import annotations

from collections.abc import Sequence

from restyle.io.score.layout import Bar
from restyle.io.score.rhythm import is_compound
from restyle.io.score.spelling import spell_bass, spell_root
from restyle.music.chord import SUFFIX
from restyle.music.song import Chord, Key, Meter

KINDS = {
    "maj": "major", "min": "minor", "dim": "diminished", "aug": "augmented",
    "sus": "suspended-fourth", "sus2": "suspended-second", "6": "major-sixth",
    "m6": "minor-sixth", "7": "dominant", "maj7": "major-seventh", "m7": "minor-seventh",
    "mM7": "major-minor", "hdim7": "half-diminished", "dim7": "diminished-seventh",
    "aug7": "augmented-seventh", "7sus": "suspended-fourth",
}  # fmt: skip
"""MusicXML's names of our chord qualities; 7sus is told by its text."""
_SHOWN = {"hdim7": "m7♭5", "aug7": "7♯5", "dim": "°", "dim7": "°7"}
"""How qualities are printed where the plain suffix looks poor."""
PRINTED_FROM = 0.08
"""A change of tempo by less than this share is played, not printed."""
_HOLDS = 4
"""Bars that a tempo has to last to be printed."""


def harmony(chord: Chord, offset: int, key: Key) -> str:
    """A chord symbol, `offset` units after the note that follows it in the file."""
    place = f"<offset>{offset}</offset>" if offset else ""
    if chord.root < 0:
        return (
            '<harmony><root><root-step text="">C</root-step></root>'
            f'<kind text="N.C.">none</kind>{place}</harmony>'
        )
    letter, alter = spell_root(chord, key)
    bass = ""
    if chord.bass != chord.root:
        bass_letter, bass_alter = spell_bass(chord, key)
        changed = f"<bass-alter>{bass_alter}</bass-alter>" if bass_alter else ""
        bass = f"<bass><bass-step>{bass_letter}</bass-step>{changed}</bass>"
    changed = f"<root-alter>{alter}</root-alter>" if alter else ""
    shown = _SHOWN.get(chord.quality, SUFFIX[chord.quality])
    return (
        f"<harmony><root><root-step>{letter}</root-step>{changed}</root>"
        f'<kind text="{shown}">{KINDS[chord.quality]}</kind>'
        f"{bass}{place}</harmony>"
    )


def clef_of(sign: str, octaves: int, number: int) -> str:
    """A clef that sounds `octaves` away from what is written, on the staff of that number."""
    line = {"G": "<line>2</line>", "F": "<line>4</line>", "C": "<line>3</line>"}.get(sign, "")
    change = f"<clef-octave-change>{octaves}</clef-octave-change>" if octaves else ""
    return f'<clef number="{number}"><sign>{sign}</sign>{line}{change}</clef>'


def metronome(bpm: float, meter: Meter, *, exact: bool) -> str:
    """A metronome mark, rounded unless `exact`; dotted quarters where they are the beat."""
    compound = is_compound(meter.numerator, meter.denominator)
    unit = "<beat-unit>quarter</beat-unit>" + ("<beat-unit-dot/>" if compound else "")
    count = bpm / 1.5 if compound else bpm
    shown = f"{count:.6g}" if exact else str(round(count))
    return f"<metronome>{unit}<per-minute>{shown}</per-minute></metronome>"


def dynamic(mark: str, offset: int, *, above: bool) -> str:
    """A dynamic mark, `offset` units after the beginning of the measure, at the first staff."""
    place = "above" if above else "below"
    late = f"<offset>{offset}</offset>" if offset else ""
    return (
        f'<direction placement="{place}"><direction-type><dynamics><{mark}/></dynamics>'
        f"</direction-type>{late}<staff>1</staff></direction>"
    )


def printed(
    tempos: Sequence[tuple[int, float]], bars: Sequence[Bar]
) -> tuple[tuple[int, float], ...]:
    """The tempos that a score shows.

    The first one, and later ones that are another tempo and stay so for some bars: a tempo that was
    played is not steady, and nobody reads a number at every bar.
    """
    out = []
    shown = 0.0
    end = bars[-1].end
    for i, (time, bpm) in enumerate(tempos):
        new = not shown or abs(bpm / shown - 1) >= PRINTED_FROM
        if new and shown:
            others = (t for t, other in tempos[i + 1 :] if abs(other / bpm - 1) >= PRINTED_FROM)
            until = next(others, end)
            bar = next((b for b in bars if b.start <= time < b.end), bars[-1])
            to_the_end = until == end and time == bar.start
            new = to_the_end or until - time >= _HOLDS * bar.length
        if new:
            shown = bpm
            out.append((time, bpm))
    return tuple(out)


def octave_sign(octaves: int, staff: int, *, stop: bool = False) -> str:
    """Where an octave sign begins or stops: 1 is 8va, 2 is 15ma, below zero the notes sound lower.

    Pitches stay those that sound; "down" says that they are written lower.
    """
    kind = "stop" if stop else "down" if octaves > 0 else "up"
    size = 8 if abs(octaves) == 1 else 15
    place = "above" if octaves > 0 else "below"
    return (
        f'<direction placement="{place}"><direction-type><octave-shift type="{kind}" '
        f'size="{size}"/></direction-type><staff>{staff}</staff></direction>'
    )
