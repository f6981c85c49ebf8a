"""What the package says of itself: lowest versions, versions of Python, what is shipped."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TRIED_WITHOUT = {"ruff", "mypy", "torch", "transformers", "accelerate", "onnx", "onnx-ir"}
"""Not in the run of the lowest versions: tools, and what training needs, which is gigabytes."""
TRIED_WITHOUT |= {"onnxruntime-genai", "schemathesis", "restyle"}


def bound(requirement: str) -> tuple[str, tuple[int, ...]]:
    """Name and lowest version of a requirement, as "numpy>=1.26"; a pin's are read the same way."""
    name, _, version = re.split(r"(>=|==)", requirement.split(",")[0])
    return name.partition("[")[0], tuple(int(x) for x in version.split("."))


def test_the_lowest_versions_that_are_tried_are_those_that_are_allowed():
    lines = (ROOT / "lowest.txt").read_text(encoding="utf-8").splitlines()
    tried = dict(bound(line) for line in lines if line and not line.startswith("#"))
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["cluster"], *extras["test"]]
    allowed = dict(bound(one) for one in wanted if ">=" in one)
    allowed = {name: low for name, low in allowed.items() if name not in TRIED_WITHOUT}
    assert tried.keys() == allowed.keys()
    for name, low in allowed.items():
        assert tried[name][: len(low)] == low, name


def test_each_version_of_python_that_is_named_is_allowed():
    lowest = bound("python" + PROJECT["requires-python"])[1]
    named = [one.rpartition(" ")[2] for one in PROJECT["classifiers"] if "Python :: 3." in one]
    versions = [tuple(int(x) for x in one.split(".")) for one in named]
    assert min(versions) == lowest
    assert versions == [(3, minor) for minor in range(lowest[1], lowest[1] + len(versions))]
