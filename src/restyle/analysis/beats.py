"""Where a song's beats are: on its file's beat, beside it, or only in how it was played."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.accents import Frames, extent
from restyle.analysis.align import seconds_at
from restyle.analysis.bars import place_contrast, place_scores
from restyle.analysis.ear import Ear
from restyle.analysis.tracking import Tapped, fit, gain, taps, track
from restyle.music.song import TICKS, Song, Tempo

DOTTED = TICKS * 3 // 2
"""Ticks of a dotted quarter."""

_BINS = 96  # of a beat, 5 ticks each
_HAIR = 15  # ticks; what is no further from the file's grid lies on it
_TRUST = 0.6  # the file's grid is kept when it fits this well beside the best moved one
_OFFBEAT = 1.05  # more onsets off the beat than that, and the beat itself is in doubt
_LOOSE = 0.25  # below this no grid of the file fits well: it may have been played without one

# Nats in favour of the file: musicians who use its beat are many, those who do not are few.
_METER_BONUS = 5.0  # its onsets lie on its grid, and it states a meter
_GRID_BONUS = 3.0  # its onsets lie on its grid
_FILE_BONUS = 1.0
_PLAYED_MALUS = 4.0
_DOUBTFUL = 0.4  # the same where the file states no meter
_MEANT = 0.4  # share of the gain of tapped beats that the file's have, where they mean anything
_EVEN = 0.12  # of 1: onsets whose places in the file's beat are no more alike are spread evenly
_EVEN_BEATS = 12.0  # the same for each beat of a short song
_BARS = 1.0  # nats for each nat a beat by which bars of four are heard on tapped beats
_FOURS = 2.0  # nats for each that they are heard more plainly than bars of two
_EARLY = 0.1  # seconds that the first note may come before the beat it is meant on
_SLOWEST, _FASTEST = 1.02, 0.33  # seconds; nearly all music has its beat at 60 to 180 a minute


@dataclass(frozen=True)
class GridFit:
    """How the onsets of a song lie on its file's beat.

    `fit` tells (1 all, 0 by chance) how many onsets lie on sixteenths or triplets of the beat, a
    hair's breadth allowed; `best` the same for the grid `shift` ticks later (less than a
    sixteenth). `offbeat` compares the onsets on the other sixteenths of the beat, the one that
    has the most, with those on the beat itself.
    """

    fit: float
    best: float
    shift: int
    offbeat: float

    @property
    def on_grid(self) -> bool:
        """Whether the onsets lie on the file's sixteenths and triplets."""
        return self.best >= _LOOSE and self.fit >= _TRUST * self.best

    @property
    def trusted(self) -> bool:
        """Whether the song surely sits on its file's beat."""
        return self.on_grid and self.offbeat < _OFFBEAT


def grid_fit(song: Song) -> GridFit:
    """Judge the file's beat by all onsets of the song."""
    histogram = _onset_histogram(song)
    spectrum = np.fft.rfft(histogram) * np.conj(np.fft.rfft(_comb()))
    scores = np.fft.irfft(spectrum, _BINS)
    shift = int(np.argmax(scores[: _BINS // 4]))
    hair = _HAIR * _BINS // TICKS
    near = np.arange(-hair, hair + 1)
    on, *others = (histogram[near + k * _BINS // 4].sum() for k in range(4))
    return GridFit(
        float(scores[near].max()),
        float(scores.max()),
        shift * TICKS // _BINS,
        float(max(others[0], 0.8 * others[1], others[2]) / max(on, 1e-6)),
    )


def _onset_histogram(song: Song) -> NDArray[np.float64]:
    """Share of the song's distinct onsets at each place in the file's beat."""
    onsets = np.unique(np.concatenate([t.notes["start"] for t in song.tracks]))
    places = (onsets % TICKS) * _BINS // TICKS
    return np.asarray(np.bincount(places, minlength=_BINS) / len(onsets))


def _comb() -> NDArray[np.float64]:
    """What an onset is worth by its place in the beat: 1 on the beat, on average 0."""
    places = (np.arange(_BINS) + 0.5) / _BINS
    comb = np.zeros(_BINS)
    worths = ((0, 1.0), (1 / 2, 1.0), (1 / 4, 0.9), (3 / 4, 0.9), (1 / 3, 0.6), (2 / 3, 0.6))
    for target, worth in worths:
        away = np.abs((places - target + 0.5) % 1.0 - 0.5)
        comb = np.maximum(comb, worth * np.exp(-0.5 * (away / 0.025) ** 2))
    return np.asarray((comb - comb.mean()) / (1 - comb.mean()))


@dataclass(frozen=True)
class Beats:
    """Beats of a song. `phase` is where in the file's beat they lie (ticks), None when they were
    tapped to the playing alone; `seconds` are their times, from the first note to the last."""

    phase: int | None
    seconds: NDArray[np.float64]


def find_beats(song: Song, frames: Frames, ear: Ear, metered: bool = False) -> Beats:
    """The beats of a song whose meter is not known, or that is not plainly on its file's beat.

    The file's own beat, the same beat moved to where many notes start, and, where no grid fits
    the onsets, beats tapped to the playing are compared by how well the accents speak for them.
    `metered` says that the file states a meter that makes sense.
    """
    judged = grid_fit(song)
    scores = {
        phase: fit(frames, file_beats(song, phase), ear) for phase in _phases(song, judged.shift)
    }
    bonus = _METER_BONUS if metered else _GRID_BONUS
    scores[0] += bonus if judged.on_grid else _FILE_BONUS
    phase = max(scores, key=lambda p: scores[p])
    own = file_beats(song, phase)
    if judged.best < (_LOOSE if metered else _DOUBTFUL) and not (metered and _keeps_time(song)):
        played = tapped(frames, ear)
        if played is not None:
            ways = [*((p, TICKS) for p in scores), *((p, DOTTED) for p in dotted_phases(phase))]
            told = max(gain(frames, file_beats(song, *way), ear) for way in ways)
            means_nothing = told < _MEANT * gain(frames, played.beats, ear)
            better = judged.best < _LOOSE and played.score > scores[phase] + _PLAYED_MALUS
            if means_nothing or better:
                return Beats(None, played.beats)
    return Beats(phase, own)


def _keeps_time(song: Song) -> bool:
    """Whether the onsets come back to some places in the file's beat, or in an equal part of it:
    who played, however freely, heard it then. Of a beat that means nothing all places are alike
    (the resultant length of circular statistics is near 0; of music in another tempo it falls as
    one over the beats that it goes on for)."""
    onsets = np.unique(np.concatenate([t.notes["start"] for t in song.tracks]))
    turns = 2j * np.pi * (onsets % TICKS) / TICKS
    even = max(_EVEN, _EVEN_BEATS * TICKS / song.end)
    return any(abs(np.exp(parts * turns).mean()) > even for parts in (1, 2, 3, 4, 6, 8))


def _phases(song: Song, shift: int) -> list[int]:
    """Where in the file's beat its real beat may lie: at 0, on the shifted grid, on peaks."""
    histogram = _onset_histogram(song)
    away = np.minimum(np.arange(_BINS), _BINS - np.arange(_BINS))
    kernel = np.exp(-0.5 * (away / 3.0) ** 2)
    smooth = np.fft.irfft(np.fft.rfft(histogram) * np.fft.rfft(kernel), _BINS)
    rises = (smooth > np.roll(smooth, 1)) & (smooth >= np.roll(smooth, -1))
    peaks = np.flatnonzero(rises & (smooth > 0.1 * smooth.max()))
    peaks = peaks[np.argsort(-smooth[peaks])][:8]
    grid = [(shift + k * TICKS // 4) % TICKS for k in range(4)]
    found = [0, *grid, *(int(p) * TICKS // _BINS for p in peaks)]
    return [0, *(p for p in dict.fromkeys(found) if _HAIR < p < TICKS - _HAIR)]


def dotted_phases(phase: int) -> list[int]:
    """Where dotted quarters may begin whose eighths lie on the file's, moved by `phase`."""
    return [(phase + k * TICKS // 2) % DOTTED for k in range(3)]


def file_beats(song: Song, phase: int, every: int = TICKS) -> NDArray[np.float64]:
    """Seconds of the beats `phase` ticks after the file's, from the first note to the end."""
    first = min(int(t.notes["start"][0]) for t in song.tracks if len(t.notes))
    begin = (first - phase) // every * every + phase
    return seconds_at(song.tempos, np.arange(begin, max(song.end, begin + 2 * every) + 1, every))


def tapped(frames: Frames, ear: Ear) -> Tapped | None:
    """Beats tapped to the playing alone; None when there is too little of it.

    Of a beat, its double and its half, which fit nearly as well, that one is taken on which bars
    of four are heard most plainly, and more so than bars of two: these are of four at the double.
    """
    pulse = track(frames, ear)
    begin, end = extent(frames)
    first = int(np.searchsorted(pulse, begin + _EARLY)) - 1  # the beat that the first note is on
    ways = taps(pulse[max(first, 0) : np.searchsorted(pulse, end) + 1])  # silence is no beat
    likely = [way for way in ways if _FASTEST <= np.median(np.diff(way)) <= _SLOWEST] or ways

    def likelihood(way: NDArray[np.float64]) -> float:
        scores = place_scores(frames, way, ear)
        two, four = (place_contrast(scores, count) for count in (2, 4))
        return fit(frames, way, ear) + _BARS * four + _FOURS * (four - two)

    best = max(likely, key=likelihood, default=None)
    return None if best is None else Tapped(best, fit(frames, best, ear))


def without_beat(song: Song) -> Song:
    """The song as a plain recording: real time kept, its beat forgotten (120 a minute)."""
    ticks = TICKS * 2.0  # a second
    tracks = []
    for track_ in song.tracks:
        notes = track_.notes.copy()
        start = np.rint(seconds_at(song.tempos, notes["start"]) * ticks)
        end = np.rint(seconds_at(song.tempos, track_.notes["start"] + notes["duration"]) * ticks)
        notes["start"], notes["duration"] = start, np.maximum(end - start, 1)
        tracks.append(replace(track_, notes=notes))
    return replace(song, tracks=tuple(tracks), tempos=(Tempo(0, 120.0),), meter_known=False)
