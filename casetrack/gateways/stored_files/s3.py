"""Sealed files in a store that speaks S3: the extra `s3`. What it says of checksums is not relied on."""

import importlib
import importlib.util
import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from casetrack.domain.errors import BadInput
from casetrack.domain.people.stored_files import NotThere, StoreAway

_READ = 64 * 1024
#: Seconds to connect, and to wait for the next bytes; tries beside the first.
_CONNECT, _ANSWER, _TRIES = 5, 30, 2
_GONE = ("NoSuchKey", "404", "NotFound")
_LOG = logging.getLogger("casetrack.files")


def is_installed() -> bool:
    """Whether the extra `s3` is there."""
    return importlib.util.find_spec("boto3") is not None


class Bucket:
    """Holds each file under PREFIX/REGION/ID."""

    def __init__(
        self, bucket: str, prefix: str, *, endpoint: str | None, key: str, secret: str, region: str
    ) -> None:
        if not is_installed():
            raise BadInput(
                "CASETRACK_FILES_URL: s3:// needs the extra: pip install 'casetrack[s3]'"
            )
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self._reaches = (endpoint, key, secret, region)
        self._made: Any = None

    @property
    def _client(self) -> Any:
        """Made when it is first needed: the library is large."""
        if self._made is None:
            endpoint, key, secret, region = self._reaches
            config = importlib.import_module("botocore.config").Config(
                connect_timeout=_CONNECT,
                read_timeout=_ANSWER,
                retries={"max_attempts": _TRIES, "mode": "standard"},
                # Small servers know neither the newer checksums nor names of buckets as hosts.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"},
            )
            self._made = (
                importlib.import_module("boto3.session")
                .Session()
                .client(
                    "s3",
                    endpoint_url=endpoint,
                    aws_access_key_id=key,
                    aws_secret_access_key=secret,
                    region_name=region,
                    config=config,
                )
            )
        return self._made

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """Keep it whole or not at all. Raises StoreAway."""
        self._ask(
            "put_object",
            name,
            Body=content,
            ContentLength=size,
            ContentType="application/octet-stream",
        )

    def get(self, name: str) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises NotThere, StoreAway."""
        body = self._ask("get_object", name)["Body"]
        try:
            while part := body.read(_READ):
                yield part
        except Exception as error:  # the library passes on what its own libraries raise
            raise StoreAway("the store broke off") from error
        finally:
            body.close()

    def remove(self, name: str) -> None:
        """Take it away; one that is not there is gone already. Raises StoreAway."""
        try:
            self._ask("delete_object", name)
        except NotThere:
            return

    def reach(self) -> str:
        """Whether files can be kept there, in words. Raises StoreAway."""
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except Exception as error:  # likewise
            raise StoreAway(f"bucket {self._bucket}: {_brief(error)}") from error
        return f"bucket {self._bucket}"

    def _ask(self, what: str, name: str, **more: Any) -> Any:
        try:
            call = getattr(self._client, what)
            return call(Bucket=self._bucket, Key=f"{self._prefix}{name}", **more)
        except Exception as error:  # likewise
            if _code(error) in _GONE:
                raise NotThere(name) from error
            _LOG.warning("the store of files: %s", _brief(error))
            raise StoreAway(_brief(error)) from error


def _code(error: Exception) -> str:
    answer: Any = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


def _brief(error: Exception) -> str:
    """What went wrong, without what was sent."""
    return _code(error) or type(error).__name__
