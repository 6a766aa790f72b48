"""What every measurement needs of its surroundings: settings of its own, keys, tokens."""

import os
from collections.abc import Iterable
from pathlib import Path

from bench import bench_region
from bench.processes import Processes
from casetrack.bootstrap import build
from casetrack.config import load
from casetrack.gateways.vault import new_key_text
from casetrack.usecases.people import tokens


def bare() -> dict[str, str]:
    """The environment without anything of an installation's: nothing of it is read or written."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CASETRACK_")}


def keys(folder: Path) -> dict[str, str]:
    """A data folder, keys and a quiet log."""
    return {
        "CASETRACK_DATA_DIR": str(folder / "data"),
        "CASETRACK_MASTER_KEY": new_key_text().strip(),
        "CASETRACK_SECRET_KEY": new_key_text().strip(),
        "CASETRACK_LOG_LEVEL": "WARNING",
    }


def tokens_for(processes: Processes, logins: Iterable[str] = bench_region.LOGINS) -> dict[str, str]:
    """A token for each of these, or for everybody in the region of the measurements."""
    app = build(load(processes.environment))
    try:
        return {login: tokens.create_token(app.ctx, login) for login in logins}
    finally:
        app.database.close()
