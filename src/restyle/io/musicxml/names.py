"""Names of instruments as scores print them, to General MIDI programs and drum keys."""

from __future__ import annotations

import re

# Looked for in this order in a name in small letters; the more special before the more general.
_PROGRAMS = (
    (r"piccolo|ottavino", 72), (r"recorder|blockfl|flauto dolce", 74), (r"pan ?flute", 75),
    (r"bass clarinet|klar|clar", 71), (r"english horn|cor anglais|englischhorn|corno inglese", 69),
    (r"oboe|hautbois", 68), (r"contrabassoon|bassoon|fagot|basson|dulcian", 70),
    (r"flute|fl[oö]te|flauto|traverso|\bfl\.", 73),
    (r"soprano sax", 64), (r"alto sax", 65), (r"bari\w* sax", 67), (r"sax", 66),
    (r"flugelhorn|cornet|trumpet|trompet|tromba|clarino|\btpt", 56),
    (r"euphonium|baritone horn", 57),
    (r"trombone|posaune|\btbn|sackbut", 57), (r"tuba|ophicleide", 58),
    (r"horn\b|horns\b|corno|corni\b|\bcor\b", 60), (r"brass", 61),
    (r"timpani|pauken|timbales|kettle", 47), (r"glockenspiel", 9), (r"celest", 8),
    (r"vibraphone", 11), (r"marimba", 12), (r"xylo", 13), (r"tubular bells|chimes", 14),
    (r"harpsichord|cembalo|clavecin|spinet|virginal", 6), (r"clavichord|clavinet", 7),
    (r"accordion|akkordeon|bayan", 21), (r"harmonica", 22), (r"bandoneon", 23),
    (r"harmonium|reed organ", 20), (r"organ|orgel|orgue|continuo", 19),
    (r"electric piano|rhodes", 4), (r"fortepiano|piano|klavier|pianoforte", 0),
    (r"harp\b|harfe|\barpa\b|harpe", 46), (r"banjo", 105), (r"sitar", 104), (r"dulcimer", 15),
    (r"bass guitar|electric bass|e-bass", 33), (r"electric guitar|e-gitarre", 27),
    (r"jazz guitar", 26), (r"guitar|gitarre|chitarra|lute|laute|liuto|ukulele|mandolin", 24),
    (r"contrabass|double bass|kontrabass|contrabb?ass[oei]?|string bass|upright|acoustic bass", 43),
    (r"violoncell|cello|celli|gamba", 42), (r"violas?\b|bratsche|\balto viola|\bvla", 41),
    (r"violin|violino|violon\b|geige|\bvln|fiddle", 40),
    (r"strings|streicher|archi\b", 48), (r"bagpipe", 109), (r"steel drum", 114),
    (r"choir|chorus|chor\b|soprano|\balto\b|tenor|baritone|bassus", 52),
    (r"bass\b.*(?:voice|vocal)", 52),
    (r"voice|vocal|singstimme|gesang|canto|cantus|discant|sopran|\balt\b|cant\.?\b", 52),
    (r"synth", 81), (r"\bbass\b", 32),
)  # fmt: skip
_PROGRAM_WORDS = tuple((re.compile(pattern), program) for pattern, program in _PROGRAMS)
_KEYS = (
    (r"bass drum|kick|gran cassa|grosse caisse|grosse trommel", 36), (r"rim|side stick", 37),
    (r"snare|side drum|caisse claire|kleine trommel|tamburo", 38), (r"clap", 39),
    (r"pedal.*hat|foot.*hat|hat.*pedal", 44), (r"open.*hat|hat.*open", 46), (r"hi-?hat|hi hat", 42),
    (r"ride bell", 53), (r"ride", 51), (r"splash", 55), (r"china", 52),
    (r"crash|cymbal|becken|piatti", 49), (r"tam-?tam|gong", 52), (r"low.*tom|floor tom", 43),
    (r"high.*tom", 50), (r"\btoms?\b", 45), (r"cow ?bell", 56), (r"tambourine|schellen", 54),
    (r"triang", 81), (r"bongo", 60), (r"conga", 63), (r"timbale", 65), (r"agogo", 67),
    (r"cabasa", 69), (r"maraca|shaker|egg", 70), (r"guiro", 73), (r"claves", 75),
    (r"wood ?block|temple block", 76), (r"cuica", 78), (r"castanet", 75), (r"whip", 39),
)  # fmt: skip
_KEY_WORDS = tuple((re.compile(pattern), key) for pattern, key in _KEYS)


def program_named(name: str) -> int | None:
    """The program 0-127 that a name means; None when it is no instrument's."""
    return _first(_PROGRAM_WORDS, name)


def drum_key_named(name: str) -> int | None:
    """The drum key that the name of an unpitched instrument means; None when it is none."""
    return _first(_KEY_WORDS, name)


def _first(table: tuple[tuple[re.Pattern[str], int], ...], name: str) -> int | None:
    plain = name.lower().replace(".", " ").replace("_", " ")[:120]
    return next((value for pattern, value in table if pattern.search(plain)), None)
