"""Likeness: how near a take's rhythm and intervals are to the style's, to rank takes by.

The style profiles of `evaluation.profile` (after Groove2Groove), of the accompaniment alone. A
model folder keeps those of its styles in profiles.json; an example brings its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from restyle.critic.played import played
from restyle.critic.profile import NAMES, Profile, mean_profile, profile, similarity
from restyle.data.shards import Corpus
from restyle.errors import BadModel
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.style.style import Style
from restyle.tokens.codec import Decoded, decode

FILE = "profiles.json"
_SCALE = 1e6  # profiles are kept as whole millionths
_LEAST = 5e-5  # what is below this in a style's profile is left out


def profile_of(lead: LeadSheet, arrangement: Arrangement) -> Profile:
    """The style profile of an accompaniment."""
    return profile(played(lead, arrangement).without_melody)


def profile_of_songs(songs: Iterable[Decoded]) -> Profile:
    """The style profile of a style, from songs of it."""
    return mean_profile(profile_of(song.lead, song.arrangement) for song in songs)


def likeness(lead: LeadSheet, arrangement: Arrangement, target: Profile) -> float:
    """Cosine of an accompaniment's profile to another one, pitched notes, 0..1."""
    return similarity(profile_of(lead, arrangement), target)["all"]


def target_of(style: Style, profiles: dict[int, Profile]) -> Profile | None:
    """The profile of a style or blend, from those of the model's slots; None where there is
    none."""
    if any(slot not in profiles for slot, _ in style.slots):
        return None
    return {
        name: np.sum([share * profiles[slot][name] for slot, share in style.slots], axis=0)
        for name in NAMES
    }


def profile_corpus(corpus: Corpus, folder: Path, most: int = 100) -> None:
    """Add the profiles of a corpus's styles to a model folder, from at most so many songs of each.

    Songs that are held out are not looked at.
    """
    made: dict[str, Profile] = {}
    for style in corpus.styles:
        entries = corpus.select("train", style)
        some = entries[:: max(1, -(-len(entries) // most))]
        made[style] = profile_of_songs(decode(corpus.tokens(e).tolist()) for e in some)
    save_profiles(folder, made)


def save_profiles(folder: Path, profiles: dict[str, Profile]) -> None:
    """Add to profiles.json: for each style and histogram its shape, places and values."""
    path = folder / FILE
    data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    data.update((style, {n: packed(p[n]) for n in NAMES}) for style, p in profiles.items())
    path.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")


def load_profiles(folder: Path, styles: Sequence[Style]) -> dict[int, Profile]:
    """The profiles of a model folder by slot; empty when it has none.

    Raises BadModel for a damaged file.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = {s.slot: data[s.name] for s in styles if s.name in data}
        return {slot: {n: unpacked(p[n]) for n in NAMES} for slot, p in found.items()}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise BadModel(f"{path} is damaged: export the model again.") from error


def packed(histogram: Any) -> dict[str, list[int]]:
    """A histogram of sum 1 for JSON: its shape, the steps between its places, their values."""
    flat = np.ravel(histogram)
    places = np.flatnonzero(flat >= _LEAST)
    steps = np.diff(places, prepend=0)
    values = np.rint(flat[places] * _SCALE).astype(int)
    return {"shape": list(histogram.shape), "steps": steps.tolist(), "values": values.tolist()}


def unpacked(data: dict[str, list[int]]) -> Any:
    """The array that `packed` was given, small values left out."""
    out = np.zeros(int(np.prod(data["shape"])))
    out[np.cumsum(np.array(data["steps"], dtype=np.int64))] = np.array(data["values"]) / _SCALE
    return out.reshape(data["shape"])
