"""For everybody: names of all inputs, focus order, keyboard alone, contrast, narrow and wide screens."""

import pytest

from browsing import settled
from quick import quick

FOCUSABLE = "a[href], button, input, select, textarea, [tabindex='0']"
NAMELESS = """(all) => Array.from(document.querySelectorAll(all)).filter((e) => {
  if (e.closest('template, [hidden], [aria-hidden=true]')) return false;
  const labels = e.labels ? Array.from(e.labels, (l) => l.textContent) : [];
  const name = e.getAttribute('aria-label') || labels.join(' ') || e.textContent;
  return !name.trim();
}).map((e) => e.outerHTML.slice(0, 120))"""
CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
    .map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c) && c !== 'transparent') return c; } return 'rgb(255, 255, 255)'; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg, [hidden], template, .skip, .stale, script, style') || !e.checkVisibility()) continue;
    if (!Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    const told = [e.textContent.slice(0, 40), getComputedStyle(e).color, ground(e)].join(' | ');
    if ((a + .05) / (b + .05) < 4.5) bad.push(told);
  }
  return bad;
}"""


@pytest.mark.parametrize("tab", quick(["curves", "protocol", "data"], 0))
def test_every_control_has_a_name_and_every_text_contrast(visit, tab):
    page = visit(f"tab={tab}")
    assert page.evaluate(NAMELESS, FOCUSABLE) == []
    assert page.evaluate(CONTRAST) == []
    assert page.locator("main").count() == 1
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("tab", quick(["curves", "protocol", "data"], 0))
@pytest.mark.parametrize("width", quick([360, 768, 1280, 1920], 0))
def test_nothing_scrolls_sideways(visit, tab, width):
    page = visit(f"tab={tab}", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for graph in page.locator(".js-plotly-plot:visible").all():
        box = graph.bounding_box()
        assert box["width"] <= width
        assert box["height"] > 200


@pytest.mark.slow
def test_the_tour_by_keyboard_alone(visit):
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "tab-curves"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "material"
    page.keyboard.type("CdTe")
    settled(page)
    assert page.get_by_label("Material", exact=True).input_value() == "CdTe"
    seen = ["material"]
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "document.activeElement.id || document.activeElement.getAttribute('aria-label')"
            )
        )
        if seen[-1] == "Sample file for the command line as TOML":
            break
    order = [
        seen.index(name)
        for name in ("size", "slide-correlation_time", "correlation_time", "spin", "method", "link")
    ]
    assert order == sorted(order)
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "sample.toml"


@pytest.mark.slow
def test_tabs_change_by_arrows_and_focus_is_seen(visit):
    page = visit()
    page.locator("#tab-curves").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-protocol"
    assert page.locator("#tab-protocol").get_attribute("aria-selected") == "true"
    assert page.locator("#panel-protocol").is_visible()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    settled(page)


@pytest.mark.slow
def test_levels_are_words_and_not_colours_alone(visit):
    page = visit()
    levels = set(page.locator("#validity td.level").all_inner_texts())
    assert levels <= {"green", "yellow", "red", "unknown"}
    assert levels
