"""Musicality: what a musician would stumble over."""

from __future__ import annotations

import numpy as np

from restyle.critic.takes import outside
from restyle.music.chord import MAJOR
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Notes

ENOUGH_NOTES = 16
"""Notes of a part below which its lengths say little."""


def share_outside(arrangement: Arrangement, lead: LeadSheet) -> float:
    """Share of the pitched notes that are neither in their chord nor in the key's scale, 0..1.

    0 when there are no pitched notes.
    """
    flags = [outside(n, lead) for part, n in arrangement.parts.items() if part != "drums"]
    every = np.concatenate(flags) if flags else np.zeros(0, bool)
    return float(every.mean()) if len(every) else 0.0


def share_outside_by_part(arrangement: Arrangement, lead: LeadSheet) -> dict[str, float]:
    """`share_outside` of each pitched part that has notes."""
    return {
        part: float(outside(notes, lead).mean())
        for part, notes in arrangement.parts.items()
        if part != "drums" and len(notes)
    }


def longest_one_note(notes: Notes, lead: LeadSheet) -> int:
    """The most bars in a row in which a part strikes one pitch only, always the same.

    Bars in which it strikes nothing end the run; 0 when there is no such bar.
    """
    lines = lead.bar_starts()
    bars = np.searchsorted(lines, notes["start"], side="right") - 1
    best = run = 0
    last = -1
    for bar in range(lead.bars):
        pitches = np.unique(notes["pitch"][bars == bar])
        if len(pitches) == 1:
            run = run + 1 if int(pitches[0]) == last else 1
            last = int(pitches[0])
        else:
            run, last = 0, -1
        best = max(best, run)
    return best


def share_with_sevenths(arrangement: Arrangement, lead: LeadSheet) -> float:
    """Share of the bars in which the band sounds a seventh or sixth above the bar's first root."""
    lines = lead.bar_starts()
    rich = 0
    counted = 0
    pitched = [n for part, n in arrangement.parts.items() if part != "drums" and len(n)]
    every = np.concatenate(pitched) if pitched else lead.melody[:0]
    bars = np.searchsorted(lines, every["start"], side="right") - 1
    for bar in range(lead.bars):
        chord = lead.chord_at(int(lines[bar]))
        if chord is None or chord.root < 0:
            continue
        counted += 1
        steps = set(((every["pitch"][bars == bar] - chord.root) % 12).tolist())
        rich += bool(steps & {10, 11} or (chord.triad != "min" and 9 in steps))
    return rich / counted if counted else 0.0


def length_entropy(arrangement: Arrangement) -> float:
    """How many lengths a part's notes have: the entropy of their durations in bits, 0..., as a
    mean over the pitched parts, each as heavy as it has notes.

    Parts of fewer than `ENOUGH_NOTES` do not count; NaN where there are no others.
    """
    bits, weights = [], []
    for part, notes in arrangement.parts.items():
        if part != "drums" and len(notes) >= ENOUGH_NOTES:
            share = np.unique(notes["duration"], return_counts=True)[1] / len(notes)
            bits.append(-(share * np.log2(share)).sum())
            weights.append(len(notes))
    return float(np.average(bits, weights=weights)) if bits else float("nan")


def polyphony(notes: Notes) -> float:
    """How many different pitches sound at once, on average over the grid positions where any does.

    NaN without notes. The same as muspy's `polyphony` of pitched tracks.
    """
    if not len(notes):
        return float("nan")
    end = int((notes["start"] + notes["duration"]).max())
    change = np.zeros((128, end + 1), dtype=np.int64)
    np.add.at(change, (notes["pitch"], notes["start"]), 1)
    np.add.at(change, (notes["pitch"], notes["start"] + notes["duration"]), -1)
    sounding = (np.cumsum(change, axis=1) > 0).sum(axis=0)
    return float(sounding.sum() / np.count_nonzero(sounding))


def scale_consistency(notes: Notes) -> float:
    """The largest share of the notes that one major or natural minor scale holds, 0..1.

    NaN without notes. The same as muspy's `scale_consistency` (Mogren 2016); natural minor scales
    are major ones begun elsewhere.
    """
    if not len(notes):
        return float("nan")
    counts = np.bincount(notes["pitch"] % 12, minlength=12)
    inside = [counts[[(tonic + step) % 12 for step in MAJOR]].sum() for tonic in range(12)]
    return float(max(inside) / counts.sum())
