"""The README's commands and settings are true."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from config.bootstrap import PROJECT
from config.env import SETTINGS

README = (PROJECT / "README.md").read_text()
OWN_COMMANDS = {"up", "verify", "bench", "fuzz"}


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table under a heading."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_settings_table_is_the_one_the_code_reads() -> None:
    written = [(name, default.strip("` "), meaning) for name, default, meaning in rows("Settings")]
    assert written == [
        (f"`{setting.name}`", setting.default or "", setting.meaning) for setting in SETTINGS
    ]


def test_no_setting_is_read_that_the_table_does_not_name() -> None:
    named = {setting.name for setting in SETTINGS}
    for path in (PROJECT / "config").rglob("*.py"):
        for name in re.findall(r'"(REGISTRY_[A-Z_]+)"', path.read_text()):
            assert name in named | {"REGISTRY_STATE"}, f"{name} in {path.name}"


@pytest.mark.parametrize("usage", [row[0].strip("`") for row in rows("Commands")])
def test_every_command_takes_what_the_readme_says(usage: str) -> None:
    name, *words = usage.split()
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    options = {option for action in parser._actions for option in action.option_strings}
    positional = [action for action in parser._actions if not action.option_strings]
    for word in words:
        option = word.strip("[]")
        if option.startswith("--"):
            assert option in options
    assert len(positional) == sum(word[0].isupper() for word in words[:1])


def test_every_project_command_is_named() -> None:
    apps = {"registry", "consent"}
    ours = {name for name, app in get_commands().items() if app in apps}
    named = set(re.findall(r"`([a-z_]+)", README))
    assert ours <= named


def test_every_manage_command_in_the_readme_exists() -> None:
    for name in re.findall(r"manage\.py ([a-z_]+)", README):
        assert name in OWN_COMMANDS | set(get_commands())


def test_files_that_the_readme_names_are_there() -> None:
    for name in re.findall(r"`([A-Z]+\.md)`", README):
        assert Path(PROJECT / name).is_file()
