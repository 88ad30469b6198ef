"""Every command that the help lists exists and explains itself."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bench.cli.group import COMMANDS, _bench


@pytest.mark.parametrize("command", COMMANDS)
def test_listed_command_has_help(command: str) -> None:
    result = CliRunner().invoke(_bench, [command, "--help"], prog_name="bench")
    assert result.exit_code == 0, result.output
    assert f"Usage: bench {command}" in result.output


def test_unlisted_command_does_not_exist() -> None:
    result = CliRunner().invoke(_bench, ["measure"])
    assert result.exit_code == 2
    assert "No such command 'measure'" in result.output
