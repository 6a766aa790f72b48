"""Celery on Redis: jobs that do nothing, put in by this process and taken out by a worker of two.

Run with: REDIS_URL JOBS. Prints one line of JSON. Nothing of it is kept anywhere but in Redis.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import celery

url = os.environ.get("PEER_REDIS") or sys.argv[1]
app = celery.Celery("celery_jobs", broker=url)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=64)


@app.task(name="nothing")
def nothing(number: int) -> None:
    """Does nothing."""


def main(jobs: int) -> None:
    """Put them in, then let a worker take them out."""
    began = time.monotonic()
    for number in range(jobs):
        nothing.delay(number)
    put = time.monotonic() - began
    queue = app.connection_for_read().default_channel.client
    command = [
        sys.executable, "-m", "celery", "-A", "celery_jobs", "worker",
        "-c", "2", "--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    worker = subprocess.Popen(
        command,
        cwd=Path(__file__).parent,
        env={**os.environ, "PEER_REDIS": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # A start is no working off: the time begins with the first that is gone.
        while (left := queue.llen("celery")) == jobs:
            time.sleep(0.01)
        first, began = left, time.monotonic()
        while queue.llen("celery"):
            time.sleep(0.005)
        spent = time.monotonic() - began
    finally:
        worker.terminate()
        worker.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.write(
        json.dumps(
            {
                "per_second": round(first / spent, 1),
                "put_per_second": round(jobs / put, 1),
                "python_ms": round((used.ru_utime + used.ru_stime) / jobs * 1000, 3),
                "count": jobs,
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[2]))
