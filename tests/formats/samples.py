"""Small scores written out for the tests."""

ABC = """\
X:7
T:Small Tune
M:3/4
L:1/8
Q:1/4=90
K:Gm
D2 |: "Gm"G4 B2 | "Cm7/Eb"c3 d =e2 | "D7b9"^f3 f d2 |1 "N.C."g4 D2 :|2 "Gm6"g4 ||
z2 | "Bb"(3bag f2 z2 | {a}g4- g2 | g>a f<d ^f/f/e |]
w: these words are not mu-sic
"""

KERN = """\
!!!OTL: Kern Test
**kern\t**kern\t**dynam
*Icello\t*Ivioln\t*
*clefF4\t*clefG2\t*
*k[b-]\t*k[b-]\t*
*F:\t*F:\t*
*M3/4\t*M3/4\t*
*MM100\t*MM100\t*
4C\t4cc\tf
=1\t=1\t=1
2F\t4a\t.
.\t8b-L\t.
.\t8ccJ\t.
4FF\t[4dd\t.
=2\t=2\t=2
*^\t*\t*
4F\t2.C\t4dd]\t.
4A\t.\t6cc\t.
.\t.\t12dd\t.
4c\t.\t4r\t.
*v\t*v\t*\t*
==\t==\t==
*-\t*-\t*-
"""


def note(step: str, octave: int, duration: int, *extra: str, voice: int = 1, staff: int = 0) -> str:
    """A MusicXML note; `extra` elements before (tie, chord, grace) find their places."""
    alter = {"#": 1, "b": -1}.get(step[1:], 0)
    pitch = f"<step>{step[0]}</step><alter>{alter}</alter><octave>{octave}</octave>"
    first = "".join(tag for tag in extra if tag.startswith(("<chord", "<grace")))
    ties = "".join(tag for tag in extra if tag.startswith("<tie"))
    length = "" if "<grace" in first else f"<duration>{duration}</duration>"
    place = f"<staff>{staff}</staff>" if staff else ""
    return f"<note>{first}<pitch>{pitch}</pitch>{length}{ties}<voice>{voice}</voice>{place}</note>"


def rest(duration: int, voice: int = 1, *, bar: bool = False) -> str:
    kind = '<rest measure="yes"/>' if bar else "<rest/>"
    return f"<note>{kind}<duration>{duration}</duration><voice>{voice}</voice></note>"


def drum(step: str, octave: int, duration: int, instrument: str, extra: str = "") -> str:
    return (
        f"<note>{extra}<unpitched><display-step>{step}</display-step>"
        f"<display-octave>{octave}</display-octave></unpitched><duration>{duration}</duration>"
        f'<instrument id="{instrument}"/></note>'
    )


def attributes(fifths: int, beats: int, extra: str = "", mode: str = "") -> str:
    mode = f"<mode>{mode}</mode>" if mode else ""
    return (
        f"<attributes><divisions>12</divisions><key><fifths>{fifths}</fifths>{mode}</key>"
        f"<time><beats>{beats}</beats><beat-type>4</beat-type></time>{extra}</attributes>"
    )


def harmony(root: str, kind: str, bass: str = "", degree: str = "", text: str = "") -> str:
    alter = {"#": "<root-alter>1</root-alter>", "b": "<root-alter>-1</root-alter>"}.get(
        root[1:], ""
    )
    slash = f"<bass><bass-step>{bass}</bass-step></bass>" if bass else ""
    label = f' text="{text}"' if text else ""
    return (
        f"<harmony><root><root-step>{root[0]}</root-step>{alter}</root>"
        f"<kind{label}>{kind}</kind>{slash}{degree}</harmony>"
    )


def score(*parts: tuple[str, str, list[str]], title: str = "") -> str:
    """MusicXML of (name, further part-list elements, measures); measures count from 0."""
    entries, bodies = [], []
    for i, (name, listed, measures) in enumerate(parts, 1):
        entries.append(f'<score-part id="P{i}"><part-name>{name}</part-name>{listed}</score-part>')
        bars = "".join(
            f'<measure number="{number}">{content}</measure>'
            for number, content in enumerate(measures)
        )
        bodies.append(f'<part id="P{i}">{bars}</part>')
    work = f"<work><work-title>{title}</work-title></work>" if title else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<score-partwise version="4.0">{work}<part-list>{"".join(entries)}</part-list>'
        f"{''.join(bodies)}</score-partwise>"
    )


START, STOP = '<tie type="start"/>', '<tie type="stop"/>'
GRACE, CHORD = "<grace/>", "<chord/>"


def instrument(ident: str, program: int) -> str:
    """Part-list elements that give a part its GM program, counted from 1 as MusicXML does."""
    return (
        f'<score-instrument id="{ident}"><instrument-name>x</instrument-name></score-instrument>'
        f'<midi-instrument id="{ident}"><midi-channel>1</midi-channel>'
        f"<midi-program>{program}</midi-program></midi-instrument>"
    )


TRANSPOSE = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
TEMPO = (
    "<direction><direction-type><metronome><beat-unit>quarter</beat-unit>"
    '<per-minute>96</per-minute></metronome></direction-type><sound tempo="96"/></direction>'
)
LOUD = "<direction><direction-type><dynamics><f/></dynamics></direction-type></direction>"
MARK = "<direction><direction-type><rehearsal>A</rehearsal></direction-type></direction>"
DRUM_LIST = (
    '<score-instrument id="P3-A"><instrument-name>Kick</instrument-name></score-instrument>'
    '<score-instrument id="P3-B"><instrument-name>Clap</instrument-name></score-instrument>'
    '<midi-instrument id="P3-A"><midi-channel>10</midi-channel>'
    "<midi-unpitched>37</midi-unpitched></midi-instrument>"
    '<midi-instrument id="P3-B"><midi-channel>10</midi-channel>'
    "<midi-unpitched>40</midi-unpitched></midi-instrument>"
)
STAVES = "<staves>2</staves>"


def band() -> str:
    """Clarinet in B flat, piano on two staves, drums; a beat of pickup in 3/4."""
    clarinet = [
        attributes(2, 3, TRANSPOSE) + TEMPO + LOUD + note("D", 5, 12),
        MARK
        + harmony("D", "dominant", "F")
        + note("E", 5, 24, START)
        + note("E", 5, 12, STOP, START),
        harmony("G", "half-diminished")
        + note("E", 5, 12, STOP)
        + note("F", 5, 0, GRACE)
        + note("D", 5, 8)
        + note("C", 5, 16),
    ]
    back = "<backup><duration>36</duration></backup>"
    piano = [
        # a whole rest in the short bar, as many programs write it
        attributes(0, 3, STAVES) + rest(12, bar=True),
        note("C", 5, 36, staff=1)
        + note("E", 5, 36, CHORD, staff=1)
        + back
        + note("G", 4, 12, voice=2, staff=1)
        + note("A", 4, 24, voice=2, staff=1)
        + back
        + note("C", 3, 36, voice=5, staff=2),
        note("G", 2, 36, voice=5, staff=2),
    ]
    drums = [
        attributes(0, 3) + rest(12),
        drum("F", 4, 12, "P3-A") + drum("C", 5, 12, "P3-B") + drum("F", 4, 12, "P3-A", CHORD),
        rest(36, bar=True),
    ]
    return score(
        ("Clarinet in Bb", instrument("P1-I", 72), clarinet),
        ("Piano", instrument("P2-I", 5), piano),
        ("Kit", DRUM_LIST, drums),
        title="Little Band",
    )
