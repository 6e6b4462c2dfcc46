"""A page, examined in both themes and at both widths: what would keep somebody from using it, each in a sentence.

axe applies the rules of WCAG 2.0 to 2.2, A and AA; `audit.js` what it does not see: names that say two things,
headings, reflow, text that is spaced out or enlarged, forced colours. No tool sees more than a part of the criteria.
"""

import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page

from .browsing import Chromium

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN = """async ([what, only]) => (await axe.run(what === "sample" ? {include: audit.sample()} : document,
  {runOnly: only, resultTypes: ["violations"], rules: only.type === "tag" ? {"target-size": {enabled: true}} : {}}
  )).violations.flatMap((v) => v.nodes.map((n) =>
  `${v.id} at ${n.target}: ${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 300)}`))"""
EVERYTHING = ("page", {"type": "tag", "values": TAGS})
"""Every rule on the whole page, once: in the other looks, only what depends on colours, and on the width, is asked."""
PAINTED = (
    "sample",
    {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
)
PLACED = (
    "page",
    {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]},
)
Looks = tuple[tuple[int, Literal["light", "dark"], tuple[Any, ...]], ...]
LOOKS: Looks = (
    (1280, "light", (EVERYTHING,)),
    (1280, "dark", (PAINTED,)),
    (320, "dark", (PAINTED, PLACED)),
    (320, "light", (PAINTED,)),
)


ENDS = (LOOKS[0], LOOKS[2])
"""Wide in light, narrow in dark: for the fifty forms, which are made of the same few fields."""


async def defects(chromium: Chromium, page: Page, looks: Looks = LOOKS) -> str:
    """The defects of the page in this window, and of its scripts: a sentence a line."""
    return "\n".join(await _examined(page, looks) + chromium.take_faults())


async def _examined(page: Page, looks: Looks) -> list[str]:
    await page.evaluate(AXE)
    await page.evaluate(AUDIT)
    defects: list[str] = await page.evaluate("audit.page()")
    for width, theme, rules in looks:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=theme)
        defects += await page.evaluate("width => audit.cut(`at ${width} px`)", width)
        for what in rules:
            results: list[str] = await page.evaluate(RUN, what)
            defects += [f"axe, {theme}, {width} px: {defect}" for defect in results]
        await _shot(page, f"{theme}-{width}")
    return defects + await _strained(page)


async def _strained(page: Page) -> list[str]:
    """With text spaced out at 320 px, enlarged twice, in forced colours, unmoving."""
    await page.evaluate("audit.spaced(true)")
    defects: list[str] = await page.evaluate("audit.cut('spaced out at 320 px')")
    await page.evaluate("audit.spaced(false)")
    await page.set_viewport_size({"width": 640, "height": 450})
    defects += await page.evaluate("audit.cut('enlarged twice')")
    await page.emulate_media(forced_colors="active")
    defects += await page.evaluate("[...audit.edges(), ...audit.moving()]")
    await page.emulate_media(forced_colors="none", color_scheme="light")
    return defects


async def _shot(page: Page, look: str) -> None:
    """A picture for whoever wants to look, into the folder that SCREENSHOTS names."""
    if folder := os.environ.get("SCREENSHOTS"):
        test = (
            os.environ["PYTEST_CURRENT_TEST"]
            .partition("test_accessibility_")[2]
            .partition(" ")[0]
        )
        name = re.sub(r"[^\w-]+", "_", f"{test}-{look}")
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
