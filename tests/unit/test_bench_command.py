"""casetrack bench: from a checkout it is the benchmark, elsewhere it says where that is."""

from pathlib import Path

import pytest

from casetrack.cli.bench import load
from tests.support.commands import run_command


def test_a_checkout_has_the_benchmark() -> None:
    shown = run_command({}, ["bench", "--help"])
    assert shown.exit_code == 0
    assert "--clients" in shown.output


def test_where_there_is_no_checkout_one_line_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        load(tmp_path)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "run it from a checkout" in said
