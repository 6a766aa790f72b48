"""The `casetrack` command. A subcommand's module is loaded when it is called, and not before."""

import gc
import importlib
import os
import sys
from types import ModuleType

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
    "service": "services",
    "calendar": "calendars",
    "numbers": "numbers",
    "officers": "regions",
    "officer": "regions",
    "token": "tokens",
    "administration": "administration",
    "report": "reports",
    "replay": "logs",
    "export": "logs",
    "verify": "proof",
    "rebuild": "proof",
    "backup": "backups",
    "restore": "backups",
    "drill": "backups",
    "deliveries": "deliveries",
    "bounces": "bounces",
    "templates": "templates",
    "webhooks": "webhooks",
    "authority": "authority",
    "subject": "people",
    "payments": "payments",
    "tariff": "payments",
    "signing": "signing",
    "models": "four_models",
    "bench": "bench",
}
#: Command -> its line in the list of commands. To list them loads none of them.
WORDS = {
    "up": "Run everything in one process on 127.0.0.1.",
    "web": "Run the web processes.",
    "relay": "Number events, fan them out and ring the workers.",
    "clock": "Watch the deadlines.",
    "workers": "Attempt deliveries.",
    "check": "Try database, keys, broker, mail, gateways and files.",
    "db": "Bring the database to this release, or back.",
    "load": "Validate and publish a region's data.",
    "service": "Make services of a mall's promises; try one on past cases.",
    "calendar": "Load a decree on holidays for all regions, and list the days.",
    "numbers": "Set case numbers aside for intake on paper.",
    "officers": "List the officers that can act.",
    "officer": "Add, invite, shut out officers, or change their duties.",
    "token": "Make, list and revoke tokens.",
    "administration": "Show who did what to accounts, tokens and files.",
    "report": "Print figures of services, agencies, steps and what waits.",
    "replay": "Take a real log (XES) through the ledger.",
    "export": "Write what happened, for process mining.",
    "verify": "Recompute every chain, the ledger and every row.",
    "rebuild": "Make every row anew from the events.",
    "backup": "Write database and files of this moment into a folder.",
    "restore": "Put a backup into an empty place, and verify it.",
    "drill": "Back up and restore in a scratch place; say how long it takes.",
    "deliveries": "See what waits or failed, and send it again.",
    "bounces": "Read mail that came back.",
    "templates": "See which messages there are and what they say.",
    "webhooks": "See subscribers' endpoints, pause and remove them.",
    "authority": "Ask the authority register: by what right, until when.",
    "subject": "Show, report, correct or erase what is known of a person.",
    "payments": "Make the secret with which the treasury tells of payments.",
    "tariff": "Count a service's tariff with given facts, without a case.",
    "signing": "Check the certificate that signs, or make one for a trial.",
    "models": "Run the same cases through four ways to be organised.",
    "bench": "Measure casetrack, or kill it (from a checkout).",
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
        commands: list[click.Command] = _loaded(f"casetrack.cli.{MODULES[cmd_name]}").COMMANDS
        return next((each for each in commands if each.name == cmd_name), None)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands from `WORDS`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, WORDS[name]) for name in MODULES])


def _loaded(module: str) -> ModuleType:
    """The module. What comes with it stays until the end, so nothing of it is looked at for garbage.

    To look is a sixth of a start. A process that is forked later shares the pages that nobody looks at.
    """
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Where a case is, by what right it was decided, and whether its time limit was kept.

    Settings come from the environment (CASETRACK_…, each also as …_FILE); docs/settings.md lists
    them. Exit status: 0 fine, 1 a fault was found, 2 bad input or settings.
    """
    # What any command makes is for its own user alone.
    os.umask(0o077)
