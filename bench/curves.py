"""docs/performance.svg: growth curves that read well on a light page and on a dark one.

pygal draws each panel; here they are put beside one another in one file, which takes its colours from the reader's
own setting (docs/decisions/0032-growth-curves.md).
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pygal  # type: ignore[import-untyped]  # it has no types

from bench.figure import Figure

# pygal leaves a finder on sys.meta_path that only Python 2 could ask, and pytest stumbles over it.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

_CSS = Path(__file__).parent / "curves.css"
_WIDTH, _HEIGHT, _COLUMNS = 480, 340, 2
_SVG = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One diagram: points of (number, value) by the name of their line, in the order of the legend. Four at most."""

    title: str
    across: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Drawn:
    """The rows of a section that has a drawing, and the drawing as SVG."""

    figures: Sequence[Figure]
    svg: str


def drawn(panels: Sequence[Panel]) -> str:
    """One SVG with all panels, without a script and without the time of its making."""
    ET.register_namespace("", _SVG)
    rows = -(-len(panels) // _COLUMNS)
    size = {"width": str(_WIDTH * min(_COLUMNS, len(panels))), "height": str(_HEIGHT * rows)}
    page = ET.Element(f"{{{_SVG}}}svg", {"viewBox": f"0 0 {size['width']} {size['height']}", "role": "img", **size})
    ET.SubElement(page, f"{{{_SVG}}}title").text = "; ".join(panel.title for panel in panels)
    ET.SubElement(page, f"{{{_SVG}}}style").text = _CSS.read_text("utf-8")
    ET.SubElement(page, f"{{{_SVG}}}rect", {"class": "page", "width": "100%", "height": "100%"})
    for number, panel in enumerate(panels):
        place = {"x": str(number % _COLUMNS * _WIDTH), "y": str(number // _COLUMNS * _HEIGHT)}
        page.append(_chart(panel, place))
    ET.indent(page, " ")
    return ET.tostring(page, "unicode") + "\n"


def _chart(panel: Panel, place: Mapping[str, str]) -> ET.Element:
    """What pygal draws, without its style. Its comments, one of which has the date, go with the parsing."""
    chart = pygal.XY(
        width=_WIDTH,
        height=_HEIGHT,
        title=panel.title,
        title_font_size=14,
        x_title=panel.across,
        js=[],
        css=[],
        no_prefix=True,
        disable_xml_declaration=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(panel.lines),
        include_x_axis=True,
        dots_size=3,
        max_scale=8,
        truncate_legend=-1,
        value_formatter=lambda value: f"{value:g}",
        x_value_formatter=lambda value: f"{value:g}",
    )
    for name, points in panel.lines.items():
        chart.add(name, list(points))
    drawing = ET.fromstring(chart.render())  # noqa: S314 - what pygal has just made
    for each in [each for each in drawing if each.tag in {f"{{{_SVG}}}defs", f"{{{_SVG}}}title"}]:
        drawing.remove(each)
    drawing.attrib.pop("id", None)
    drawing.attrib.update({**place, "width": str(_WIDTH), "height": str(_HEIGHT)})
    return drawing
