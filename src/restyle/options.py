"""What a user may say about a transfer, and what an earlier result was made with."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from restyle.decoding.figures import FIGURES
from restyle.decoding.sampler import Sampling
from restyle.errors import RestyleError
from restyle.io import read
from restyle.music.song import Song
from restyle.style.example import Example
from restyle.style.render import NAMES


@dataclass(frozen=True)
class TransferOptions:
    """What the user may say about a transfer."""

    to: str = ""
    """A style, or a blend such as "jazz:0.7,pop:0.3"; with `like` whose tokens to play under."""
    strength: float = 1.0
    parts: tuple[str, ...] = ()
    """Exactly these parts or instruments; the style's own band when empty."""
    melody: bool = True
    """Whether the song's melody is in the result."""
    key: str = ""
    """A key to move the song to, such as "Eb" or "A minor"; the song's own when empty."""
    tempo: float | None = None
    seed: int = 0
    takes: int = 1
    sampling: Sampling = field(default_factory=Sampling)
    harmony: str = "enrich"
    """keep, enrich or reharmonise: see `style.harmony`."""
    candidates: int = FIGURES.candidates
    """How often each phrase is played; the best goes on."""
    attributes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """How parts are to play throughout: see `decoding.job.Job`."""
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """Mechanisms of the decoder to leave out, or to leave alone in: see `DecodeOptions`."""
    like: Example | None = None
    """A song to take the style from."""
    redo: str = ""
    """Bars to make anew in `earlier`, such as "9-16"."""
    redo_parts: tuple[str, ...] = ()
    """The parts to make anew there; all when empty."""
    any_band: bool = False
    """Whether, where no parts are said, a band of one of the style's songs is drawn with the seed,
    in place of its commonest."""
    earlier: Song | None = None
    """An earlier result, in which all other bars stay."""

    def settings(self) -> str:
        """What is needed to go on with the result later, as JSON."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name in KEPT}
        name = {"like": self.like.name} if self.like else {}
        return json.dumps({**plain, **name}, ensure_ascii=False)


KEPT = ("to", "strength", "parts", "key", "tempo", "seed", "harmony")
"""The options that a result says it was made with."""


def again(
    options: TransferOptions, redo: str, earlier: Song | str | os.PathLike[str] | None
) -> TransferOptions:
    """The options for bars anew: what is not said is as the earlier result was made with.

    Raises RestyleError when bars or result lack, or the style cannot be known.
    """
    if earlier is None or not redo:
        raise RestyleError("Bars anew need both: which bars, and the earlier result.")
    there = earlier if isinstance(earlier, Song) else read(earlier)
    try:
        told = dict(json.loads(there.made_with or "{}"))
    except ValueError:
        told = {}
    if not options.to and options.like is None:
        if "like" in told:
            raise RestyleError(f"The earlier result was made like {told['like']}: give that again.")
        options = replace(options, to=str(told.get("to", "")), strength=told.get("strength", 1.0))
    melody = any(track.name == NAMES["melody"] for track in there.tracks)
    return replace(
        options,
        harmony="keep" if told.get("harmony") == "keep" else "enrich",
        key=options.key or str(told.get("key", "")),
        tempo=options.tempo or told.get("tempo"),
        melody=melody,
        redo=redo,
        earlier=there,
    )
