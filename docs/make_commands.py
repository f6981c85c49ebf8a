"""Make the page of all commands anew, from what the command line itself knows.

python docs/make_commands.py
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import typer.main

from restyle.cli.commands import app

PAGE = Path(__file__).parent / "commands.md"
INTRODUCTION = """# Commands

Made by `python docs/make_commands.py`; every command says the same with `--help`.
`restyle --install-completion` teaches your shell's tab key the commands, options, styles and parts.

| exit status | means |
|---|---|
| 0 | done |
| 1 | could not be done; one line on standard error says why, and no half file is left |
| 2 | the command was used wrongly |
| 130, 143 | stopped by Ctrl-C, or by a request to end |

How far it is stands on standard error: a bar on a terminal, a line now and then elsewhere.
`--quiet` is silent. `--json` prints one JSON object for each result.
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The page, as Markdown."""
    out = [INTRODUCTION]

    def add(command: Any, name: str) -> None:
        if hasattr(command, "commands"):
            for inner, child in command.commands.items():
                add(child, f"{name} {inner}")
        else:
            out.append(section(command, name))

    add(typer.main.get_command(app), "restyle")
    return "\n".join(out)


def section(command: Any, name: str) -> str:
    """One command: what it does, an example, its arguments and options."""
    words = inspect.cleandoc(command.help or "")
    what, _, example = words.partition("Example: ")
    lines = [f"## {name}", "", what.strip()]
    if example:
        lines += ["", f"    {example.strip()}"]
    lines += ["", "| | what it says | if not said |", "|---|---|---|"]
    shown = [p for p in command.params if p.name != "help" and not getattr(p, "hidden", False)]
    lines += [row(parameter) for parameter in shown]
    return "\n".join(lines) + "\n"


def row(parameter: Any) -> str:
    """One argument or option."""
    is_option = parameter.param_type_name == "option"
    names = [*parameter.opts, *parameter.secondary_opts] if is_option else [parameter.name.upper()]
    called = ", ".join(f"`{name}`" for name in names)
    default = parameter.default
    said = ""
    if parameter.required:
        said = "must be said"
    elif isinstance(default, Path):
        said = f"`{default.as_posix()}`"
    elif default not in (None, False, "", ()) and not callable(default):
        said = f"`{default}`"
    help_text = (getattr(parameter, "help", "") or "").replace("|", "\\|")
    return f"| {called} | {help_text} | {said} |"


if __name__ == "__main__":
    main()
