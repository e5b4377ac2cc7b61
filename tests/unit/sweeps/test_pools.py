"""Faults made to happen to real processes: what was computed stays, nothing wrong is ever in the store."""

import os
import shutil
import signal
from pathlib import Path

import psutil
import pytest
import xarray as xr

from coldspin.sweeps import LocalPool, read_source, run_sweep, study_of
from coldspin.sweeps.pools import Lost
from helpers_of_sweeps import SINGLE, Inline, bits, finished_chunks, starting, until
from processes import run

pytestmark = pytest.mark.slow
STORE = Path("grid.zarr")
POINTS = 60


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """Bits of the study, computed in peace."""
    folder = tmp_path_factory.mktemp("expected")
    (folder / "grid.toml").write_text(SINGLE, encoding="utf-8")
    run_sweep(study_of(read_source(folder / "grid.toml")), folder / STORE, Inline())
    return bits(folder / STORE)


@pytest.fixture
def start(folder):
    """`coldspin sweep grid.toml` as a user starts it."""
    (folder / "grid.toml").write_text(SINGLE, encoding="utf-8")
    with starting() as begin:
        yield begin


def workers_of(process):
    return [
        child
        for child in psutil.Process(process.pid).children()
        if "spawn_main" in " ".join(child.cmdline())
    ]


def computed_now(messages):
    return int(messages.rpartition("; ")[2].split()[0])


def test_a_killed_worker_costs_only_its_task(start, expected):
    process = start("--workers", "2")
    until(lambda: len(finished_chunks(STORE)) >= 5)
    workers_of(process)[0].kill()
    _, messages = process.communicate(timeout=120)
    assert process.returncode == 0, messages
    assert computed_now(messages) == POINTS
    assert bits(STORE) == expected


def test_a_killed_client_is_resumed_and_leaves_no_process(start, expected):
    process = start("--workers", "2")
    until(lambda: len(finished_chunks(STORE)) >= 5)
    workers = workers_of(process)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive
    kept = len(finished_chunks(STORE))
    assert 5 <= kept < POINTS
    process = start("--workers", "1")
    _, messages = process.communicate(timeout=120)
    assert process.returncode == 0, messages
    assert computed_now(messages) == POINTS - kept
    assert bits(STORE) == expected
    assert not list(STORE.rglob("*.partial"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_worker_in_a_compiled_loop_ends_with_the_client(start, folder, number):
    text = SINGLE.replace("nuclei = 1e5", "nuclei = 30000").replace(
        '"closed-form", "small-angle"', '"multiplets"'
    )
    (folder / "grid.toml").write_text(
        text.replace("[cool]", "[method]\ntolerance = 1e-9\n[cool]"), encoding="utf-8"
    )
    process = start("--workers", "1")
    (worker,) = until(lambda: workers_of(process))
    until(
        lambda: worker.cpu_times().user > 8 and process.poll() is None
    )  # after the imports, in the first point
    process.send_signal(number)
    assert not psutil.wait_procs([worker], timeout=10)[1]
    process.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_the_end_of_a_queue_leave_what_is_whole(start, number):
    process = start("--workers", "2")
    until(lambda: len(finished_chunks(STORE)) >= 5)
    workers = workers_of(process)
    process.send_signal(number)
    _, messages = process.communicate(timeout=60)
    assert process.returncode == 130
    assert messages.splitlines()[-1] == "interrupted; nothing was left half-written"
    assert not any(noise in messages for noise in ("Traceback", "Warning", "leaked"))
    assert not psutil.wait_procs(workers, timeout=20)[1]
    with xr.open_zarr(STORE, consolidated=False) as found:
        assert (found["status"] == 1).sum() >= 5
    assert not STORE.with_name("grid.zarr.lock").exists()


def kill_when_seven(job):
    """A job that kills the process which has it."""
    if job == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return job**2


def test_a_job_that_kills_is_given_up_and_the_others_are_done():
    with LocalPool(2) as pool:
        found = dict(pool.run(kill_when_seven, range(12)))
    assert isinstance(found.pop(7), Lost)
    assert found == {job: job**2 for job in range(12) if job != 7}


@pytest.fixture
def small_disk(folder):
    """A file system of 300 KiB, or a skip where none may be mounted."""
    place = folder / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)]
    if shutil.which("mount") is None or run(command).returncode:
        pytest.skip("no file system may be mounted here")
    yield place
    run(["umount", str(place)]).check_returncode()


def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(start, expected, small_disk, folder):
    store = small_disk / "grid.zarr"
    filler = small_disk / "filler"
    (small_disk / "mine").write_bytes(b"")
    process = start("--workers", "1", "--output", str(store))
    _, messages = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "are free in" in messages
    run(["mount", "-o", "remount,size=6m", str(small_disk)]).check_returncode()
    process = start("--workers", "1", "--output", str(store))
    until(lambda: len(finished_chunks(store)) >= 3)
    process.send_signal(signal.SIGSTOP)
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(b"x" * (free - 40 * 1024))
    process.send_signal(signal.SIGCONT)
    _, messages = process.communicate(timeout=120)
    assert process.returncode == 1, messages
    assert "No space left on device" in messages
    assert "Traceback" not in messages
    kept = len(finished_chunks(store))
    assert 3 <= kept < POINTS
    filler.unlink()
    process = start("--workers", "1", "--output", str(store))
    _, messages = process.communicate(timeout=120)
    assert process.returncode == 0, messages
    assert computed_now(messages) == POINTS - kept
    assert bits(store) == expected


def test_a_second_client_is_refused_and_the_first_undisturbed(start, expected):
    first = start("--workers", "1")
    until(lambda: len(finished_chunks(STORE)) >= 2)
    first.send_signal(signal.SIGSTOP)
    second = start("--workers", "1")
    _, messages = second.communicate(timeout=120)
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 2
    assert f"is being written by process {first.pid}" in messages
    _, messages = first.communicate(timeout=120)
    assert first.returncode == 0, messages
    assert bits(STORE) == expected


def test_exit_code_1_tells_of_a_point_that_raised(start, folder):
    (folder / "grid.toml").write_text(SINGLE.replace("0.5]", "2.0]"), encoding="utf-8")
    process = start("--workers", "2")
    _, messages = process.communicate(timeout=120)
    assert process.returncode == 1
    assert (
        "failed: site.correlation_time = 1.0 ns, site.filling = 2.0, method.name = closed-form: "
        in messages
    )
    assert "must lie in (0, 1], not 2" in messages
    assert "failed: 15 more" in messages
