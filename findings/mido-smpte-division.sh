#!/usr/bin/env bash
# mido 1.3.3: a MIDI file may count time in SMPTE frames: a division of E7 28 is 25 frames a second
# with 40 ticks each, so a note of 1,000 ticks lasts a second, whatever the tempo. mido reads the two
# bytes as one number: ticks_per_beat is -6360, and the file's length -0.079 seconds. No message;
# written again, the file is right, since the number goes back as it came. Who schedules by
# message.time has events before the beginning. pretty_midi 0.2.11, which stands on mido, refuses
# the file: a note would end before it starts.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q mido==1.3.3 pretty_midi==0.2.11.post0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import struct

import mido
import pretty_midi

FRAMES, TICKS = 25, 40


def file_of_one_note(division):
    """A note of 1,000 ticks."""
    events = bytes.fromhex("00903c40 8768803c00 00ff2f00".replace(" ", ""))
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, division)
    return head + b"MTrk" + struct.pack(">I", len(events)) + events


def heard(name, division):
    content = file_of_one_note(division)
    with open(name, "wb") as file:
        file.write(content)
    song = mido.MidiFile(name)
    song.save("again.mid")
    with open("again.mid", "rb") as file:
        assert file.read(14) == content[:14]
    return song.ticks_per_beat, round(song.length, 4)


frames = heard("frames.mid", (256 - FRAMES) << 8 | TICKS)
beats = heard("beats.mid", 500)  # at 120 a minute 1,000 ticks a second, too
print("in frames:", frames, "in beats:", beats, "(ticks a beat, seconds)")
assert beats == (500, 1.0)
assert frames == (-6360, -0.0786)
assert pretty_midi.PrettyMIDI("beats.mid").get_end_time() == 1.0
try:
    pretty_midi.PrettyMIDI("frames.mid")
except ValueError as error:
    print("pretty_midi:", error)
else:
    raise SystemExit("pretty_midi reads it now")
PYTHON
