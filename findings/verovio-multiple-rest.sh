#!/usr/bin/env bash
# verovio 6.4.1: of a MusicXML bar in which <multiple-rest> begins, nothing that follows the element
# is drawn: a tempo word over a player's bars of rest is gone, while the same word written before
# the element stands there. Both orders are valid, and there is no message. Who joins rests in parts
# for players has to write the element behind the signs of the bar.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q verovio==6.4.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import verovio

ATTRIBUTES = (
    "<attributes><divisions>1</divisions><key><fifths>0</fifths></key><time><beats>4</beats>"
    "<beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef></attributes>"
)
JOINED = (
    "<attributes><measure-style><multiple-rest>3</multiple-rest></measure-style></attributes>"
)
WORDS = (
    '<direction placement="above"><direction-type><words>Slower</words></direction-type>'
    "</direction>"
)
REST = '<note><rest measure="yes"/><duration>4</duration></note>'
NOTE = "<note><pitch><step>C</step><octave>5</octave></pitch><duration>4</duration><type>whole</type></note>"


def drawn(first):
    bars = [ATTRIBUTES + first + REST, REST, REST, NOTE]
    measures = "".join(f'<measure number="{n}">{bar}</measure>' for n, bar in enumerate(bars, 1))
    toolkit = verovio.toolkit()
    assert toolkit.loadData(
        '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0"><part-list>'
        '<score-part id="P1"><part-name>Flute</part-name></score-part></part-list>'
        f'<part id="P1">{measures}</part></score-partwise>'
    )
    page = toolkit.renderToSVG(1)
    assert "multiRest" in page
    return "Slower" in page


before, after = drawn(WORDS + JOINED), drawn(JOINED + WORDS)
print("word before multiple-rest drawn:", before, "- word after it drawn:", after)
assert before and not after
PYTHON
