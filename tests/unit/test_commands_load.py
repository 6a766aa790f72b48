"""Every command of `casetrack` is in the module that the table names, and has its line in the list."""

import click
import pytest

from casetrack.cli.main import MODULES, WORDS, Commands


@pytest.mark.parametrize("name", MODULES)
def test_the_module_of_a_command_holds_it(name: str) -> None:
    command = Commands().get_command(click.Context(click.Command("casetrack")), name)
    assert command is not None
    assert command.name == name


def test_every_command_has_a_line_in_the_list() -> None:
    assert list(WORDS) == list(MODULES)
    longest = max(map(len, MODULES))
    assert [words for words in WORDS.values() if len(words) + longest + 4 > 80] == []
