"""The Python that README, docs and docstrings show: names and arguments exist, tutorials run."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import restyle
from restyle.music.lead import lead_song

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
BLOCK = re.compile(r"(?:^ {4}.*\n|^\n(?= {4}))+", re.MULTILINE)
CALL = re.compile(r"(?:restyle\.\w+|song\.write)\((?:[^()]|\([^()]*\))*\)")


def blocks(text: str) -> list[str]:
    """The indented blocks of a page that are Python, without the indent."""
    out = []
    for found in BLOCK.findall(text):
        code = re.sub(r"^ {4}", "", found.strip("\n"), flags=re.MULTILINE)
        with contextlib.suppress(SyntaxError):
            if re.search(r"\b(restyle|np|jazz|pop|lead|song)\b\W", code) and ast.parse(code).body:
                out.append(code)
    return out


def shown() -> Iterator[tuple[str, str]]:
    """Where a call is shown, and the call."""
    for page in PAGES:
        for call in CALL.findall(page.read_text(encoding="utf-8")):
            yield page.relative_to(ROOT).as_posix(), call
    for module in pkgutil.walk_packages(restyle.__path__, "restyle."):
        source = Path(importlib.util.find_spec(module.name).origin).read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                for call in CALL.findall(ast.get_docstring(node) or ""):
                    yield module.name, call


def test_calls_that_are_shown_fit_what_is_called() -> None:
    seen = set()
    for where, text in shown():
        call = ast.parse(" ".join(text.split()), mode="eval").body
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute), (where, text)
        owner = restyle.Song if ast.unparse(call.func).startswith("song.") else restyle
        assert hasattr(owner, call.func.attr), f"{where}: {text}"
        words = {word.arg: None for word in call.keywords if word.arg}
        first = () if owner is restyle else (None,)
        try:
            inspect.signature(getattr(owner, call.func.attr)).bind(
                *first, *(None for _ in call.args), **words
            )
        except TypeError as error:
            pytest.fail(f"{where}: {text}: {error}")
        seen.add(call.func.attr)
    assert {"transfer", "read", "hear", "styles", "write"} <= seen


@pytest.mark.parametrize("page", ["docs/tutorials/notebook.md", "README.md"])
def test_the_python_of_a_page_runs(
    page: str, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is written, from top to bottom, on four bars in place of a song."""
    short = lead_song(restyle.hear(examples / "auld-lang-syne.mid").part(0, 4))
    (tmp_path / "examples").mkdir()
    for name in ("mysong.mid", "examples/auld-lang-syne.mid"):
        short.write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    code = blocks((ROOT / page).read_text(encoding="utf-8"))
    assert code
    known: dict[str, object] = {}
    for one in code:
        exec(compile(one, page, "exec"), known)
    results = [f.name for f in tmp_path.iterdir() if "jazz" in f.name]
    assert len(results) == 1 and restyle.read(tmp_path / results[0]).note_count
