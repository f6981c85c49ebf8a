#!/usr/bin/env bash
# verovio 6.4.1: MusicXML's <transpose> may change within a part (a clarinettist takes up the A
# clarinet). In the MIDI that verovio makes the first one holds to the end: written C5 under
# <chromatic>-3</chromatic> comes out as A#4 (70) where -2 stood before, and as A4 (69) where the
# part begins with -3. No message. Who takes sounding pitches from verovio's MIDI has the rest of
# such a part a semitone too high.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q verovio==6.4.1 mido==1.3.3
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import mido
import verovio

verovio.enableLog(verovio.LOG_OFF)


def measure(number, chromatic, octave):
    diatonic = {-2: -1, -3: -2}[chromatic]
    return (
        f'<measure number="{number}"><attributes><divisions>1</divisions><key><fifths>0</fifths>'
        "</key><time><beats>4</beats><beat-type>4</beat-type></time><clef><sign>G</sign>"
        f"<line>2</line></clef><transpose><diatonic>{diatonic}</diatonic>"
        f"<chromatic>{chromatic}</chromatic></transpose></attributes><note><pitch><step>C</step>"
        f"<octave>{octave}</octave></pitch><duration>4</duration><type>whole</type></note></measure>"
    )


def played(*measures):
    score = (
        '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0"><part-list>'
        '<score-part id="P1"><part-name>Clarinet</part-name></score-part></part-list>'
        f'<part id="P1">{"".join(measures)}</part></score-partwise>'
    )
    toolkit = verovio.toolkit()
    assert toolkit.loadData(score)
    toolkit.renderToMIDIFile("a.mid")
    return [
        message.note
        for track in mido.MidiFile("a.mid").tracks
        for message in track
        if message.type == "note_on" and message.velocity
    ]


print("verovio", verovio.toolkit().getVersion())
alone = played(measure(1, -3, 5))
changed = played(measure(1, -2, 4), measure(2, -3, 5))
print("C5 under -3 alone:", alone, "(right: [69])")
print("C4 under -2, then C5 under -3:", changed, "(right: [58, 69])")
raise SystemExit(0 if alone == [69] and changed == [58, 70] else 1)
PYTHON
