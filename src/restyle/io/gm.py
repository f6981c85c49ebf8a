"""Names of the General MIDI instruments, and where drums are written on the staff."""

from __future__ import annotations

NAMES: tuple[str, ...] = (
    "Piano", "Bright Piano", "Electric Grand Piano", "Honky-tonk Piano",
    "Electric Piano", "FM Electric Piano", "Harpsichord", "Clavinet",
    "Celesta", "Glockenspiel", "Music Box", "Vibraphone",
    "Marimba", "Xylophone", "Tubular Bells", "Dulcimer",
    "Drawbar Organ", "Percussive Organ", "Rock Organ", "Church Organ",
    "Reed Organ", "Accordion", "Harmonica", "Bandoneon",
    "Nylon Guitar", "Steel Guitar", "Jazz Guitar", "Electric Guitar",
    "Muted Guitar", "Overdriven Guitar", "Distortion Guitar", "Guitar Harmonics",
    "Acoustic Bass", "Electric Bass", "Picked Bass", "Fretless Bass",
    "Slap Bass", "Slap Bass 2", "Synth Bass", "Synth Bass 2",
    "Violin", "Viola", "Cello", "Contrabass",
    "Tremolo Strings", "Pizzicato Strings", "Harp", "Timpani",
    "Strings", "Slow Strings", "Synth Strings", "Synth Strings 2",
    "Choir", "Voice", "Synth Voice", "Orchestra Hit",
    "Trumpet", "Trombone", "Tuba", "Muted Trumpet",
    "Horn", "Brass", "Synth Brass", "Synth Brass 2",
    "Soprano Saxophone", "Alto Saxophone", "Tenor Saxophone", "Baritone Saxophone",
    "Oboe", "English Horn", "Bassoon", "Clarinet",
    "Piccolo", "Flute", "Recorder", "Pan Flute",
    "Bottle", "Shakuhachi", "Whistle", "Ocarina",
    "Square Lead", "Saw Lead", "Calliope Lead", "Chiff Lead",
    "Charang Lead", "Voice Lead", "Fifths Lead", "Bass and Lead",
    "New Age Pad", "Warm Pad", "Polysynth Pad", "Choir Pad",
    "Bowed Pad", "Metallic Pad", "Halo Pad", "Sweep Pad",
    "Rain", "Soundtrack", "Crystal", "Atmosphere",
    "Brightness", "Goblins", "Echoes", "Sci-fi",
    "Sitar", "Banjo", "Shamisen", "Koto",
    "Kalimba", "Bagpipe", "Fiddle", "Shanai",
    "Tinkle Bell", "Agogo", "Steel Drums", "Woodblock",
    "Taiko", "Melodic Tom", "Synth Drum", "Reverse Cymbal",
    "Fret Noise", "Breath Noise", "Seashore", "Bird Tweet",
    "Telephone", "Helicopter", "Applause", "Gunshot",
)  # fmt: skip
"""The 128 instruments by program number."""


def name(program: int, is_drum: bool = False) -> str:
    """What a musician calls the instrument of a GM program."""
    return "Drums" if is_drum else NAMES[program]


DRUMS: dict[int, tuple[str, str, int, str]] = {
    35: ("Bass Drum 2", "E", 4, "normal"), 36: ("Bass Drum", "F", 4, "normal"),
    37: ("Side Stick", "C", 5, "x"), 38: ("Snare Drum", "C", 5, "normal"),
    39: ("Hand Clap", "B", 4, "x"), 40: ("Electric Snare", "C", 5, "diamond"),
    41: ("Low Floor Tom", "G", 4, "normal"), 42: ("Closed Hi-Hat", "G", 5, "x"),
    43: ("Floor Tom", "A", 4, "normal"), 44: ("Pedal Hi-Hat", "D", 4, "x"),
    45: ("Low Tom", "B", 4, "normal"), 46: ("Open Hi-Hat", "G", 5, "circle-x"),
    47: ("Low-Mid Tom", "D", 5, "normal"), 48: ("Hi-Mid Tom", "E", 5, "normal"),
    49: ("Crash Cymbal", "A", 5, "x"), 50: ("High Tom", "F", 5, "normal"),
    51: ("Ride Cymbal", "F", 5, "x"), 52: ("China Cymbal", "C", 6, "x"),
    53: ("Ride Bell", "F", 5, "diamond"), 54: ("Tambourine", "E", 5, "triangle"),
    55: ("Splash Cymbal", "B", 5, "x"), 56: ("Cowbell", "D", 5, "x"),
    57: ("Crash Cymbal 2", "A", 5, "circle-x"), 58: ("Vibraslap", "B", 5, "diamond"),
    59: ("Ride Cymbal 2", "F", 5, "circle-x"), 60: ("High Bongo", "D", 5, "diamond"),
    61: ("Low Bongo", "B", 4, "diamond"), 62: ("Mute Conga", "E", 5, "x"),
    63: ("High Conga", "E", 5, "diamond"), 64: ("Low Conga", "G", 4, "diamond"),
    65: ("High Timbale", "F", 5, "triangle"), 66: ("Low Timbale", "A", 4, "triangle"),
    67: ("High Agogo", "G", 5, "triangle"), 68: ("Low Agogo", "E", 5, "cross"),
    69: ("Cabasa", "B", 5, "triangle"), 70: ("Maracas", "G", 5, "diamond"),
    71: ("Short Whistle", "C", 6, "triangle"), 72: ("Long Whistle", "C", 6, "diamond"),
    73: ("Short Guiro", "A", 5, "triangle"), 74: ("Long Guiro", "A", 5, "diamond"),
    75: ("Claves", "C", 5, "triangle"), 76: ("High Woodblock", "D", 5, "triangle"),
    77: ("Low Woodblock", "G", 4, "triangle"), 78: ("Mute Cuica", "B", 4, "triangle"),
    79: ("Open Cuica", "A", 4, "diamond"), 80: ("Mute Triangle", "B", 5, "circle-x"),
    81: ("Open Triangle", "C", 6, "circle-x"),
}  # fmt: skip
"""General MIDI drum key -> name, and where it is written: letter, octave, note head."""


def drum(key: int) -> tuple[str, str, int, str]:
    """Name and written place of a drum key; keys beyond the standard kit share one place."""
    return DRUMS.get(key, (f"Percussion {key}", "E", 4, "x"))
