"""The page of all commands, made from their --help whenever the site is built."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File, Files


def on_files(files: Files, config: Any) -> Files:
    """Add commands.md to the site's pages."""
    files.append(File.generated(config, "commands.md", content=commands()))
    return files


def commands() -> str:
    """Every command's --help, as Markdown."""
    import typer.main

    from restyle.cli.commands import app

    out = ["# Commands", "What each command says about itself with `--help`."]

    def add(command: Any, name: str, parent: Any) -> None:
        context = command.context_class(
            command, info_name=name, parent=parent, max_content_width=88
        )
        if hasattr(command, "list_commands"):
            for inner in command.list_commands(context):
                add(command.get_command(context, inner), inner, context)
        else:
            out.append(f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```")

    add(typer.main.get_command(app), "restyle", None)
    return "\n\n".join(out) + "\n"
