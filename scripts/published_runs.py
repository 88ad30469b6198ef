"""What is published: each run of results/published, its page, and what it is measured with."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "results" / "published"


class Page(NamedTuple):
    """The page of a published run: ``text``, below the root, which shows ``picture``.

    ``options`` are what it is measured with, besides its scenario, which is called like it unless
    they name it. A run ``on_gpu`` is measured elsewhere.
    """

    text: str
    picture: str
    options: tuple[str, ...] = ("--standard",)
    names_scenario: bool = False
    on_gpu: bool = False

    @property
    def path(self) -> Path:
        """The page itself."""
        return ROOT / self.text

    def charts(self, name: str) -> str:
        """The address of the charts of the run ``name``, as the page sees it."""
        return "../" * self.text.count("/") + f"results/published/{name}/charts"


VERSIONS = tuple(
    f"keras-{each}=keras=={each}.* python==3.11" for each in ("2.15", "3.0", "3.6", "3.15")
)
"""Environments, as ``scripts/tox run -e versions`` has them."""

_SHORT = ("--budget", "3m")
_SEARCH = ("--architecture", "mlp", "--budget", "6m", "--replicates", "1")

PAGES = {
    "build_style": Page("docs/scenarios/build_style.md", "build_style-mlp-cost.png"),
    "seed_example": Page(
        "docs/scenarios/build_style.md", "seed_example-tutorial-ratios.png", _SHORT
    ),
    "versions": Page(
        "docs/versions.md",
        "build_style-mlp-environments.png",
        (
            *("build_style", "--layers", "16,64", "--margin", "5%", "--budget", "18m"),
            *(word for each in VERSIONS for word in ("--interpreter", each)),
        ),
        names_scenario=True,
    ),
    "backends": Page(
        "docs/backends.md",
        "build_style_on_backends-mlp-environments.png",
        (
            *("--name", "build_style_on_backends", "--architecture", "mlp"),
            *("--arm", "inline=scenarios.builders:inline"),
            *("--arm", "incremental=scenarios.builders:incremental", "--layers", "4,16,64"),
            *("--backend", "tensorflow,jax,torch", "--interpreter", "keras-3.15=keras==3.15.*"),
            *("--margin", "5%", "--budget", "24m"),
        ),
        names_scenario=True,
    ),
    "call_modes": Page(
        "docs/call_modes.md",
        "call_modes-mlp-call_modes.png",
        ("--architecture", "mlp", "--layers", "16", "--budget", "3m"),
    ),
    "modification": Page(
        "docs/scenarios/modification.md",
        "modification-mlp-ratios.png",
        ("--architecture", "mlp", "--layers", "16,64", "--budget", "4m"),
    ),
    "restore": Page(
        "docs/scenarios/restore.md",
        "restore-mlp-cost.png",
        ("--architecture", "mlp", "--layers", "8,16,64", "--budget", "15m", "--replicates", "1"),
    ),
    "search": Page("docs/scenarios/search.md", "search-mlp-series.png", _SEARCH),
    "search_trained": Page("docs/scenarios/search.md", "search_trained-mlp-series.png", _SEARCH),
    "proposed_fix_equivalence": Page(
        "docs/scenarios/proposed_fix.md",
        "proposed_fix_equivalence-mlp-ratios.png",
        ("--architecture", "mlp", "--budget", "5m"),
    ),
    "proposed_fix": Page(
        "docs/scenarios/proposed_fix.md",
        "proposed_fix-mlp-cost.png",
        ("--architecture", "mlp", "--layers", "8,16,32,64", "--budget", "6m"),
    ),
    "gpu_jax": Page(
        "docs/gpu.md",
        "build_style_on_a_gpu-mlp-cost.png",
        (
            *("--quick", "--name", "build_style_on_a_gpu", "--architecture", "mlp"),
            *("--arm", "inline=scenarios.builders:inline"),
            *("--arm", "incremental=scenarios.builders:incremental", "--layers", "4,16,64"),
            *("--backend", "jax", "--device", "gpu", "--budget", "185"),
        ),
        names_scenario=True,
        on_gpu=True,
    ),
    "gpu_torch": Page(
        "docs/gpu.md",
        "build_style_on_a_gpu-mlp-cost.png",
        (
            *("--quick", "--name", "build_style_on_a_gpu", "--architecture", "mlp"),
            *("--arm", "inline=scenarios.builders:inline"),
            *("--arm", "incremental=scenarios.builders:incremental", "--layers", "4,16,64"),
            *("--backend", "torch", "--device", "gpu", "--rounds", "16", "--budget", "130"),
            "--no-evidence",
        ),
        names_scenario=True,
        on_gpu=True,
    ),
    "gpu_or_cpu": Page(
        "docs/gpu.md",
        "gpu_or_cpu-cnn-256-inline-cost.png",
        (
            *("--quick", "--name", "gpu_or_cpu", "--arm", "inline=scenarios.builders:inline"),
            *("--architecture", "cnn", "--layers", "16", "--batch", "1,256"),
            *("--backend", "jax", "--device", "cpu,gpu", "--headline", "inference"),
            *("--rounds", "14", "--budget", "315", "--no-evidence"),
        ),
        names_scenario=True,
        on_gpu=True,
    ),
}
"""Published run → its page."""

CALIBRATION = "calibration"
"""The published calibration."""

CALIBRATIONS = (CALIBRATION, "calibration_solo")
"""It, and one of 2026-11-23 in which no arms share a core, whose noise the studies draw from."""
