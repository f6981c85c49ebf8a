"""What requests may hold, with bounds: FastAPI checks and documents them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9 _-]{1,40}$")]
Style = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 _:.,/+-]{0,400}$")]
TrackName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,60}$")]
BySection = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 :.,-]{0,400}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 #.-]{1,20}$")]
ByPart = Annotated[dict[Name, Word], Field(max_length=40)]
KeyName = Annotated[str, StringConstraints(pattern=r"^([A-G][b#]? ?(major|minor|m)?)?$")]
Tempo = Annotated[float, Field(ge=20, le=400)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
Place = Annotated[int, Field(ge=0, le=10**6)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class KeyMend(_Strict):
    """A key: tonic 0 (C) to 11 (B)."""

    tonic: Annotated[int, Field(ge=0, le=11)]
    mode: Literal["major", "minor"]


class ChordMend(_Strict):
    """A chord at a grid position (12 a quarter note) of the song as it was first heard; an empty
    symbol takes the chord there away."""

    start: Place
    chord: Annotated[str, StringConstraints(max_length=20)]


class Mend(_Strict):
    """All that is otherwise than it was heard; each request replaces the one before."""

    key: KeyMend | None = None
    meter: (
        tuple[Annotated[int, Field(ge=1, le=16)], Literal[2, 4, 8, 16]] | None
    ) = None  # fmt: skip
    bar_at: Place | None = None
    melody: Annotated[int, Field(ge=0, le=255)] | None = None
    tempo: Tempo | None = None
    chords: Annotated[list[ChordMend], Field(max_length=4000)] = []


class Make(_Strict):
    """How a song is to be made anew; the names are those of `restyle transfer`."""

    to: Style = ""
    like: Id | None = None
    """Another song of this visit, to take the style from."""
    strength: Annotated[float, Field(ge=0, le=4)] = 1.0
    parts: Annotated[list[Name], Field(max_length=40)] = []
    melody: Literal["keep", "drop", "ornament"] = "keep"
    harmony: Literal["keep", "enrich", "reharmonise"] = "enrich"
    key: KeyName = ""
    tempo: Tempo | None = None
    seed: Seed = 0
    takes: Annotated[int, Field(ge=1, le=4)] = 1
    instruments: Annotated[
        dict[Name, Annotated[int, Field(ge=0, le=127)]], Field(max_length=40)
    ] = {}
    """General MIDI programs that parts, or "melody", are to have; the kit of "drums"."""
    feel: Annotated[float, Field(ge=0, le=1)] | None = None
    """0 exactly on the grid, 1 as players play; as the style's songs when null."""
    level: Literal["", "easy", "intermediate", "full"] = ""
    count_in: bool = False
    intro: Annotated[int, Field(ge=0, le=16)] = 0
    """Bars of introduction."""
    ending: Literal["", "ritardando", "fade", "tag"] = ""
    energy: BySection = ""
    """How full sections are played, 0 to 1, as "A:0.4,B:0.9", or "0.7" for all."""
    enter: BySection = ""
    """Where parts come in, as "drums:B,strings:17"."""
    density: ByPart = {}
    register_: Annotated[ByPart, Field(alias="register")] = {}
    figure: ByPart = {}
    """How parts are to play, in words: see `words` in /api/about."""
    keep: Annotated[list[TrackName], Field(max_length=40)] = []
    """Tracks of the song that stay as they are: parts, instruments, names, or numbers from 1 in the
    order of the song's `sources`."""
    locked: Annotated[list[Name], Field(max_length=40)] = []
    """Parts that stay as the result `earlier` has them."""
    earlier: Id | None = None
    take: Annotated[int, Field(ge=0, le=3)] = 0


class Redo(_Strict):
    """Bars of a result to make anew, counted from 1, both included; a count-in is not counted, an
    introduction is."""

    first: Annotated[int, Field(ge=1, le=10_000)]
    last: Annotated[int, Field(ge=1, le=10_000)]
    parts: Annotated[list[Name], Field(max_length=40)] = []
    """Only these parts change; all when empty."""
    seed: Seed = 0
    take: Annotated[int, Field(ge=0, le=3)] = 0


class Compose(_Strict):
    """A new song: its lead sheet is written, then the style's band plays it. What is not said is
    drawn from the style's songs; the names are those of `restyle compose`."""

    style: Annotated[str, StringConstraints(pattern=r"^[a-z0-9 _/-]{1,80}$")]
    bars: Annotated[int, Field(ge=4, le=256)] | None = None
    form: Annotated[str, StringConstraints(pattern=r"^[a-z-]{0,20}$")] = ""
    key: KeyName = ""
    tempo: Tempo | None = None
    meter: Annotated[str, StringConstraints(pattern=r"^(\d{1,2}/\d{1,2})?$")] = ""
    chords: Annotated[str, StringConstraints(max_length=4000)] = ""
    """A chart that the tune is written over, as "| C Am | F G |"."""
    like: Id | None = None
    """A song of this visit to go on from: its key, meter and first bars."""
    solo: bool = False
    """Whether a piano alone plays it."""
    takes: Annotated[int, Field(ge=1, le=4)] = 1
    """Make several, keep the best."""
    temperature: Annotated[float, Field(ge=0.1, le=2)] = 0.9
    seed: Seed = 0


class ComposeNotes(_Strict):
    """A tune of the classic experiment, note after note by a network that has read a style."""

    style: Name
    notes: Annotated[int, Field(ge=20, le=2000)] = 300
    seed: Seed = 0
    temperature: Annotated[float, Field(ge=0.1, le=2)] | None = None
    like: Id | None = None
    """A song of this visit to go on from."""


class Report(_Strict):
    """Which target styles are to be measured; all when empty."""

    targets: Annotated[list[Name], Field(max_length=20)] = []


class Example(_Strict):
    """One of the songs that come with the studio."""

    example: Name
