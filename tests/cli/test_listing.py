"""The page of many results, what else a result can be written as, progress in logs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from restyle import __version__
from restyle.cli import terminal
from restyle.cli.commands import app
from restyle.cli.listing import write_listing
from restyle.cli.outputs import result_paths
from restyle.errors import RestyleError
from restyle.io import read, write


def test_the_page_lists_what_is_there_and_needs_nothing_else(
    examples: Path, tmp_path: Path
) -> None:
    song = read(examples / "auld-lang-syne.mid")
    names = ["a & b.jazz.mid", "<i>.jazz.mid", "lost.jazz.mid"]
    for name in names[:2]:
        write(song, tmp_path / name)
    (tmp_path / "a & b.jazz.png").write_bytes(b"png")
    (tmp_path / "a & b.pop.mid").write_bytes(b"another")
    told: list[tuple[int, int]] = []
    results = [(Path(name), tmp_path / name) for name in names]
    page = write_listing(results, "jazz", lambda done, all_: told.append((done, all_)))
    html = page.read_text(encoding="utf-8")
    assert page == tmp_path / "index.html" and told == [(1, 2), (2, 2)]
    assert html.count("<audio") == 2 and html.count("<img") == 1 and "2 songs: jazz" in html
    assert "<i>" not in html and "lost" not in html and "pop.mid" not in html
    links = re.findall(r'(?:src|href)="([^"]{0,40})', html)
    assert links and all(link.startswith("data:") or ":" not in link for link in links)
    assert 'href="a%20%26%20b.jazz.mid"' in html


@pytest.mark.parametrize("ending", [".mp3", ".pdf", ".png", ".musicxml", ".mid"])
def test_a_result_can_be_written_as(ending: str) -> None:
    assert result_paths([Path("a.mid")], "jazz", Path(f"b{ending}")) == [Path(f"b{ending}")]
    with pytest.raises(RestyleError, match=r"\.mp3"):
        result_paths([Path("a.mid")], "jazz", Path("b.docx"))


def test_a_pdf_is_pages_alone(examples: Path, tmp_path: Path) -> None:
    write(read(examples / "when-the-saints.musicxml"), tmp_path / "saints.pdf")
    assert (tmp_path / "saints.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(tmp_path.iterdir())) == 1


def test_the_version_and_the_choices_are_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"restyle {__version__}\n"
    told = CliRunner().invoke(app, ["transfer", "--help"]).output
    assert "keep|enrich|reharmonise" in told and "keep|drop" in told
    assert "Exit status" in CliRunner().invoke(app, ["--help"]).output


def test_a_log_has_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "watched", lambda: False)
    clock = iter([0.0, 5.0, 20.0, 21.0, 60.0, 61.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    with terminal.progress("arranging", quiet=False) as on_bar:
        assert on_bar is not None
        for done in (1, 2, 3, 12, 24):
            on_bar(done, 24)
    assert capsys.readouterr().err.splitlines() == [
        "arranging: 2 of 24, about 4 minutes left",
        "arranging: 12 of 24, about 60 s left",
    ]
