"""The charts: drawn for every kind of run, always the same, a colour for each arm."""

from __future__ import annotations

import errno
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import imread
from PIL import Image

from bench.report.charts.draw import draw_charts
from bench.report.charts.layout.labels import label_ends
from bench.report.charts.layout.page import line_height
from bench.report.charts.layout.style import SMALL, arm_styles
from bench.report.replaced import replaced
from tests.report.findings_factory import ARMS, findings


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds every chart of the example."""
    folder = tmp_path_factory.mktemp("charts")
    draw_charts(findings(), folder)
    return folder


def texts(path: Path) -> str:
    """The words of an SVG chart."""
    return " ".join(re.findall(r">([^<>]+)</(?:text|tspan)>", path.read_text()))


def test_every_chart_of_a_swept_run_is_drawn(charts: Path) -> None:
    drawn = list(charts.iterdir())
    assert {path.name for path in drawn} == {
        f"build_style-mlp-{kind}.{ending}"
        for kind in ("cost", "ratios", "lifecycle", "memory")
        for ending in ("png", "svg")
    }
    assert all(path.stat().st_size > 1000 for path in drawn)


def test_drawing_again_gives_the_same_bytes(charts: Path, tmp_path: Path) -> None:
    for again in draw_charts(findings(), tmp_path):
        assert again.read_bytes() == (charts / again.name).read_bytes(), again.name


def test_png_has_a_palette_and_keeps_its_title_and_size(charts: Path) -> None:
    path = charts / "build_style-mlp-cost.png"
    with Image.open(path) as image:
        assert image.mode == "P"
        assert "with the square of the layers" in image.info["Title"]
        assert round(image.info["dpi"][0]) == 150
    pixels = imread(path)[..., :3]
    assert pixels.max() == 1.0
    colour = to_rgb(arm_styles(findings())["incremental"].look.color)
    assert (abs(pixels - colour).max(axis=-1) < 0.01).sum() > 1000


def test_title_of_the_cost_chart_states_the_growth(charts: Path) -> None:
    title = texts(charts / "build_style-mlp-cost.svg")
    assert "with the square of the layers for incremental and incremental_legacy_shape" in title


def test_title_of_the_cost_chart_admits_that_growth_is_unresolved(tmp_path: Path) -> None:
    found = findings()
    scaling = [fit.model_copy(update={"growth": "unresolved"}) for fit in found.scaling]
    draw_charts(found.model_copy(update={"scaling": tuple(scaling)}), tmp_path, ["svg"])
    title = texts(tmp_path / "build_style-mlp-cost.svg")
    assert "How construct grows with the layers is unresolved" in title
    assert "square of the layers" not in title


def test_labels_at_line_ends_never_overlap() -> None:
    styles = arm_styles(findings())
    axes = Figure().add_axes((0.1, 0.1, 0.5, 0.8))
    ends = {arm: 1.9 - 0.14 * number for number, arm in enumerate(ARMS)}
    label_ends(axes, ends, styles, ARMS, size=(2.0, 2.0), left=0.96)
    heights = sorted(2.0 * text.get_position()[1] for text in axes.texts)
    assert len(heights) == len(ARMS)
    gaps = [above - below for below, above in pairwise(heights)]
    assert min(gaps) >= line_height(SMALL) - 1e-9


def test_arms_that_end_in_one_place_share_a_label() -> None:
    styles = arm_styles(findings())
    axes = Figure().add_axes((0.1, 0.1, 0.5, 0.8))
    ends = {arm: 1.8 if arm.startswith("incremental") else 0.5 for arm in ARMS}
    ends["incremental_deferred"] = ends["incremental_no_rebuild"] = 0.5
    label_ends(axes, ends, styles, ARMS, size=(2.0, 2.0), left=0.96)
    words = {text.get_text() for text in axes.texts}
    assert words == {"incremental", "incremental_legacy_shape", "the other arms"}


def test_title_of_the_ratio_chart_states_the_answer(charts: Path) -> None:
    title = texts(charts / "build_style-mlp-ratios.svg")
    assert "times as long as inline at 64 layers" in title


def test_charts_name_versions_rounds_and_run(charts: Path) -> None:
    found = findings()
    for path in charts.glob("*.svg"):
        words = texts(path)
        assert "TensorFlow 2.21.0" in words
        assert "16 rounds" in words
        assert found.run in words


def test_each_arm_has_one_colour_of_its_own(charts: Path) -> None:
    styles = arm_styles(findings())
    colours = [styles[arm].look.color for arm in ARMS]
    assert len(set(colours)) == len(ARMS)
    fewer = arm_styles(findings(arms=("inline", "functional")))
    assert fewer["functional"].look == styles["functional"].look
    for path in charts.glob("*.svg"):
        assert styles["incremental"].look.color in path.read_text()


@pytest.mark.parametrize(
    "changes",
    [
        {"depths": (None,)},
        {"depths": (16,)},
        {"depths": (8, 32)},
        {"architectures": (None,)},
        {"architectures": ("mlp", "cnn")},
        {"arms": ("inline",)},
        {"arms": ("only", "an_arm_with_a_very_long_name_that_somebody_thought_of_at_night")},
        {"failed": ("functional",)},
        {"rounds": 4},
    ],
)
def test_unusual_runs_have_charts_too(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert draw_charts(findings(**changes), tmp_path, ["svg"])


def test_run_without_rounds_has_none(tmp_path: Path) -> None:
    assert draw_charts(findings(rounds=0), tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_charts_are_drawn_where_processes_cannot_share_semaphores(
    charts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("bench.report.charts.draw.ProcessPoolExecutor", refused)
    drawn = draw_charts(findings(), tmp_path, ["svg"])
    assert {path.name for path in drawn} == {path.name for path in charts.glob("*.svg")}


def test_chart_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    path.write_bytes(b"before")

    def draw() -> None:
        with replaced(path) as temporary:
            temporary.write_bytes(b"half")
            assert path.read_bytes() == b"before"
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        draw()
    assert [each.name for each in tmp_path.iterdir()] == ["chart.png"]
    assert path.read_bytes() == b"before"
