"""What was made up of the data that models were called with, and for which arms."""

from __future__ import annotations

import pandas as pd

from bench.domain.findings.costs import InventedFinding


def invented_findings(samples: pd.DataFrame) -> tuple[InventedFinding, ...]:
    """One finding for each scenario and thing made up, with the arms whose models were given it."""
    if samples.empty:
        return ()
    noted = samples[samples["note"].notna() & samples["placebo"].ne(True)]
    arms: dict[tuple[str, str], dict[str, None]] = {}
    rows = noted[["scenario", "arm", "note"]].drop_duplicates().itertuples(index=False)
    for scenario, arm, note in rows:
        for text in str(note).split("; "):
            arms.setdefault((scenario, text), {})[arm] = None
    return tuple(
        InventedFinding(scenario=scenario, text=text, arms=tuple(found))
        for (scenario, text), found in arms.items()
    )
