"""What is to be known of a song by itself, found once, whatever it is then measured against."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.critic.features import features
from restyle.critic.played import Played
from restyle.critic.profile import Profile, profile
from restyle.critic.reference import Reference
from restyle.metrics.chroma import groove_consistency, pitch_class_entropy
from restyle.metrics.harmony import chords_again
from restyle.metrics.mgeval import mgeval_features
from restyle.metrics.musicality import (
    length_entropy,
    longest_one_note,
    polyphony,
    scale_consistency,
    share_outside,
    share_outside_by_part,
    share_with_sevenths,
)
from restyle.metrics.originality import Moves, part_moves, share_known
from restyle.metrics.repetition import over_repetition
from restyle.metrics.structure import structureness
from restyle.music.song import Chord

Array = NDArray[np.float64]
Figures = dict[str, float]


@dataclass(frozen=True)
class Facts:
    """A song with all that its measures are made of."""

    song: Played = field(repr=False)
    features: Array = field(repr=False)
    """What the judges look at, shape (features,)."""
    profile: Profile = field(repr=False)
    mgeval: dict[str, Array] = field(repr=False)
    moves: list[Moves] = field(repr=False)
    heard: tuple[Chord, ...] = field(repr=False)
    """The chords that are heard in it."""
    music: Figures
    """The measures that compare it with nothing, but for `known_runs` with training songs."""


def facts(song: Played, reference: Reference) -> Facts:
    """All of it, of one song."""
    moves = part_moves(song.arrangement)
    music = {**_music(song), "known_runs": share_known(moves, reference.moves, reference.keep)}
    return Facts(
        song,
        features(song, drums=True),
        profile(song),
        mgeval_features(song),
        moves,
        chords_again(song),
        music,
    )


def _music(song: Played) -> Figures:
    band = song.without_melody.notes
    lead, lines = song.lead, song.lines
    pitched = [notes for part, notes in song.arrangement.parts.items() if part != "drums"]
    count = sum(len(notes) for notes in song.arrangement.parts.values())
    by_part = share_outside_by_part(song.arrangement, lead)
    return {
        "outside": share_outside(song.arrangement, lead),
        **{f"outside_{part}": share for part, share in by_part.items()},
        "over_repetition": over_repetition(song),
        **{f"structure_{name}": value for name, value in structureness(band, lines).items()},
        "one_note": float(max((longest_one_note(notes, lead) for notes in pitched), default=0)),
        "sevenths": share_with_sevenths(song.arrangement, lead),
        "entropy_1": pitch_class_entropy(band, lines),
        "entropy_4": pitch_class_entropy(band, lines, 4),
        "groove_consistency": groove_consistency(band, lines),
        "length_entropy": length_entropy(song.arrangement),
        "polyphony": polyphony(song.notes),
        "scale_consistency": scale_consistency(band),
        "notes_a_bar": count / max(lead.bars, 1),
    }
