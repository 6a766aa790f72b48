"""Every command of `casetrack` is in the module that the table names."""

import click
import pytest

from casetrack.cli.main import MODULES, Commands


@pytest.mark.parametrize("name", MODULES)
def test_the_module_of_a_command_holds_it(name: str) -> None:
    command = Commands().get_command(click.Context(click.Command("casetrack")), name)
    assert command is not None
    assert command.name == name
