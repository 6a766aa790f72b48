"""casetrack check: tries what the settings name, and says of each in one line whether it is there."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click

from casetrack import bootstrap, config
from casetrack.cli.common import FAULT_FOUND, plain_errors
from casetrack.config import Settings
from casetrack.domain.case.electronic_signatures import NotSigned
from casetrack.domain.delivery.outside_addresses import place
from casetrack.domain.errors import BadInput
from casetrack.domain.people.stored_files import StoreAway
from casetrack.gateways.failure import DeliveryFailed
from casetrack.gateways.folder_probe import probe
from casetrack.gateways.vault import KeyVault
from casetrack.operations.backlog import LOSING
from casetrack.storage import keyring, schema_version, standbys
from casetrack.storage.unit_of_work import Database, DatabaseDown
from workers import broker as doorbell

#: What is off, or goes into files, where the environment names none of these.
_SETTINGS = {
    "mail": ("CASETRACK_SMTP_URL",),
    "sms": ("CASETRACK_SMS_URL",),
    "whatsapp": ("CASETRACK_WHATSAPP_URL",),
    "scanner": ("CASETRACK_CLAMD",),
    "signing": ("CASETRACK_SIGN_CERTIFICATE", "CASETRACK_SIGN_SERVICE"),
}
#: Tries one thing; gives what was found, and raises what is wrong.
Try = Callable[[], str]


@click.command()
@plain_errors
def check() -> None:
    """Try what the settings name; say of each in one line what was found.

    What no setting of this shell names is `unset` and was not tried: the processes may have it. Changes
    nothing and sends nothing. Exit status 1 when something is wrong.
    """
    settings = config.from_environment()
    faults = 0
    for name, one in _all(settings):
        try:
            verdict, said = _verdict(name, one())
        except (BadInput, DatabaseDown, DeliveryFailed, StoreAway, NotSigned, OSError) as error:
            verdict, said = "FAULT", str(error)
            faults += 1
        # A server may have said anything: one line, and nothing that steers a terminal.
        line = "".join(each if each.isprintable() else " " for each in said)
        click.echo(f"{name:<12}{verdict:<7}{line}")
    if faults:
        raise SystemExit(FAULT_FOUND)


def _verdict(name: str, said: str) -> tuple[str, str]:
    """Of what was found without a fault: that nothing is wrong, or that nothing was there to be tried."""
    wanted = _SETTINGS.get(name, ())
    if not wanted or any(_is_set(setting) for setting in wanted):
        return "ok", said
    return "unset", f"{said} (not seen in this shell: {' and '.join(wanted)})"


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _all(settings: Settings) -> Iterator[tuple[str, Try]]:
    yield "data folder", lambda: probe(settings.data_dir, "CASETRACK_DATA_DIR")
    yield "database", lambda: _database(settings)
    yield "keys", lambda: _keys(settings)
    yield "broker", lambda: _broker(settings)
    ways = {
        **bootstrap.outside(settings),
        **bootstrap.around_files(settings),
        **bootstrap.around_signing(settings),
    }
    for name, build in ways.items():
        yield name, lambda build=build: build()()  # type: ignore[misc]


def _new(settings: Settings) -> bool:
    """Whether the embedded database is not there yet; to connect would make it."""
    path = settings.database_url.partition("///")[2]
    return settings.embedded and not Path(path).exists()


def _database(settings: Settings) -> str:
    where = place(settings.database_url)
    if _new(settings):
        return f"{where} will be made at the first start"
    with closing(Database(settings.database_url, prepares=settings.prepares)) as database:
        schema_version.require_current(database)
        at = ", ".join(schema_version.current(database))
        losing = 0 if settings.may_lose else standbys.losing(database)
    warned = f"; {LOSING.format(losing)}" if losing else ""
    return f"{where}, at migration {at}{warned}"


def _keys(settings: Settings) -> str:
    keys = bootstrap.keys_of(settings)
    if _new(settings):
        return "new ones will be made in the data folder" if keys.new else "both are there"
    with closing(Database(settings.database_url, prepares=settings.prepares)) as database:
        wrong = keyring.others(database, KeyVault(keys.master, keys.secret).fingerprints())
    if wrong:
        raise BadInput(f"{' and '.join(wrong)}: this database was begun with another key")
    return "both are there, and the database knows no others"


def _broker(settings: Settings) -> str:
    if settings.broker_url.startswith("memory:"):
        if not settings.embedded:
            doorbell.refuse_memory(settings.broker_url, "web, relay and workers")
        return "memory://, inside casetrack up"
    bell = doorbell.make(settings.broker_url)
    try:
        doorbell.ping(bell)
    except Exception as error:  # any broker, any error
        # Not what it says: that may quote the address, with the password in it.
        raise BadInput(
            f"CASETRACK_BROKER_URL: {place(settings.broker_url)} does not answer: {type(error).__name__}"
        ) from None
    finally:
        bell.close()
    return f"{place(settings.broker_url)} answers"


COMMANDS = [check]
