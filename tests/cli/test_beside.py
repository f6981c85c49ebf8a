"""What is written beside a result: picture and sound, read back; help, the tab key, --json."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from command_line import restyle
from restyle.cli.commands import app, train_app
from restyle.io import read
from restyle.io.audio.mix import TAIL, seconds_at
from restyle.io.midi.write import pickup_cut

COMMANDS = [
    [found.callback.__name__.removeprefix("train_")] if group is app else ["train", str(found.name)]
    for group in (app, train_app)
    for found in group.registered_commands
    if found.callback is not None
]


@pytest.mark.slow
def test_transfer_with_picture_and_sound(short_song, tmp_path):
    words = ("transfer", short_song, "--to", "jazz", "--picture", "--audio", "--json")
    done = restyle(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = [Path(name).name for name in json.loads(done.stdout)["written"]]
    stem = "short.jazz"
    assert written == [f"{stem}.mid", f"{stem}.png", f"{stem}.mp3"]
    sound, rate = soundfile.read(tmp_path / f"{stem}.mp3", always_2d=True)
    result = read(tmp_path / f"{stem}.mid")
    seconds = seconds_at(result, result.end) - seconds_at(result, pickup_cut(result)) + TAIL
    assert len(sound) / rate == pytest.approx(seconds, abs=0.2)
    assert 0.2 < np.abs(sound).max() < 1.0


def test_a_lead_sheet_can_be_looked_at_and_heard(examples, tmp_path):
    song = examples / "when-the-saints.musicxml"
    done = restyle("lead", song, "--picture", "--picture-svg", "--audio", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {
        "when-the-saints.lead.png", "when-the-saints.lead.roll.svg", "when-the-saints.lead.mp3",
    }  # fmt: skip
    assert b"<svg" in (tmp_path / "when-the-saints.lead.roll.svg").read_bytes()
    assert "-> when-the-saints.lead.mp3" in done.stdout and done.stderr == ""


def test_a_wrong_soundfont_is_refused_before_any_work(examples, tmp_path):
    (tmp_path / "font.sf2").write_text("no font")
    song = examples / "greensleeves.abc"
    done = restyle(
        "transfer", song, "--to", "pop", "--audio", "--soundfont", "font.sf2", cwd=tmp_path
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "restyle: font.sf2 is not a soundfont (.sf2 or .sf3).\n"
    assert [p.name for p in tmp_path.iterdir()] == ["font.sf2"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example_and_the_options_for_scripts(command):
    said = CliRunner().invoke(app, [*command, "--help"]).output
    assert f"Example: restyle {' '.join(command)}" in said
    assert "--json" in said and "--quiet" in said


@pytest.mark.parametrize(
    "typed, offered",
    [("--to ja", ["jazz"]), ("--to jazz:0.7,cl", ["jazz:0.7,classical"]),
     ("--parts piano,b", ["piano,bass", "piano,brass"])],
)  # fmt: skip
def test_the_tab_key_knows_styles_and_parts(typed, offered):
    words = f"restyle transfer x.mid {typed}"
    env = {"_RESTYLE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "4"}
    said = CliRunner().invoke(app, [], env=env, prog_name="restyle").output
    assert said.split() == offered
