"""Made-up accompaniments over known chords: what POP909's piano never plays.

Fitting the chord net on one kind of playing alone would make it deaf to others. These are the
textures that it must see through: walking bass with rootless voicings, oom-pah, Alberti bass,
four-part harmony with passing notes, broken chords, band patterns; over the chords of a labelled
song or over a made-up progression with its own tune.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from restyle.music.chord import QUALITIES
from restyle.music.song import TICKS, Chord, Notes, notes_array

Rows = list[tuple[int, int, int, int]]
HALF = TICKS // 2


@dataclass(frozen=True)
class Span:
    """A chord from one beat to another, and what follows it."""

    start: int
    end: int
    chord: Chord
    after: Chord | None

    @property
    def tones(self) -> list[int]:
        return [(self.chord.root + i) % 12 for i in QUALITIES[self.chord.quality]]


def spans(chords: dict[int, Chord]) -> list[Span]:
    """Runs of the same chord over the beats; beats without a chord are left out."""
    out: list[Span] = []
    beats = sorted(b for b, c in chords.items() if c.root >= 0)
    for beat in beats:
        if out and out[-1].end == beat and out[-1].chord == chords[beat]:
            out[-1] = Span(out[-1].start, beat + 1, chords[beat], None)
        else:
            out.append(Span(beat, beat + 1, chords[beat], None))
    following = [s.chord for s in out[1:]] + [None]
    return [Span(s.start, s.end, s.chord, n) for s, n in zip(out, following, strict=True)]


def near(pitch_class: int, low: int) -> int:
    """The pitch of that class from `low` up to an octave above it."""
    return low + (pitch_class - low) % 12


def walking(span: Span, rng: np.random.Generator, rows: Rows) -> None:
    """A walking bass, and rootless sevenths and ninths off the beat."""
    low = int(rng.integers(28, 36))
    coloured = coloured_tones(span, rng)
    for beat in range(span.start, span.end):
        if beat == span.start:
            pitch = near(span.chord.bass, low)
        elif beat + 1 == span.end and span.after is not None and rng.random() < 0.6:
            pitch = near(span.after.bass, low) + int(rng.choice([-2, -1, 1, 2]))
        elif rng.random() < 0.75:
            pitch = near(int(rng.choice(span.tones)), low)
        else:
            pitch = near(span.chord.root + int(rng.choice([2, 5, 9])), low)
        rows.append((beat * TICKS, TICKS, pitch, 90))
    voicing = [near(pc, int(rng.integers(50, 58))) for pc in coloured]
    for beat in range(span.start, span.end):
        if beat == span.start or rng.random() < 0.4:
            at = beat * TICKS + (HALF if rng.random() < 0.4 else 0)
            rows += [(at, int(rng.choice([HALF, TICKS, 2 * TICKS])), p, 70) for p in voicing]


def coloured_tones(span: Span, rng: np.random.Generator) -> list[int]:
    """The chord as jazz voices it: third, fifth or not, seventh, ninth, root or not."""
    quality, root = span.chord.quality, span.chord.root
    falls = span.after is not None and (span.after.root - root) % 12 == 5
    third = {"maj": [4], "min": [3], "sus": [5], "sus2": [2], "dim": [3], "aug": [4]}
    base = third.get(quality) or [QUALITIES[quality][1]]
    seventh = {3: [10, 10, 10, 9, 11], 4: [10] if falls else [11, 9, 11], 5: [10], 2: [10]}
    top = int(rng.choice(seventh.get(base[0], [10])))
    if quality in ("dim", "hdim7", "dim7"):
        return [(root + i) % 12 for i in (3, 6, 9 if quality == "dim7" else 10)]
    extra = [2] if rng.random() < 0.5 else []
    if falls and base == [4] and rng.random() < 0.4:
        extra = [int(rng.choice([1, 3, 8, 9]))]
    fifth = [QUALITIES[quality][2]] if rng.random() < 0.6 else []
    keep_root = [0] if rng.random() < 0.35 else []
    return [(root + i) % 12 for i in {*base, top, *extra, *fifth, *keep_root}]


def oom_pah(span: Span, rng: np.random.Generator, rows: Rows) -> None:
    """Bass, then the chord after it, the fifth in the bass every other time."""
    group = int(rng.choice([2, 3]))
    tones = [near(t, 55) for t in span.tones]
    for beat in range(span.start, span.end):
        place = (beat - span.start) % group
        if place == 0:
            fifth = (beat - span.start) // group % 2 == 1 and rng.random() < 0.6
            bass = span.tones[2] if fifth else span.chord.bass
            rows.append((beat * TICKS, TICKS, near(bass, 36), 80))
        else:
            rows += [(beat * TICKS, HALF, p, 60) for p in tones]


def alberti(span: Span, rng: np.random.Generator, rows: Rows) -> None:
    """Low, high, middle, high, in eighths or sixteenths."""
    low = near(span.chord.bass, int(rng.integers(41, 50)))
    others = sorted(near(t, low + 1) for t in span.tones if t != span.chord.bass)[:2]
    figure = [low, others[-1], others[0], others[-1]]
    step = HALF if rng.random() < 0.6 else HALF // 2
    at = span.start * TICKS
    for i in range((span.end - span.start) * TICKS // step):
        rows.append((at + i * step, step, figure[i % 4], 65))


def broken(span: Span, rng: np.random.Generator, rows: Rows) -> None:
    """Rising broken chords, held or not, over a held bass."""
    step = int(rng.choice([HALF, TICKS // 3, HALF // 2]))
    begin, end = span.start * TICKS, span.end * TICKS
    if rng.random() < 0.7:
        rows.append((begin, end - begin, near(span.chord.bass, 36), 75))
    ladder = sorted(near(t, low) for t in span.tones for low in (48, 60))
    for i, at in enumerate(range(begin, end, step)):
        size = min(2 * TICKS, end - at) if step < HALF else step
        rows.append((at, size, ladder[i % len(ladder)], 65))


def four_part(span: Span, rng: np.random.Generator, rows: Rows) -> None:
    """Bass, tenor and alto in quarters, now and then a passing or a leaning note."""
    for beat in range(span.start, span.end):
        first = beat == span.start
        bass = span.chord.bass if first else int(rng.choice(span.tones))
        voices = [near(bass, int(rng.choice([36, 43]))), near(int(rng.choice(span.tones)), 50)]
        voices += [near(span.tones[int(rng.integers(0, 3))], 57), near(span.tones[1], 60)]
        for pitch in voices:
            if rng.random() < 0.12:
                rows.append((beat * TICKS, HALF, pitch, 75))
                rows.append(
                    (beat * TICKS + HALF, HALF, pitch + int(rng.choice([-2, -1, 1, 2])), 75)
                )
            else:
                rows.append((beat * TICKS, TICKS, pitch, 75))


def band(span: Span, rng: np.random.Generator, rows: Rows) -> None:
    """Bass in eighths or with the kick, held or strummed chords, power chords now and then."""
    low = near(span.chord.bass, int(rng.integers(28, 36)))
    power = rng.random() < 0.2
    tones = span.tones[::2] if power and len(span.tones) == 3 else span.tones
    voicing = [near(t, int(rng.choice([48, 52, 55]))) for t in tones]
    held = rng.random() < 0.5
    if held:
        size = (span.end - span.start) * TICKS
        rows += [(span.start * TICKS, size, p, 60) for p in voicing]
    for half in range(2 * span.start, 2 * span.end):
        if half == 2 * span.start or rng.random() < 0.6:
            fill = rng.random() < 0.15 and half > 2 * span.start
            pitch = near(int(rng.choice(span.tones)), low) if fill else low
            rows.append((half * HALF, HALF, pitch, 90))
        if not held and rng.random() < 0.6:
            rows += [(half * HALF, HALF, p, 60) for p in voicing]


TEXTURES: tuple[Callable[[Span, np.random.Generator, Rows], None], ...] = (
    walking, walking, oom_pah, alberti, broken, four_part, band,
)  # fmt: skip


def accompany(chords: dict[int, Chord], rng: np.random.Generator) -> Notes:
    """An accompaniment in one texture, some sections in another."""
    rows: Rows = []
    texture = TEXTURES[int(rng.integers(len(TEXTURES)))]
    for i, span in enumerate(spans(chords)):
        if i % 16 == 15 and rng.random() < 0.3:
            texture = TEXTURES[int(rng.integers(len(TEXTURES)))]
        texture(span, rng, rows)
    return notes_array(rows)


# Degrees above the tonic, quality, and what tends to follow (by place in the table).
_MAJOR = (
    (0, "maj", (1, 3, 4, 5, 2, 8, 9, 10, 12)), (2, "min", (4, 6, 4, 11)), (4, "min", (5, 3, 9)),
    (5, "maj", (0, 4, 1, 6, 13)), (7, "maj", (0, 0, 0, 5, 3)), (9, "min", (1, 3, 8, 2)),
    (11, "dim", (0, 0, 9)), (7, "7", (0, 0, 5)), (2, "7", (4, 7, 7)), (4, "7", (5, 5, 3)),
    (0, "7", (3, 13)), (6, "dim7", (4, 7, 0)), (9, "7", (1, 8)), (5, "min", (0, 7)),
)  # fmt: skip
_MINOR = (
    (0, "min", (1, 3, 4, 5, 6, 8, 9)), (2, "dim", (4, 7, 7)), (3, "maj", (5, 3, 6)),
    (5, "min", (0, 4, 7, 1, 8)), (7, "maj", (0, 0, 0, 5)), (8, "maj", (1, 3, 10, 2)),
    (10, "maj", (2, 5, 0)), (7, "7", (0, 0, 5)), (11, "dim7", (0, 0, 9)), (0, "7", (3, 3)),
    (1, "maj", (7, 8)), (2, "hdim7", (7, 7)), (3, "aug", (5, 0)),
)  # fmt: skip


def progression(
    rng: np.random.Generator, beats: int, bar: int
) -> tuple[dict[int, Chord], list[int]]:
    """A functional progression over so many beats in such bars, some inversions; its scale."""
    minor = rng.random() < 0.45
    table, tonic = (_MINOR if minor else _MAJOR), int(rng.integers(12))
    scale = [
        (tonic + i) % 12 for i in ((0, 2, 3, 5, 7, 8, 11) if minor else (0, 2, 4, 5, 7, 9, 11))
    ]
    rhythm = int(rng.choice([1, 2, 2, 4, 4, 3]))
    chords: dict[int, Chord] = {}
    place = 0
    while len(chords) < beats:
        degree, quality, following = table[place]
        if quality in ("maj", "min") and rng.random() < 0.15:
            quality = {"maj": "sus", "min": "m7"}[quality]
        root = (tonic + degree) % 12
        turned = rng.random() < 0.2
        bass = (root + int(rng.choice(QUALITIES[quality]))) % 12 if turned else root
        lasts = rhythm if rng.random() < 0.8 else max(1, rhythm // 2)
        for _ in range(lasts):
            chords[len(chords)] = Chord(0, root, quality, bass)
        place = int(rng.choice(following))
    return chords, scale


def tune_over(chords: dict[int, Chord], scale: list[int], rng: np.random.Generator) -> Notes:
    """A tune in steps that meets the chords on most beats; rests now and then."""
    rows: Rows = []
    pitch, at = 72, 0
    end = (max(chords) + 1) * TICKS
    while at < end:
        size = int(rng.choice([HALF, TICKS, TICKS, 3 * HALF, 2 * TICKS]))
        chord = chords[at // TICKS]
        inside = chord.pitch_classes if at % TICKS == 0 and rng.random() < 0.75 else set(scale)
        steps = [p for p in range(pitch - 7, pitch + 8) if p % 12 in inside and 60 <= p <= 86]
        pitch = min(steps, key=lambda p: abs(p - pitch) + 4 * rng.random()) if steps else 72
        if rng.random() < 0.9:
            rows.append((at, size, pitch, 90))
        at += size
    return notes_array(rows)
