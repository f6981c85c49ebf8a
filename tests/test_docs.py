"""README and docs: every link leads somewhere, the generated pages are up to date."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from restyle.decoding.job import MECHANISMS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "examples" / "README.md"])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
MADE = re.compile(r"^::: +(\S+)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """What a link can point to in a page: its headings, as a code host and MkDocs call them."""
    text = page.read_text(encoding="utf-8")
    plain = [re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings(text)]
    return {*plain, *MADE.findall(text)}


def headings(text: str) -> list[str]:
    return HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def links(page: Path) -> list[str]:
    return LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link}: there is no {target}"
        if anchor:
            assert anchor in anchors(target), f"{link}: no such heading in {target.name}"


def test_every_page_of_the_docs_can_be_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").resolve()
    seen, todo = {index}, [index]
    while todo:
        page = todo.pop()
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in seen:
                seen.add(target)
                todo.append(target)
    assert {p.resolve() for p in ROOT.glob("docs/**/*.md")} <= seen


def test_the_readme_is_one_that_one_reads() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200
    assert sum(line.startswith("|") for line in lines) <= 40
    assert max(len(line) for line in lines if not line.startswith("|")) <= 110


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    made = script("make_commands").page()
    there = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert there == made, "run python docs/make_commands.py"


def test_every_option_of_the_readme_is_one() -> None:
    known = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for page in (ROOT / "README.md", *ROOT.glob("docs/how-to/*.md")):
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith("restyle "):
                for option in re.findall(r" (--[a-z][a-z-]+)", line.partition("#")[0]):
                    assert f"`{option}`" in known, f"{page.name}: {option}"


def test_figures_go_where_they_are_marked() -> None:
    page = "| tune <!-- figure: TUNE --> | | - |\n<!-- table: a -->\n\n-\n\n<!-- end -->\nend\n"
    filled = script("make_tables").filled
    text, lacking = filled(page, {"TUNE": ["", "100"]}, {"a": "| new |\n"})
    assert lacking == []
    assert "| tune <!-- figure: TUNE --> |  | 100 |" in text
    assert "<!-- table: a -->\n\n| new |\n\n<!-- end -->\nend" in text
    assert filled(text, {"TUNE": ["", "100"]}, {"a": "| new |\n"})[0] == text
    assert filled(page, {}, {}) == (page, ["a", "TUNE"])


def test_the_readmes_figures_are_those_of_the_long_tables() -> None:
    tables = script("make_tables")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    long = (ROOT / "docs" / "how-it-measures.md").read_text(encoding="utf-8")
    for name, cells in tables.read_off(long).items():
        (line,) = (one for one in readme.splitlines() if f"<!-- figure: {name} -->" in one)
        assert line == tables.row(line, cells), "run python docs/make_tables.py"
    good = readme.partition("## How good is it?")[2].partition("\n## ")[0]
    rows = [
        line for line in good.splitlines() if line.startswith("| ") and "real songs" not in line
    ]
    assert [one for one in rows if "<!-- figure:" not in one] == []


def script(name: str) -> ModuleType:
    """A script of docs/, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_how_it_works_tells_every_mechanism_of_the_decoder():
    told = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    assert [name for name in MECHANISMS if f"`{name}`" not in told] == []
