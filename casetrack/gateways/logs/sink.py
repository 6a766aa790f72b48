"""Where imported events go: a file a region."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FileSink:
    """Appends each event as a line to the file of its region."""

    folder: Path

    def __call__(self, region: str, document: dict[str, Any]) -> None:
        """One write for each event, so that lines of several processes never mix."""
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
        with open(self.folder / f"{region}.jsonl", "ab", buffering=0) as file:
            file.write(line.encode())
