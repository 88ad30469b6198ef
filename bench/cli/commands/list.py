"""``bench list``: what can be measured."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from bench.cli import options
from bench.cli.output import console
from bench.domain.phases import call_modes_of
from bench.planning import registry
from bench.planning.presets import PRESETS


@click.command("list")
@options.json_output
def command(as_json: bool) -> int:
    """List scenarios with their question, arms, architectures and depths.

    Example: bench list --json
    """
    scenarios = registry.scenarios()
    document = {
        "schema": 1,
        "scenarios": {
            name: {
                "question": scenario.question,
                "arms": {arm: declared.builder for arm, declared in scenario.arms.items()},
                "baseline": scenario.baseline,
                "architectures": list(scenario.architectures),
                "layers": list(scenario.layers),
                "call_modes": [] if scenario.lifecycle else list(scenario.call_modes),
                "phases": list(scenario.lifecycle.phases) if scenario.lifecycle else [],
            }
            for name, scenario in scenarios.items()
        },
        "architectures": dict(registry.architectures()),
        "call_modes": {
            name: {"called": call_mode.called, "phases": list(call_mode.phases)}
            for name, call_mode in call_modes_of().items()
        },
        "presets": {name: vars(preset) for name, preset in PRESETS.items()},
        "environments": {"default": sys.executable},
        "devices": list(registry.DEVICES),
    }
    if as_json:
        click.echo(json.dumps(document, indent=2))
    else:
        _print(document)
    return 0


def _print(document: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    shown = console()
    for name, scenario in document["scenarios"].items():
        shown.print(Text(name, style="bold"), Text(scenario["question"]))
        table = Table.grid(padding=(0, 2))
        arms = [
            f"{arm} (baseline)" if arm == scenario["baseline"] else arm for arm in scenario["arms"]
        ]
        table.add_row("  arms", Text(", ".join(arms)))
        table.add_row("  architectures", Text(", ".join(scenario["architectures"])))
        table.add_row("  layers", Text(", ".join(map(str, scenario["layers"])) or "not swept"))
        if scenario["phases"]:
            table.add_row("  phases", Text(", ".join(scenario["phases"])))
        else:
            table.add_row("  call modes", Text(", ".join(scenario["call_modes"])))
        shown.print(table)
        shown.print()
    descriptions = {
        "architectures": document["architectures"],
        "call_modes": {
            name: call_mode["called"] for name, call_mode in document["call_modes"].items()
        },
    }
    for heading, described in descriptions.items():
        shown.print(Text(heading, style="bold"))
        table = Table.grid(padding=(0, 2))
        for name, description in described.items():
            table.add_row(f"  {name}", Text(description))
        shown.print(table)
        shown.print()
    shown.print(Text("measured interpreter", style="bold"), document["environments"]["default"])
    shown.print(Text("devices", style="bold"), ", ".join(document["devices"]))
