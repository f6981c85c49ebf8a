"""What a user may say goes together with a style of one's own, taught from a few songs."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from test_adapt import songs

from corpora import figures, lead_sheet
from keep.midifile import channel_events, written
from restyle.io.midi.write import midi_bytes
from restyle.model.export import export
from restyle.model.finetune import adapt
from restyle.model.llama import SIZES, build, save
from restyle.model.options import AdaptOptions
from restyle.options import TransferOptions, again
from restyle.pipeline import Arranger
from restyle.reading import open_kept, open_lead
from restyle.style.frame import Frame

pytestmark = pytest.mark.slow

ALL = ("drums", "bass", "piano")
HANDS = {"level": "easy", "instruments": {"melody": 0}}
WISHES = {
    "walking": {"figure": {"bass": "walking"}, "density": {"piano": "sparse"}},
    "sections": {
        "to": "1-4:walk,5-8:b",
        "energy": "1-4:0.2,5-:0.9",
        "enter": "drums:3",
        "takes": 2,
    },
    "blend": {"to": "walk:0.5,a:0.5", "register": {"bass": "low"}},
    "hands": {**HANDS, "frame": Frame(True, 2, "ritardando"), "ornament": True},
    "tag": {**HANDS, "frame": Frame(ending="tag"), "figure": {"bass": "walking"}},
}


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Arranger:
    """Styles a and b, untaught, and "walk", learnt beside them from ten songs."""
    folder = tmp_path_factory.mktemp("own")
    torch.manual_seed(0)
    save(build(replace(SIZES["tiny"], context=512)), folder / "parent")
    styles = {"a": figures(0, ["bass"]), "b": figures(1, ["drums", "bass"])}
    (folder / "parent" / "styles.json").write_text(json.dumps(styles))
    options = AdaptOptions(
        steps=2, batch=2, rehearsed=2, context=128, valid_every=2, valid_windows=2
    )
    adapt(songs(folder / "corpus"), folder / "parent", folder / "model", options)
    export(folder / "model", folder / "exported", "int4")
    return Arranger(folder / "exported")


@pytest.mark.parametrize("name", WISHES)
def test_wishes_go_together_with_an_own_style(own, name):
    lead = lead_sheet(np.random.default_rng(1))
    options = TransferOptions(**{"to": "walk", "parts": ALL, "seed": 4, **WISHES[name]})
    own.check(options)
    result = own.transfer(lead, options)
    assert midi_bytes(result.song) == midi_bytes(own.transfer(lead, options).song)
    tune = next(t for t in result.song.tracks if t.is_melody)
    assert set(lead.melody["pitch"].tolist()) <= set(tune.notes["pitch"].tolist())
    assert set(result.takes[0].arrangement.parts) == set(ALL)
    if "walking" in str(WISHES[name]):
        bass = result.takes[0].arrangement.parts["bass"]
        last = lead.length - 48
        assert set(range(0, last, 12)) <= set(bass["start"].tolist())


def test_what_is_kept_and_bars_anew_go_together_with_an_own_style(own, tmp_path):
    song = written(tmp_path / "song.mid")
    lead, heard = open_lead(song)
    options = TransferOptions("walk", parts=ALL, keep=("bass",), figure={"piano": "arpeggio"})
    options = replace(options, kept=open_kept(song, heard, ("bass",)))
    first = own.transfer(lead, options).song
    before, after = (channel_events(x)["Fretless"] for x in (song.read_bytes(), midi_bytes(first)))
    assert [data for _, data in before] == [data for _, data in after]
    second = own.transfer(lead, again(TransferOptions(seed=9), "2-3:piano", first)).song
    for a, b in zip(first.tracks, second.tracks, strict=True):
        assert "Piano" in a.name or a.notes.tolist() == b.notes.tolist()
