"""The `casetrack` command. A subcommand's module is loaded when it is called, and not before."""

import importlib
import os

import click

from casetrack import __version__

#: Command -> the module of this package that holds it in its COMMANDS.
MODULES = {
    "up": "serve",
    "web": "serve",
    "relay": "relay_and_clock",
    "clock": "relay_and_clock",
    "workers": "worker_processes",
    "check": "first_day",
    "db": "database",
    "load": "regions",
    "officers": "regions",
    "officer": "regions",
    "token": "tokens",
    "administration": "administration",
    "replay": "logs",
    "export": "logs",
    "verify": "proof",
    "rebuild": "proof",
    "deliveries": "deliveries",
    "bounces": "bounces",
    "templates": "templates",
    "webhooks": "webhooks",
    "authority": "authority",
    "subject": "people",
    "models": "four_models",
    "bench": "bench",
}


class Commands(click.Group):
    """The commands by name: none pays for what only another one imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order of `MODULES`."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"casetrack.cli.{MODULES[cmd_name]}")
        commands: list[click.Command] = module.COMMANDS
        return next((each for each in commands if each.name == cmd_name), None)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Where a case is, by what right it was decided, and whether its time limit was kept.

    Settings come from the environment (CASETRACK_…, each also as …_FILE); docs/settings.md lists
    them. Exit status: 0 fine, 1 a fault was found, 2 bad input or settings.
    """
    # What any command makes is for its own user alone.
    os.umask(0o077)
