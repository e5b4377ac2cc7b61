"""A small study to vary, and a pool that does everything in this process."""

import pytest

from coldspin.sweeps import read_source, study_of

SAMPLE = """
[site]
nuclei = 1e5
nuclear_spin = 1.5
hyperfine_coupling = "1 neV"
nuclear_gyromagnetic_ratio = "6.3e7 rad/s/T"
local_field = "1.5 G"
correlation_time = "10 ns"
filling = 0.05
g_factor = -0.44

[electron]
spin = 1e-4
"""
SWEEP = """
[cool]
field = "0:2:5 mT"

[sweep]
command = "cool"
chunk = 4

[sweep.axes]
site.correlation_time = { range = "1:100:5 ns", logarithmic = true }
site.filling = [0.01, 0.1, 0.5]
method.name = ["closed-form", "small-angle"]
"""


class Inline:
    """Does each job at once, here; `order` may turn the jobs round."""

    workers = 1
    memory = None

    def __init__(self, order=lambda jobs: jobs):
        self.order = order

    def run(self, call, jobs):
        for job in self.order(list(jobs)):
            yield job, call(job)


@pytest.fixture
def inline():
    return Inline()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder but for grid.toml, where the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grid.toml").write_text(SAMPLE + SWEEP, encoding="utf-8")
    return tmp_path


@pytest.fixture
def made(folder):
    """The study of grid.toml, with something in it replaced."""

    def make(*changes, text=SAMPLE + SWEEP):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "grid.toml").write_text(text, encoding="utf-8")
        return study_of(read_source(folder / "grid.toml"))

    return make
