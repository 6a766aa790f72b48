"""Procrastinate: jobs that do nothing, put into PostgreSQL and taken out by one process.

Run with: DATABASE_URL JOBS. Prints one line of JSON.
"""

import asyncio
import json
import logging
import os
import sys
import time

import procrastinate

_, url, jobs = sys.argv
logging.disable(logging.WARNING)
app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, max_size=8))


@app.task(name="nothing")
async def nothing(number: int) -> None:
    """Does nothing."""


async def main() -> None:
    """Put them all in, then take them all out."""
    count = int(jobs)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        began = time.monotonic()
        for number in range(count):
            await nothing.defer_async(number=number)
        put = time.monotonic() - began
        began, cpu = time.monotonic(), sum(os.times()[:4])
        await app.run_worker_async(
            wait=False, concurrency=8, install_signal_handlers=False, listen_notify=False
        )
        spent = time.monotonic() - began
    used = sum(os.times()[:4]) - cpu
    sys.stdout.write(
        json.dumps(
            {
                "per_second": round(count / spent, 1),
                "put_per_second": round(count / put, 1),
                "python_ms": round(used / count * 1000, 3),
                "count": count,
            }
        )
        + "\n"
    )


asyncio.run(main())
