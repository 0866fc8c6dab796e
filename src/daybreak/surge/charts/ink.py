"""The ink of charts: colours for light, dark and both, text that is folded by width, and SVG elements."""

from __future__ import annotations

import re
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
THEMES = ("auto", "light", "dark")

# The design's tokens. `alarm` is the dawn amber, dark enough on paper to be told from the bars without its colour's help.
LIGHT = {
    "ink": "#14202b", "ink-2": "#495867", "line": "#d8dee5", "card": "#ffffff", "brand": "#0b5568",
    "bar": "#748a97", "band": "#e3eef0", "alarm": "#b45c06", "on-alarm": "#ffffff",
}  # fmt: skip
DARK = {
    "ink": "#e9eef3", "ink-2": "#a9b6c2", "line": "#2c3945", "card": "#17212b", "brand": "#7fc9da",
    "bar": "#6b7f8d", "band": "#1f343e", "alarm": "#f0ab4e", "on-alarm": "#231603",
}  # fmt: skip

NO_BREAK = "\u00a0"
NARROW, WIDE = set("iljtfrI.,:;'|!()[]/ "), set("mwMW%@–—")


def style_of(theme: str) -> str:
    """The stylesheet of a chart that follows the reader's light or dark mode; a fixed theme needs none."""
    if theme != "auto":
        return ""
    tokens = {
        mode: "".join(f"--{k}:{v};" for k, v in each.items()) for mode, each in (("l", LIGHT), ("d", DARK))
    }
    rules = "".join(
        f".surge-chart .f-{name}{{fill:var(--{name})}}.surge-chart .s-{name}{{stroke:var(--{name})}}"
        for name in LIGHT
    )
    return (
        f".surge-chart{{{tokens['l']}max-width:100%;height:auto}}"
        f"@media (prefers-color-scheme:dark){{.surge-chart{{{tokens['d']}}}}}{rules}"
    )


class Sheet:
    """An SVG drawing in one theme; colours are token names."""

    def __init__(self, width: float, theme: str) -> None:
        self.width = width
        self.theme = theme
        self._colours = DARK if theme == "dark" else LIGHT
        self.root = ElementTree.Element("svg", {"xmlns": SVG, "class": "surge-chart", "role": "img"})

    def add(
        self,
        tag: str,
        *,
        fill: str = "",
        stroke: str = "",
        inside: ElementTree.Element | None = None,
        **attributes: object,
    ) -> ElementTree.Element:
        """One element; a name such as stroke_width becomes stroke-width, and lengths are rounded to a tenth."""
        given = {
            name.rstrip("_").replace("_", "-"): f"{value:.1f}".removesuffix(".0")
            if isinstance(value, float)
            else str(value)
            for name, value in attributes.items()
        }
        classes = []
        for what, token in (("fill", fill), ("stroke", stroke)):
            if token in self._colours:
                given[what] = self._colours[token]
                classes.append(f"{what[0]}-{token}")
            elif token:
                given[what] = token
        if classes and self.theme == "auto":
            given["class"] = " ".join(classes)
        return ElementTree.SubElement(self.root if inside is None else inside, tag, given)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int,
        fill: str = "ink",
        weight: int = 400,
        anchor: str = "start",
    ) -> ElementTree.Element:
        """One line of text."""
        element = self.add("text", fill=fill, x=x, y=y, font_size=size)
        if weight != 400:
            element.set("font-weight", str(weight))
        if anchor != "start":
            element.set("text-anchor", anchor)
        element.text = words
        return element

    def paragraph(
        self, x: float, y: float, words: str, *, width: float, size: int, fill: str = "ink", weight: int = 400
    ) -> float:
        """Text folded to a width, first baseline below y; returns where the next thing may begin."""
        leading = round(size * (1.18 if weight > 500 else 1.38))
        for line in folded(words, width, size, bold=weight > 500):
            y += leading
            self.text(x, y - leading * 0.24, line, size=size, fill=fill, weight=weight)
        return y

    def finished(self, height: float, title: str, description: str) -> str:
        """The drawing as SVG text, with a title and a description for people who hear it."""
        self.root.set("viewBox", f"0 0 {self.width:g} {round(height):g}")
        self.root.set("width", f"{self.width:g}")
        self.root.set("height", f"{round(height):g}")
        self.root.set("font-family", FONTS)
        self.root.set("aria-label", title)
        head = [ElementTree.Element("title"), ElementTree.Element("desc")]
        head[0].text, head[1].text = title, description
        if style := style_of(self.theme):
            head.append(ElementTree.Element("style"))
            head[2].text = style
        for place, element in enumerate(head):
            self.root.insert(place, element)
        ElementTree.indent(self.root, " ")
        return ElementTree.tostring(self.root, encoding="unicode") + "\n"


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """About how wide text becomes, in px: the reader's font is not known here, so it errs on the wide side."""
    ems = sum(0.31 if c in NARROW else 0.9 if c in WIDE else 0.69 if c.isupper() else 0.545 for c in words)
    return ems * size * (1.09 if bold else 1.02)


def folded(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Words in lines that are at most so wide, of about the same length each; a longer word stands alone."""
    words = re.sub(r"(\d) (?=\w)", rf"\1{NO_BREAK}", words)  # "5 May" and "88 years" stay together
    lines = _greedy(words, width, size, bold)
    if len(lines) < 2 or not (bold or text_width(lines[-1], size) < 0.3 * width):
        return lines
    even = width  # Narrow the lines while their number stays: no last line of one word.
    while even > width * 0.55 and len(_greedy(words, even - width * 0.03, size, bold)) == len(lines):
        even -= width * 0.03
    return _greedy(words, even, size, bold)


def _greedy(words: str, width: float, size: float, bold: bool) -> list[str]:
    lines: list[str] = []
    for word in words.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size, bold=bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
