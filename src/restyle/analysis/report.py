"""What was heard, told to a musician."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.barring import Barred
from restyle.music.lead import LeadSheet
from restyle.music.parts import part_of
from restyle.music.song import GRID, Song


def sentences(
    lead: LeadSheet,
    song: Song,
    melody: tuple[NDArray[np.bool_], ...],
    barred: Barred,
    states_meter: bool,
) -> tuple[str, ...]:
    """Key, meter, tempo and bars; the parts; beats and swing; where the melody was found.

    `states_meter` says whether the file stated a meter, before the song was put in bars.
    """
    out = [
        f"{lead.key.name}, {_meters(lead)}, {_tempo(lead)}, {lead.bars} bars"
        + (", with a pickup." if lead.pickup else "."),
        f"Parts: {_parts(song)}.",
    ]
    if barred.live:
        out.append("It is not on the beat of its file: its beats and bars were estimated.")
    elif barred.heard_meter:
        said = "a meter that does not fit its notes" if states_meter else "no meter"
        out.append(f"The file states {said}: its bars were estimated.")
    if lead.swing > 1.0:
        out.append(f"The eighths swing, {lead.swing:.1f} to 1.")
    out.append(_where(song, melody))
    return tuple(out)


def _meters(lead: LeadSheet) -> str:
    names = list(dict.fromkeys(meter.name for meter in lead.meters))
    if len(names) > 3:
        return f"{names[0]} with changes of meter"
    return " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]} and {names[2]}"


def _tempo(lead: LeadSheet) -> str:
    """The tempo of most of the song, in quarter notes a minute."""
    starts = np.array([t.start for t in lead.tempos] + [max(lead.length, GRID)])
    rates = np.array([t.bpm for t in lead.tempos])
    lasts = np.maximum(np.diff(starts), 0) / rates
    order = np.argsort(rates)
    middle = np.searchsorted(np.cumsum(lasts[order]), lasts.sum() / 2)
    typical = rates[order][min(int(middle), len(rates) - 1)]
    about = "about " if rates.max() > 1.05 * rates.min() else ""
    return f"{about}{typical:.0f} quarter notes a minute"


def _parts(song: Song) -> str:
    names = [part_of(t.program, t.is_drum) or "effects" for t in song.tracks if len(t.notes)]
    counts = {name: names.count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if n == 1 else f"{name} ({n})" for name, n in counts.items())


def _where(song: Song, melody: tuple[NDArray[np.bool_], ...]) -> str:
    """Where the melody is: one track, the top voice of one, or of several."""
    found = [i for i, mask in enumerate(melody) if mask.any()]
    if not found:
        return "No melody was found."
    if len(found) > 1:
        return f"The melody is the top voice of {len(found)} tracks."
    track, mask = song.tracks[found[0]], melody[found[0]]
    name = track.name or f"track {found[0] + 1}"
    whole = "" if mask.mean() > 0.9 else "the top voice of "
    return f"The melody is {whole}“{name}”."
