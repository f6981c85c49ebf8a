"""The heading of a token sequence: style, manner, feel, tempo, key and instruments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from restyle.music.classes import CLASS_NAMES, CLASSES, PARTS, usual_class
from restyle.music.lead import LeadSheet
from restyle.music.song import Key
from restyle.tokens import vocabulary as v


@dataclass(frozen=True)
class Heading:
    """What stands before the first bar. `style` is a slot number, None for "no style"."""

    parts: tuple[str, ...]
    style: int | None = None
    manner: int | None = None
    classes: Mapping[str, str] = field(default_factory=dict)
    """Instrument classes of parts; the usual one of a part that is not named."""
    feel: str = "any"
    bpm: float = 120.0
    key: Key = field(default_factory=lambda: Key(0))

    def tokens(self) -> list[int]:
        slot = 0 if self.style is None else self.style + 1
        return [
            v.BOS,
            v.STYLE[slot],
            v.MANNER[0 if self.manner is None else self.manner + 1],
            v.FEEL[v.FEELS.index(self.feel)],
            v.tempo_token(self.bpm),
            v.KEY[self.key.tonic + (12 if self.key.mode == "minor" else 0)],
            *(v.INSTRUMENT[self._class(part)] for part in PARTS if part in self.parts),
        ]

    def _class(self, part: str) -> int:
        return CLASS_NAMES.index(self.classes.get(part, usual_class(part).name))


def heading_of(
    lead: LeadSheet,
    parts: Sequence[str],
    style: int | None,
    feel: str,
    classes: Mapping[str, str] | None = None,
    manner: int | None = None,
) -> Heading:
    """The heading for a lead sheet; `classes` are the instrument classes of the parts."""
    bpm, key = lead.tempos[0].bpm, lead.key
    return Heading(tuple(parts), style, manner, classes or {}, feel, bpm, key)


def decode_heading(tokens: Sequence[int]) -> Heading:
    style, manner, feel, bpm, key = None, None, "any", 120.0, Key(0)
    classes: dict[str, str] = {}
    for token in tokens:
        if token in v.STYLE:
            style = v.STYLE.value(token) - 1 if v.STYLE.value(token) else None
        elif token in v.MANNER:
            manner = v.MANNER.value(token) - 1 if v.MANNER.value(token) else None
        elif token in v.FEEL:
            feel = v.FEELS[v.FEEL.value(token)]
        elif token in v.TEMPO:
            bpm = v.tempo_of(token)
        elif token in v.KEY:
            mode = "minor" if v.KEY.value(token) >= 12 else "major"
            key = Key(v.KEY.value(token) % 12, mode)
        elif token in v.INSTRUMENT:
            found = CLASSES[v.INSTRUMENT.value(token)]
            classes[found.part] = found.name
        elif token != v.BOS:
            break
    return Heading(tuple(classes), style, manner, classes, feel, bpm, key)
