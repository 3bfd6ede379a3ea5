"""The face: complete, sorted, documented, and shown in the README."""

from __future__ import annotations

import inspect
from pathlib import Path

import click
import pytest

import feedback
from feedback.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PINNED_COMMANDS = {
    "add", "screen", "codebook", "tag", "learn", "discover", "review", "themes", "contrast", "crosswalk", "brief",
    "verify", "quote", "export", "import", "demo",
}  # fmt: skip


def test_all_is_sorted_and_complete() -> None:
    assert feedback.__all__ == sorted(feedback.__all__)
    assert set(feedback.__all__) == set(feedback._HOME)


@pytest.mark.parametrize("name", feedback.__all__)
def test_everything_named_is_there_and_documented(name: str) -> None:
    value = getattr(feedback, name)
    assert (value.__doc__ or "").strip(), f"{name} has no docstring"


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = feedback.nonsense


@pytest.mark.parametrize("name", [n for n in feedback.__all__ if n[0].islower()])
def test_options_are_keyword_only(name: str) -> None:
    parameters = list(inspect.signature(getattr(feedback, name)).parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    assert all(p.default is p.empty for p in positional[:1]), f"{name} has an optional first parameter"
    assert len(positional) <= 2, f"{name}: options after the values are keyword-only"


@pytest.mark.parametrize("name", [n for n in feedback.__all__ if n[0].islower()])
def test_the_readme_shows_every_verb(name: str) -> None:
    assert f"feedback.{name}(" in README, f"the README does not show feedback.{name}(...)"


def test_every_command_is_there_with_help_and_in_the_readme() -> None:
    commands = main.commands
    assert set(commands) >= PINNED_COMMANDS
    for name, command in commands.items():
        assert command.help, f"{name} has no help"
        assert f"feedback {name}" in README, f"the README does not show `feedback {name}`"
        for option in command.params:
            if isinstance(option, click.Option) and option.name != "help":
                assert option.help or option.name in ("by", "seed", "method"), f"{name} --{option.name} has no help"
