"""The sheets as a printer gets them: exactly one page of paper, nothing beyond its edge, in letters that are large."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

OpenPage = Callable[..., Page]
# Long names of needs, many of them not stated anywhere: the most that can stand on a sheet.
MOST = "&need=methadone&need=spanish&need=military-insurance&need=detox-medication&need=women-program&need=trauma"
LETTERS_PT = {"jail-release": 14.0, "emergency-department": 14.0, "door-hanger": 12.5}
HEIGHT_PX = 11 * 96
MARGIN_PX = 0.2 * 96


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("kind", sorted(LETTERS_PT))
def test_a_sheet_is_one_page(open_page: OpenPage, kind: str, prefix: str) -> None:
    for query in ("near=40507", f"near=Louisville{MOST}", f"near=Hazard{MOST}", "near=Kentucky&need=detox"):
        page = open_page(f"{prefix}/packet?for={kind}&{query}", viewport={"width": 816, "height": 1056})
        page.emulate_media(media="print")
        lowest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('.paper *')].map(it => it.getBoundingClientRect().bottom)"
            ".filter((bottom, at, all) => !document.querySelectorAll('.paper *')[at].matches('.hanger')))"
        )
        size = page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.spots li, .first li')).fontSize) * 72 / 96"
        )
        pdf = page.pdf(prefer_css_page_size=True)
        print(prefix, kind, query[:24], f"{lowest:.0f} px of {HEIGHT_PX}, {size:.1f} pt")
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
        assert b"[0 0 612 792]" in pdf
        assert lowest <= HEIGHT_PX - MARGIN_PX
        assert size >= LETTERS_PT[kind]
