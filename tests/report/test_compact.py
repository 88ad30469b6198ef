"""A chart in the page is short, and the drawing that it was made from."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from bench.report.charts.draw import draw_charts
from bench.report.html.compact import svg_address
from tests.report.findings_factory import findings

SVG = "{http://www.w3.org/2000/svg}"

DRAWN = """<?xml version="1.0"?>
<!-- made by hand -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10.123pt">
 <defs><path id="used" d="M 1.26 -2.34
L 3 4 z"/></defs>
 <g id="unused">
  <text style="fill: #123456; fill-opacity: 0.125"
    transform="rotate(-0 1 2)">a  &lt;b&gt; &amp; "c" 1.2345 100% #5</text>
  <use xlink:href="#used" style="fill: #123456; fill-opacity: 0.125"/>
 </g>
</svg>"""


def content(address: str) -> str:
    before, _, after = address.partition(",")
    assert before == "data:image/svg+xml"
    return unquote(after)


def test_texts_and_opacities_stay_what_they_are() -> None:
    drawing = content(svg_address(DRAWN))
    text = ElementTree.fromstring(drawing).find(f".//{SVG}text")
    assert text is not None
    assert text.text == 'a  <b> & "c" 1.2345 100% #5'
    assert "{fill: #123456; fill-opacity: 0.125}" in drawing


def test_what_is_referred_to_keeps_its_name_and_each_style_stands_once() -> None:
    drawing = content(svg_address(DRAWN))
    assert "id='used'" in drawing
    assert "unused" not in drawing
    assert drawing.count("fill-opacity") == 1
    assert drawing.count("class='s0'") == 2


def test_places_are_rounded_to_a_tenth() -> None:
    drawing = content(svg_address(DRAWN))
    assert "d='M1.3-2.3L3 4z'" in drawing
    assert "width='10.1pt'" in drawing


def test_address_is_one_value_of_an_attribute() -> None:
    class Images(HTMLParser):
        found: tuple[tuple[str, str | None], ...] = ()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found = (*self.found, *attrs)

    address = svg_address(DRAWN)
    images = Images()
    images.feed(f'<img src="{address}">')
    assert images.found == (("src", address),)
    assert not any(each in address for each in '"&#\n')


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw_charts(findings(), tmp_path_factory.mktemp("charts"), ("svg",))


def test_charts_have_all_their_texts_in_half_of_the_characters(drawn: list[Path]) -> None:
    assert len(drawn) >= 3
    for path in drawn:
        whole = path.read_text(encoding="utf-8")
        address = svg_address(whole)
        assert len(address) < len(whole) / 1.5
        texts = [
            [each.text for each in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
            for drawing in (whole, content(address))
        ]
        assert texts[0] == texts[1] != []


def test_blanks_of_texts_and_small_scales_stay() -> None:
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg">\n <g transform="matrix(0.04 0 0 0.04 1 2)">\n'
        "  <text><tspan>a</tspan> <tspan> </tspan></text></g>\n</svg>"
    )
    assert content(svg_address(drawn)) == (
        "<svg xmlns='http://www.w3.org/2000/svg'><style></style>"
        "<g transform='matrix(0.04 0 0 0.04 1 2)'>"
        "<text><tspan>a</tspan> <tspan> </tspan></text></g></svg>"
    )
