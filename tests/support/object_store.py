"""A small store that speaks S3 (nanio), a process of its own: it checks who signs, not what was sent."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from tests.support.ports import free_port

KEY, SECRET, BUCKET = "casetrack-test", "a-secret-for-tests-only-32-bytes", "berkas"


@dataclass(frozen=True)
class ObjectStore:
    """Where it is, and the folder in which a bucket's objects are files."""

    endpoint: str
    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        """What casetrack is told of it."""
        return {
            "CASETRACK_FILES_URL": f"s3://{BUCKET}/casetrack",
            "CASETRACK_S3_ENDPOINT": self.endpoint,
            "CASETRACK_S3_KEY": KEY,
            "CASETRACK_S3_SECRET": SECRET,
        }

    def client(self) -> Any:
        """A client of our own."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def names(self) -> list[str]:
        """What lies in the bucket."""
        found = self.client().list_objects_v2(Bucket=BUCKET)
        return [each["Key"] for each in found.get("Contents", ())]


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """The store with one empty bucket, until the block ends."""
    port = free_port()
    environment = {**os.environ, "NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
    place = ["--host", "127.0.0.1", "--port", str(port), "--data-dir", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "nanio", "serve", *place, "--no-access-log", "--log-level", "error"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        made = ObjectStore(f"http://127.0.0.1:{port}", folder)
        _wait(made.endpoint)
        made.client().create_bucket(Bucket=BUCKET)
        yield made
    finally:
        process.terminate()
        process.wait(20)


def _wait(endpoint: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            httpx.get(endpoint, timeout=2)
            return
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
