"""DBOS: workflows of nine steps that each write a row, and nothing else: no HTTP, chain or delivery.

Run with: DATABASE_URL THREADS SECONDS. Prints one line of JSON.
"""

import json
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy
from dbos import DBOS, DBOSConfig, SQLAlchemyDatasource

STEPS = 9
_, url, threads, seconds = sys.argv
config: DBOSConfig = {
    "name": "bench",
    "system_database_url": url,
    "log_level": "ERROR",
}
logging.disable(logging.WARNING)
DBOS(config=config)
# Its step that writes a row and its own checkpoint in one transaction.
source = SQLAlchemyDatasource.create(url.replace("postgresql://", "postgresql+psycopg://"))
rows = sqlalchemy.Table(
    "peer_rows",
    sqlalchemy.MetaData(),
    sqlalchemy.Column("workflow", sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column("step", sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column("body", sqlalchemy.Text),
)


@source.transaction(isolation_level="READ COMMITTED")
def step(workflow: int, number: int) -> None:
    """One row, as an event has."""
    source.sql_session().execute(
        rows.insert().values(workflow=workflow, step=number, body="x" * 1300)
    )


@DBOS.workflow()
def case(workflow: int) -> None:
    """From the counter to the permit."""
    for number in range(STEPS):
        step(workflow, number)


def work(client: int) -> list[float]:
    """Workflow after workflow until the time is over."""
    took = []
    serial = client * 10**6
    while time.monotonic() < until:
        began = time.perf_counter()
        case(serial)
        took.append(time.perf_counter() - began)
        serial += 1
    return took


engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
rows.metadata.create_all(engine)
DBOS.launch()
case(-1)
began, cpu = time.monotonic(), sum(os.times()[:4])
until = began + float(seconds)
with ThreadPoolExecutor(int(threads)) as pool:
    found = [each for batch in pool.map(work, range(int(threads))) for each in batch]
spent = time.monotonic() - began
steps = len(found) * STEPS
sys.stdout.write(
    json.dumps(
        {
            "per_second": round(steps / spent, 1),
            "python_ms": round((sum(os.times()[:4]) - cpu) / max(steps, 1) * 1000, 3),
            "count": steps,
        }
    )
    + "\n"
)
sys.stdout.flush()
# Its threads of its own are not waited for.
os._exit(0)
