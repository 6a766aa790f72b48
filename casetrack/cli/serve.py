"""casetrack up, web: what serves HTTP."""

import json
import os
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path

import click

from casetrack import bootstrap, config, demo
from casetrack.bootstrap import App
from casetrack.cli.common import plain_errors
from casetrack.cli.gunicorn_server import listen, serve
from casetrack.cli.relay_and_clock import settings_of_one
from casetrack.config import Settings
from casetrack.gateways.data_folder import TOKENS_FILE, demo_tokens, write_private
from casetrack.gateways.region.region_files import read_region
from casetrack.operations import log_lines
from casetrack.storage import schema_version
from casetrack.storage.unit_of_work import Database
from casetrack.usecases.authority import first_registrars
from casetrack.usecases.people import officers, search_words, tokens
from casetrack.usecases.region import loading
from workers import broker as doorbell


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", type=click.Path(path_type=Path), help="Data folder (CASETRACK_DATA_DIR).")
@click.option("--no-demo", is_flag=True, help="Load no demo data; casetrack load brings yours.")
@plain_errors
def up(port: int, data: Path | None, no_demo: bool) -> None:
    """Everything in one process on 127.0.0.1: web, relay, clock and workers."""
    settings = _settings_for(port, data)
    doorbell.make(settings.broker_url)
    log_lines.start(settings, "up", person=sys.stderr.isatty())
    door = listen(f"127.0.0.1:{port}")
    app = _upgraded(settings)
    tokens = settings.data_dir / TOKENS_FILE
    if not no_demo:
        _load_demo(app, tokens)
    app.database.close()
    click.echo(f"casetrack is on {settings.public_url}")
    click.echo(f"  status page  {settings.public_url}/status")
    click.echo(f"  for officers {settings.public_url}/masuk")
    click.echo(f"  API          {settings.public_url}/api/v1/openapi.json")
    click.echo(f"  data         {settings.data_dir.resolve()}")
    if tokens.exists():
        click.echo(f"  demo tokens  {tokens.resolve()}  (login: token)")
    click.echo("Stop it with Ctrl-C.")
    serve(settings, door, processes=1, threads=24, inside=True)


def _settings_for(port: int, data: Path | None) -> Settings:
    """The settings of the environment and the options, also for the processes below."""
    if data is not None:
        os.environ["CASETRACK_DATA_DIR"] = str(data)
        os.environ.pop("CASETRACK_DATA_DIR_FILE", None)
    if "CASETRACK_PUBLIC_URL_FILE" not in os.environ:
        os.environ.setdefault("CASETRACK_PUBLIC_URL", f"http://127.0.0.1:{port}")
    if "CASETRACK_METRICS_PUBLIC_FILE" not in os.environ:
        # It listens to this machine only.
        os.environ.setdefault("CASETRACK_METRICS_PUBLIC", "1")
    return config.from_environment()


def _upgraded(settings: Settings) -> App:
    """The program, on a database that is migrated if need be."""
    if not settings.embedded:
        # A server that does not answer is told before keys that are missing: it is looked at first.
        with closing(Database(settings.database_url, prepares=settings.prepares)) as database:
            database.ping()
    app = bootstrap.build(settings)
    old = bool(schema_version.schema_of(app.database).missing())
    if old:
        # Alembic is large: a start that has nothing to migrate does without it.
        import_module("casetrack.storage.migrate").upgrade(app.database)
    app.database.close()
    app = bootstrap.ready(settings)
    if old:
        # Who came in by a release without a search.
        search_words.index_everybody(app.ctx)
        first_registrars.enter_duties(app.database, app.ctx.calendars)
    return app


def _load_demo(app: App, token_file: Path) -> None:
    """The demo regions, loaded where their files are new: a start takes nothing back."""
    folders = demo.folders()
    with click.progressbar(folders, label="Loading the demo", width=20) as shown:
        for folder in shown:
            data = read_region(folder)
            if not loading.is_loaded(app.ctx, data):
                loading.load(app.ctx, data, "demo")
    kept = demo_tokens(token_file.parent)
    for record in officers.all_officers(app.ctx):
        if record.officer.login not in kept and not record.officer.disabled:
            kept[record.officer.login] = tokens.create_token(
                app.ctx, record.officer.login, by="demo"
            )
    tokens.renew_tokens(app.ctx, list(kept.values()), by="demo")
    write_private(token_file, json.dumps(kept, indent=1) + "\n")


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@plain_errors
def web(bind: str, processes: int, threads: int) -> None:
    """The web processes."""
    settings = settings_of_one("web")
    door = listen(bind)
    bootstrap.ready(settings).database.close()
    serve(settings, door, processes=processes, threads=threads, inside=False)


COMMANDS = [up, web]
