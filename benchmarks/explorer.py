"""How soon the page of coldspin explore follows a slider, in Chromium. Run python benchmarks/explorer.py.

A step of the slider of the correlation time is timed from its input event to the frame after the
new β(B) is drawn, no curve of the figure being marked as not current. The server's share runs from
the request to the end of its answer. These are times by the clock on the machine at hand, no
ratios: the load is printed with them.
"""

import importlib.util
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

TARGET = 150.0  # ms
STEPS, WARM = 20, 3
OWN = (
    "material=own+nuclei&nuclei=1.7e4&nuclear_spin=0.5&hyperfine_coupling=-0.67+neV&local_field=0.5+G&g_factor=-1.6"
    "&nuclear_gyromagnetic_ratio=-6.4e7+rad%2Fs%2FT&correlation_time=2+ns&filling=1e-4"
)
STATES = {
    "nuclei of your own": OWN,
    "nuclei of your own, 201 given fields": f"{OWN}&field=-8:8:201+G",
    "CdTe donor": "material=CdTe&size_kind=bohr_radius&size=5.2+nm",
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
STEP = """() => new Promise((done, failed) => {
  const slider = document.getElementById("slide-correlation_time");
  const figure = document.getElementById("figure-temperature");
  const graph = figure.querySelector(".js-plotly-plot");
  const before = figure.querySelector(".scatterlayer path.js-line").getAttribute("d");
  const begun = performance.now();
  window.setTimeout(() => failed(new Error("no new curve was drawn")), 60000);
  const drawn = () => {
    graph.removeListener("plotly_afterplot", drawn);
    const look = () => {
      const now = figure.querySelector(".scatterlayer path.js-line").getAttribute("d");
      if (now === before || figure.classList.contains("stale")) setTimeout(look, 1);
      else requestAnimationFrame(() => done(performance.now() - begun));
    };
    look();
  };
  graph.on("plotly_afterplot", drawn);
  slider.stepUp(5);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""


@contextmanager
def server():
    """Address of a page of our own, on a port that is free."""
    command = [
        sys.executable,
        "-m",
        "coldspin",
        "explore",
        "--no-browser",
        "--port",
        str(free_port()),
    ]
    started = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ)
    try:
        yield re.search(r"http://\S+", started.stderr.readline()).group()
    finally:
        started.terminate()
        started.wait(20)


def free_port():
    from coldspin.explorer.server import bind

    with bind(0) as handle:
        return handle.getsockname()[1]


def settled(page):
    page.wait_for_selector("body[data-busy=no]")
    page.wait_for_timeout(150)


def steps(page):
    """Times of the steps of a slider, and of the server alone [ms]."""
    server_side = []

    def note(request):
        if "curves-request" in (request.post_data or ""):
            server_side.append(request.timing["responseEnd"] - request.timing["requestStart"])

    settled(page)
    page.on("requestfinished", note)
    times = []
    for _ in range(WARM + STEPS):
        times.append(page.evaluate(STEP))
        settled(page)
    return times[WARM:], server_side[WARM:]


def verdict(met):
    return "met" if met else "MISSED"


def missing():
    """What is not there without which nothing can be measured; "" if all is."""
    if importlib.util.find_spec("dash") is None:
        return "dash, of the extra explorer"
    if importlib.util.find_spec("playwright") is None:
        return "playwright, of the extra test"
    return "" if shutil.which("chromium") else "Chromium (make browser installs Debian's)"


def main():
    if lacking := missing():
        print(f"not measured, for there is no {lacking}")
        return
    from playwright.sync_api import sync_playwright

    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        time.sleep(3)  # the workers of the server start
        for name, query in STATES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(120_000)
            page.goto(f"{address}?{query}")
            times, of_server = steps(page)
            page.close()
            middle, most = statistics.median(times), max(times)
            print(
                f"{name}, {STEPS} steps: median {middle:.0f} ms, largest {most:.0f} ms, of which "
                f"the server "
                f"{statistics.median(of_server):.0f} and {max(of_server):.0f} ms; target ≤ "
                f"{TARGET:g} ms: "
                f"{verdict(middle <= TARGET)} by the median, {verdict(most <= TARGET)} by the "
                f"largest; "
                f"load {os.getloadavg()[0]:.1f}"
            )
        browser.close()


if __name__ == "__main__":
    main()
