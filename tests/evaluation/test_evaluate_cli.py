"""The command `restyle evaluate`: what it refuses, at once and in one sentence."""

import pytest
from typer.testing import CliRunner

from restyle.cli.commands import app
from restyle.errors import RestyleError


def run(*words):
    return CliRunner().invoke(app, ["evaluate", *map(str, words)])


def test_a_report_is_html_or_json(tmp_path, examples):
    song = examples / "auld-lang-syne.mid"
    done = run(song, "-o", tmp_path / "report.pdf")
    assert isinstance(done.exception, RestyleError) and "html or .json" in str(done.exception)
    done = run(song, "-o", tmp_path / "nowhere" / "report.html")
    assert isinstance(done.exception, RestyleError) and "no folder" in str(done.exception)


def test_songs_or_a_corpus(tmp_path, examples):
    out = tmp_path / "report.json"
    done = run(examples / "auld-lang-syne.mid", "--corpus", tmp_path, "-o", out)
    assert done.exit_code == 2
    done = run("-o", out)
    assert isinstance(done.exception, RestyleError) and "Name songs" in str(done.exception)
    assert not out.exists()


@pytest.mark.parametrize("words", [["--to", "polka"], ["--corpus", "nothing"]])
def test_what_is_not_there_is_said(tmp_path, words, examples):
    songs = [] if "--corpus" in words else [examples / "auld-lang-syne.mid"]
    done = run(*songs, *words, "-o", tmp_path / "report.json")
    assert isinstance(done.exception, RestyleError)
