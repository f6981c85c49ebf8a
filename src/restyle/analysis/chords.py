"""The chords of a song: the likeliest path of chord symbols over its beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chord_net import (
    BASS,
    KINDS,
    NO_CHORD,
    STATES,
    TUNE,
    chord_scores,
    describe_beats,
)
from restyle.analysis.chroma import BAR, BEAT, HALF, Beats, beats_of, pitched
from restyle.analysis.melody import find_melody
from restyle.music.chord import QUALITIES
from restyle.music.song import Chord, Notes, Song, notes_array

_CHANGE = {BAR: 0.0, HALF: 0.7, BEAT: 2.2}
"""What a change of chord costs, in nats, at a bar line, a half bar and any other beat."""

_MEANT = 6.0
"""Nats against "no chord" on each beat of a bar that spells a chord."""
_COVERED, _TONE = 0.85, 0.1
"""A bar spells a chord when so much of what sounds belongs to it, and each of three tones, root
and third among them, sounds so much."""
_SPELT = [QUALITIES[quality] for quality in ("6", "7", "maj7", "m6", "m7", "mM7")]


def find_chords(
    song: Song, melody: tuple[NDArray[np.bool_], ...] | None = None
) -> tuple[Chord, ...]:
    """The chords of a song in ticks, one after another from tick 0, each unlike the one before.

    The song must stand on its beats already. Beats where nothing suggests a chord carry "no
    chord". `melody` are the masks that `find_melody` gives, found anew where it is None.
    """
    if not len(pitched(song)):
        return ()
    melody = find_melody(song) if melody is None else melody
    accompaniment, tune = _apart(song, melody)
    beats = beats_of(song)
    turned, plain = describe_beats(accompaniment, tune, beats)
    scores = chord_scores(turned, plain)
    heard = np.minimum(turned[:, 0] + turned[:, TUNE], 1.0)
    spelling = heard if _one_player(melody) else turned[:, 0]
    scores[_spells_a_chord(spelling, beats), NO_CHORD] -= _MEANT
    path = _of_one_tone(_best_path(scores, beats.levels), heard, scores)
    return _merge(beats, path, turned[:, 0], turned[:, BASS])


def _apart(song: Song, melody: tuple[NDArray[np.bool_], ...]) -> tuple[Notes, Notes]:
    """The pitched notes that are not the melody, and those that are."""
    empty = [notes_array()]
    pairs = [(t.notes, m) for t, m in zip(song.tracks, melody, strict=True) if not t.is_drum]
    rest = np.concatenate(empty + [notes[~mask] for notes, mask in pairs])
    tune = np.concatenate(empty + [notes[mask] for notes, mask in pairs])
    return (rest, tune) if len(rest) else (tune, rest)


def _best_path(scores: NDArray[np.float32], levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Viterbi over beats: staying is free, a change costs what the place in the bar makes it."""
    beats = len(scores)
    stay = np.ones((beats, STATES), dtype=bool)
    best = np.zeros(beats, dtype=np.int64)
    cost = [_CHANGE[level] for level in levels.tolist()]
    total = scores[0].astype(np.float64)
    for t in range(1, beats):
        best[t] = total.argmax()
        leave = total[best[t]] - cost[t]
        np.greater_equal(total, leave, out=stay[t])
        np.maximum(total, leave, out=total)
        total += scores[t]
    path = np.full(beats, int(total.argmax()))
    for t in range(beats - 1, 0, -1):
        path[t - 1] = path[t] if stay[t, path[t]] else best[t]
    return path


def _one_player(melody: tuple[NDArray[np.bool_], ...]) -> bool:
    """Whether the melody is the top voice of players of chords, not a singer's: its notes are of
    their chords then. A singer who begins alone spells none."""
    return all(mask.mean() < 0.9 for mask in melody if mask.any())


def _spells_a_chord(heard: NDArray[np.float32], beats: Beats) -> NDArray[np.bool_]:
    """Which beats that sound stand in a bar whose notes are nearly all those of one chord: to
    call that no chord takes more than doubt.

    `heard` is the share of each beat for which each pitch class sounds, (beats, 12).
    """
    firsts = np.flatnonzero(beats.levels == BAR)
    sums = np.add.reduceat(heard, firsts, axis=0)
    total = np.maximum(sums.sum(axis=1), 1e-6)
    spelt = np.zeros(len(firsts), dtype=bool)
    there = sums > _TONE * total[:, None]
    for tones in _SPELT:
        of_root = np.stack([np.roll(sums, -tone, axis=1) for tone in tones])  # (tone, bars, root)
        sounding = np.stack([np.roll(there, -tone, axis=1) for tone in tones])
        covered = of_root.sum(axis=0) >= _COVERED * total[:, None]
        spelt |= (covered & sounding[:2].all(axis=0) & (sounding.sum(axis=0) >= 3)).any(axis=1)
    of_bar = np.cumsum(beats.levels == BAR) - 1
    return np.asarray(spelt[of_bar] & (heard.sum(axis=1) > 0))


def _of_one_tone(
    path: NDArray[np.int64], heard: NDArray[np.float32], scores: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The path, with chords during all of which one pitch class sounds alone built on it: the
    chord before or after where that is built on it, too, for a root alone changes no third.

    The network has learnt from songs in which such a tone belongs to a chord that sounds near by;
    such chords are longer than the tone alone.
    """
    path = path.copy()
    firsts = np.flatnonzero(np.concatenate(([True], path[1:] != path[:-1])))
    sums = np.add.reduceat(heard, firsts, axis=0)
    for i in np.flatnonzero((sums > 0).sum(axis=1) == 1):
        first, last = firsts[i], firsts[i + 1] if i + 1 < len(firsts) else len(path)
        tone = int(sums[i].argmax())
        if path[first] == NO_CHORD:
            continue
        beside = [path[at] for at in (first - 1, last) if 0 <= at < len(path)]
        near = [state for state in beside if state != NO_CHORD and state % 12 == tone]
        if near:
            path[first:last] = near[0]
        elif path[first] % 12 != tone:
            built = [12 * KINDS.index(triad) + tone for triad in ("maj", "min")]
            path[first:last] = built[int(scores[first:last, built].sum(axis=0).argmax())]
    return path


def _merge(
    beats: Beats, path: NDArray[np.int64], sounding: NDArray[np.float32], bass: NDArray[np.float32]
) -> tuple[Chord, ...]:
    """One chord for each run of the same state, spelt with what sounds during it."""
    firsts = np.flatnonzero(np.concatenate(([True], path[1:] != path[:-1])))
    states, starts = path[firsts], beats.starts[firsts].tolist()
    roots = np.where(states == NO_CHORD, 0, states % 12)
    # What sounds, and what lies lowest, turned so that the root comes first.
    turn = (roots[:, None] + np.arange(12)) % 12
    heard = np.take_along_axis(np.add.reduceat(sounding, firsts, axis=0), turn, axis=1)
    low = np.take_along_axis(np.add.reduceat(bass, firsts, axis=0), turn, axis=1)
    chords: list[Chord] = []
    for i, state in enumerate(states.tolist()):
        chord = Chord(starts[i], -1)
        if state != NO_CHORD:
            root, triad = state % 12, KINDS[state // 12]
            quality = _seventh(triad, heard[i].tolist())
            chord = Chord(starts[i], root, quality, (root + _bass(triad, low[i].tolist())) % 12)
        if not chords or _symbol(chord) != _symbol(chords[-1]):
            chords.append(chord)
    return tuple(chords)


def _symbol(chord: Chord) -> tuple[int, str, int]:
    return chord.root, chord.quality, chord.bass


_GROWN = {
    "maj": {10: "7", 11: "maj7", 9: "6"},
    "min": {10: "m7", 11: "mM7", 9: "m6"},
    "dim": {10: "hdim7", 9: "dim7"},
    "aug": {10: "aug7"},
    "sus": {10: "7sus"},
    "sus2": {10: "7sus"},
}


def _seventh(triad: str, heard: list[float]) -> str:
    """The four-note quality that a triad grows to where its fourth note clearly sounds.

    `heard` is how long each interval above the root sounds.
    """
    tones = QUALITIES[triad]
    weight = sum(heard[i] for i in tones) / len(tones)
    best = max(_GROWN[triad], key=heard.__getitem__)
    # A sixth is often a passing note, and often the fifth of the chord a third below.
    enough = 0.75 if best == 9 and triad != "dim" else 0.5
    return _GROWN[triad][best] if heard[best] > enough * weight else triad


def _bass(triad: str, low: list[float]) -> int:
    """The interval above the root that is in the bass: 0, or another chord tone that clearly is."""
    best = max(range(12), key=low.__getitem__)
    return best if best in QUALITIES[triad] and low[best] > 0.6 * sum(low) else 0
