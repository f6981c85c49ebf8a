"""What a user may say about a transfer, and what an earlier result was made with."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from numbers import Integral, Real

from restyle.decoding.figures import FIGURES
from restyle.decoding.sampler import Sampling
from restyle.errors import RestyleError, choices
from restyle.io import read
from restyle.music.classes import PARTS
from restyle.music.playability import LEVELS
from restyle.music.song import MELODY, Song
from restyle.music.transpose import check_tempo, parse_key
from restyle.style import playing
from restyle.style.example import Example
from restyle.style.frame import Frame
from restyle.style.hands import PART, asked_for
from restyle.style.harmony import HARMONIES
from restyle.style.keep import Kept
from restyle.style.redo import parse_redo, tracks_by_part
from restyle.style.sections import is_sectional, parse_energy, parse_entries, parse_styles

STRONGEST = 4.0
MOST_TAKES = 64


@dataclass(frozen=True)
class TransferOptions:
    """What the user may say about a transfer."""

    to: str = ""
    """A style, one in a manner of it such as "jazz/ballad", a blend such as "jazz:0.7,pop:0.3",
    or styles by section such as "A:pop,B:rock" or "1-16:jazz,17-32:latin", of which "like" is the
    example's; with `like` and no sections under whose tokens to play."""
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
    instruments: Mapping[str, int] = field(default_factory=dict)
    """Programs that parts, or "melody", are to have; a kit for "drums"."""
    feel: float | None = None
    """How much of players' timing, touch and accents is put on, 0..1; as the style's songs have it
    when None."""
    earlier: Song | None = None
    """An earlier result, in which all other bars stay."""
    ornament: bool = False
    """Whether the melody is played with the style's ornaments."""
    frame: Frame = field(default_factory=Frame)
    """Count-in, introduction and ending."""
    level: str = ""
    """Of piano and guitar: easy, intermediate or full; as it comes when empty."""
    energy: str = ""
    """How full sections are played, 0..1, such as "A:0.4,B:0.9", or "0.7" for all."""
    enter: str = ""
    """Where parts come in, such as "drums:B,strings:17"."""
    density: Mapping[str, str] = field(default_factory=dict)
    register: Mapping[str, str] = field(default_factory=dict)
    figure: Mapping[str, str] = field(default_factory=dict)
    """How parts are to play throughout, in words: see `style.playing`."""
    keep: tuple[str, ...] = ()
    """Tracks of the song that stay as they are: parts, instruments, names or numbers."""
    kept: Kept | None = None
    """What they are in the song at hand: see `reading.open_kept`."""

    def check(self) -> None:
        """Raise RestyleError for what cannot be, whatever the song: to be asked before it is heard.

        Styles and parts that a model lacks are `Arranger.check`'s.
        """
        if not (_is_number(self.strength) and 0 <= self.strength <= STRONGEST):
            raise RestyleError(
                f"A strength of {self.strength} cannot be: say 0 (neutral) to {STRONGEST}, "
                f"1 is the style."
            )
        for name, value, least, most in (
            ("seed", self.seed, 0, None),
            ("number of takes", self.takes, 1, MOST_TAKES),
        ):
            whole = isinstance(value, Integral) and not isinstance(value, bool)
            if not whole or value < least or (most is not None and value > most):
                span = f"from {least} up" if most is None else f"from {least} to {most}"
                raise RestyleError(f"A {name} of {value} cannot be: say a whole number {span}.")
        if self.harmony not in HARMONIES:
            near = choices(str(self.harmony), HARMONIES)
            raise RestyleError(f"'{self.harmony}' is no harmony: {near}")
        if self.feel is not None and not (_is_number(self.feel) and 0 <= self.feel <= 1):
            raise RestyleError(
                f"A feel of {self.feel} cannot be: say 0 (on the grid) to 1 (as players play)."
            )
        if self.tempo is not None and not _is_number(self.tempo):
            raise RestyleError(f"A tempo of {self.tempo} cannot be played: say 20 to 400.")
        if self.tempo is not None:
            check_tempo(self.tempo)
        if self.key:
            parse_key(self.key)
        self._check_sections()

    def _check_sections(self) -> None:
        self.frame.check()
        if self.level and self.level not in LEVELS:
            raise RestyleError(f"'{self.level}' is no level: {choices(self.level, LEVELS)}")
        if self.keep and self.frame.ending in ("fade", "tag"):
            raise RestyleError(
                f"Kept tracks stay as they are: take a ritardando, not a {self.frame.ending}."
            )
        playing.check(self)
        parse_entries(self.enter, PARTS)
        if self.energy:
            parse_energy(self.energy)
        if is_sectional(self.to):
            parse_styles(self.to)
        if self.keep and self.key:
            raise RestyleError("Kept tracks stay in their key: leave out the other one.")

    @property
    def hands(self) -> bool:
        """Whether a piano has the tune in its right hand: one of a level that is to play it, and
        that is no track which stays as it is."""
        kept = self.kept.parts if self.kept else ()
        return self.melody and PART not in kept and asked_for(self.level, self.instruments)

    @property
    def played_on(self) -> Mapping[str, int]:
        """The programs asked for, by part; both hands have one piano."""
        asked = self.instruments
        return {**asked, PART: asked[MELODY]} if self.hands else asked

    def settings(self, band: Mapping[str, str] | None = None, manner: str = "") -> str:
        """What is needed to go on with the result later, as JSON; `band` has its track names by
        part, `manner` is the one that was drawn."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name in KEPT}
        name = {"like": self.like.name} if self.like else {}
        named = {"band": dict(band)} if band else {}
        framed = {"frame": vars(self.frame)} if self.frame != Frame() else {}
        kept = {"kept": list(self.kept.parts)} if self.kept else {}
        hands = {"hands": self.instruments[MELODY]} if self.hands else {}
        drawn = {"manner": manner} if manner else {}
        every = {**plain, **name, **named, **framed, **kept, **hands, **drawn}
        return json.dumps(every, ensure_ascii=False)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


KEPT = (
    "to", "strength", "parts", "key", "tempo", "seed", "harmony", "keep",
    "level", "energy", "enter", "density", "register", "figure",
)  # fmt: skip
"""The options that a result says it was made with."""
AGAIN = ("level", "energy", "enter", "density", "register", "figure")
"""Those of them that count for bars anew, where nothing else is said."""


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
        to = "/".join(str(told[name]) for name in ("to", "manner") if told.get(name))
        options = replace(options, to=to, strength=told.get("strength", 1.0))
    melody = any(track.is_melody for track in there.tracks)
    if is_sectional(str(told.get("to", ""))) and is_sectional(options.to):
        raise RestyleError("Bars in one of several styles: say with --to in which one.")
    frame = told.get("frame") or {}
    if frame.get("count_in"):
        raise RestyleError(
            "The earlier result has a count-in: make it without, and add it at last."
        )
    bars, parts = parse_redo(redo)
    keep, band = told.get("keep") or (), tracks_by_part(there)
    lacking = [part for part in parts if part not in band]
    stay = [part for part in parts if part in told.get("kept", ())]
    if lacking:
        raise RestyleError(f"There is no {lacking[0]} in the earlier result to play anew.")
    if stay:
        raise RestyleError(f"The {stay[0]} was kept from the song: it stays as it is.")
    if keep and not parts:
        parts = tuple(part for part in PARTS if part in band and part not in told.get("kept", ()))
    return replace(
        options,
        harmony="keep" if told.get("harmony") == "keep" else "enrich",
        key=options.key or str(told.get("key", "")),
        tempo=options.tempo or told.get("tempo"),
        melody=melody,
        instruments={**_right_hand(told), **options.instruments},
        redo=bars,
        redo_parts=parts,
        keep=tuple(keep),
        frame=Frame(False, int(frame.get("intro", 0)), str(frame.get("ending", ""))),
        **{name: getattr(options, name) or told[name] for name in AGAIN if told.get(name)},
        earlier=there,
    )


def _right_hand(told: Mapping[str, object]) -> dict[str, int]:
    """The tune's instrument, where an earlier result has it in a right hand."""
    program = told.get("hands")
    return {MELODY: program} if isinstance(program, int) and 0 <= program < 128 else {}
