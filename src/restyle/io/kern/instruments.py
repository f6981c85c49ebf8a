"""Humdrum's codes of instruments (*Ivioln) to names and General MIDI programs."""

from __future__ import annotations

_CODES: dict[str, tuple[str, int]] = {
    "piano": ("Piano", 0), "pianofo": ("Piano", 0), "fortp": ("Fortepiano", 0),
    "cemba": ("Harpsichord", 6), "clavi": ("Clavichord", 7), "celst": ("Celesta", 8),
    "organ": ("Organ", 19), "harm": ("Harmonium", 20), "accor": ("Accordion", 21),
    "armon": ("Harmonica", 22), "guitr": ("Guitar", 24), "lute": ("Lute", 24),
    "liuto": ("Lute", 24), "mando": ("Mandolin", 24), "banjo": ("Banjo", 105),
    "cbass": ("Contrabass", 43), "contr": ("Contrabass", 43), "cello": ("Violoncello", 42),
    "gamba": ("Viola da gamba", 42), "viola": ("Viola", 41), "violn": ("Violin", 40),
    "violi": ("Violin", 40), "vln": ("Violin", 40), "vlns": ("Violins", 48),
    "arpa": ("Harp", 46), "harp": ("Harp", 46), "timpa": ("Timpani", 47),
    "vox": ("Voice", 52), "soprn": ("Soprano", 52), "cant": ("Cantus", 52),
    "mezzo": ("Mezzo-soprano", 52), "calto": ("Alto", 52), "alto": ("Alto", 52),
    "tenor": ("Tenor", 52), "barit": ("Baritone", 52), "bass": ("Bass", 52),
    "quint": ("Quintus", 52), "tromp": ("Trumpet", 56), "corno": ("Cornet", 56),
    "tromb": ("Trombone", 57), "tuba": ("Tuba", 58), "cor": ("Horn", 60), "horn": ("Horn", 60),
    "saxs": ("Soprano saxophone", 64), "saxA": ("Alto saxophone", 65),
    "saxT": ("Tenor saxophone", 66), "saxR": ("Baritone saxophone", 67), "oboe": ("Oboe", 68),
    "cangl": ("English horn", 69), "fagot": ("Bassoon", 70), "cfago": ("Contrabassoon", 70),
    "clars": ("Clarinet", 71), "clarp": ("Clarinet", 71), "clarb": ("Bass clarinet", 71),
    "clara": ("Clarinet", 71), "picco": ("Piccolo", 72), "flt": ("Flute", 73),
    "flute": ("Flute", 73), "fltal": ("Alto flute", 73), "flts": ("Recorder", 74),
    "recor": ("Recorder", 74), "panpi": ("Pan flute", 75), "sitar": ("Sitar", 104),
    "bagpS": ("Bagpipe", 109), "xylo": ("Xylophone", 13), "marim": ("Marimba", 12),
    "vibra": ("Vibraphone", 11), "glock": ("Glockenspiel", 9),
}  # fmt: skip
_DRUMS = ("drmst", "drmset", "perc", "drum", "snare", "bdrum", "cymba", "tambn", "tamtam")
_HANDS = frozenset((0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 19, 20, 21, 46))
"""Programs of instruments that are written on two staves."""


def of_code(code: str) -> tuple[str, int] | None:
    """Name and program of a code without its *I; None for one that is no instrument."""
    return _CODES.get(code) or _CODES.get(code[:5])


def is_drum_code(code: str) -> bool:
    """Whether a code is percussion without pitch."""
    return code.lower().startswith(_DRUMS)


def has_two_staves(program: int) -> bool:
    """Whether an instrument is written on two staves."""
    return program in _HANDS
