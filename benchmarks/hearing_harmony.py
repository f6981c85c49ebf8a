"""How well key, chords and melody are heard, against labels that the hearing never sees.

POP909 is measured on its even numbers; weights are fitted on the odd ones. Chords and keys are
heard on the labels' own beats, so that they are measured apart from beat finding. Which track is
the melody is measured on every song with named tracks, always by nets that were fitted on the
other half of the titles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mir_eval
import numpy as np
from numpy.typing import NDArray

from harmony_truth import HELD_OUT, Labelled, Named, as_solo, merged, named, pop909
from hearing_table import Row
from restyle.analysis.chords import find_chords
from restyle.analysis.key import find_key
from restyle.analysis.topvoice import top_voice
from restyle.analysis.tracks import melody_scores, tops_of_chords
from restyle.music.song import TICKS, Chord, Key, Song

_THIRD = {"maj": 4, "aug": 4, "min": 3, "dim": 3, "sus": 0}


def harmony_rows(folder: Path, songs: int) -> Iterator[Row]:
    """Rows for key, chords, melody track and top voice, on at most so many songs a source."""
    labelled = list(pop909(folder, songs, HELD_OUT))
    yield from chord_rows(labelled)
    yield from key_rows(labelled)
    found = list(named(folder, songs))
    yield from track_rows(found)
    yield from voice_rows(found)


def chord_rows(songs: list[Labelled]) -> Iterator[Row]:
    """Shares of beats with the right root, root and third, and bass."""
    hits = np.array([same(s.chords, find_chords(_nameless(s.song))) for s in songs]).sum(axis=0)
    root, third, bass, beats = hits
    yield Row("chords: root, a beat (POP909)", f"{root / beats:.3f}", "0.92", len(songs))
    yield Row("chords: root and third, a beat", f"{third / beats:.3f}", "0.88", len(songs))
    yield Row("chords: bass note, a beat", f"{bass / beats:.3f}", "", len(songs))


def same(labels: dict[int, Chord], found: tuple[Chord, ...]) -> tuple[int, int, int, int]:
    """Beats with the labels' root; root and third; bass; all beats."""
    starts = np.array([c.start for c in found])
    root = third = bass = 0
    for beat, label in labels.items():
        at = int(np.searchsorted(starts, beat * TICKS + TICKS // 2, side="right")) - 1
        chord = found[at] if at >= 0 else Chord(0, -1)
        right = chord.root == label.root
        root += right
        third += right and (label.root < 0 or _THIRD[chord.triad] == _THIRD[label.triad])
        bass += chord.bass == label.bass
    return root, third, bass, len(labels)


def key_rows(songs: list[Labelled]) -> Iterator[Row]:
    """mir_eval's weighted score: fifths, relative and parallel keys count in part. The second row:
    every file states C major, as a third of all files do whatever their key is."""
    for stated, keys in (("POP909", None), ("C major stated in all files", ((0, Key(0)),))):
        scores = []
        for labelled in songs:
            song = _nameless(labelled.song)
            found = find_key(song if keys is None else replace(song, keys=keys))
            scores.append(weighted(labelled.key, found))
        yield Row(f"key: weighted score ({stated})", f"{np.mean(scores):.3f}", "0.85", len(songs))


def weighted(label: Key, found: Key) -> float:
    names = [f"{_FLAT[k.tonic]} {k.mode}" for k in (label, found)]
    return float(mir_eval.key.weighted_score(*names))


_FLAT = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]


def _nameless(song: Song) -> Song:
    return song.with_tracks(replace(t, name="") for t in song.tracks)


def track_rows(songs: list[Named]) -> Iterator[Row]:
    """Share of songs whose melody track is found, names hidden, by source."""
    right: defaultdict[str, list[bool]] = defaultdict(list)
    for song in songs:
        scores = melody_scores(song.song, song.candidates, unseen=song.half)
        right[song.source].append(bool(song.right[int(scores.argmax())]))
    for source, hits in sorted(right.items(), key=lambda item: -len(item[1])):
        yield Row(f"melody track ({source})", f"{np.mean(hits):.3f}", "0.90", len(hits))


def voice_rows(songs: list[Named]) -> Iterator[Row]:
    """F1 of the notes that are sung, all tracks in one, beside the tops of all chords.

    "merged": a voice and its piano as they are, the voice often in the middle. "as a solo": the
    piano's notes above the voice left out, and its highest line taken for the melody where the
    voice rests.
    """
    for source in ("POP909", "OpenScore-Lieder"):
        held_out = [s for s in songs if s.source == source and s.half == HELD_OUT]
        single = [s for s in held_out if s.right.sum() == 1 and len(s.candidates) == 3]
        for name, shape in (("merged", merged), ("as a solo", as_solo)):
            mine, plain = [], []
            for song in single:
                notes, sung = shape(song.song, song.candidates[int(song.right.argmax())])
                mine.append(f1(top_voice(notes, song.song.bar_starts()), sung))
                skyline = np.zeros(len(notes), dtype=bool)
                skyline[tops_of_chords(notes)] = True
                plain.append(f1(skyline, sung))
            if single:
                measure = f"sung notes ({source} {name}): F1; by plain skyline"
                yield Row(measure, f"{np.mean(mine):.3f}; {np.mean(plain):.3f}", "", len(single))


def f1(found: NDArray[np.bool_], label: NDArray[np.bool_]) -> float:
    return float(2 * (found & label).sum() / max(found.sum() + label.sum(), 1))
