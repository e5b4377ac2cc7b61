"""A real Slurm of one node on this machine, from Debian's packages, in a folder and on ports of its own."""

import os
import shutil
import socket
import time
from contextlib import contextmanager, suppress
from subprocess import TimeoutExpired

import pytest

from processes import NOWHERE, begin, end, run

ASKED = "COLDSPIN_INSTALL_SLURM"
_DAEMONS = ("munged", "slurmctld", "slurmd")
_CONFIGURATION = """
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={processors} RealMemory=4000 State=UNKNOWN
PartitionName=short Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:8
PartitionName=long Nodes=ALL MaxTime=INFINITE State=UP OverSubscribe=FORCE:8
"""


def require_slurm():
    """Install Slurm if that was asked for; skip the test otherwise."""
    if not os.environ.get(ASKED):
        pytest.skip(
            f"set {ASKED}=1 to run against a real Slurm, as root on Debian; slurm-wlm and munge "
            f"are installed"
        )
    if any(shutil.which(name) is None for name in _DAEMONS):
        install = ["apt-get", "install", "-y", "--no-install-recommends", "slurm-wlm", "munge"]
        for command in (["apt-get", "update"], install):
            run(command, {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}).check_returncode()


@contextmanager
def one_node_slurm(folder):
    """Start munged, slurmctld and slurmd; give SLURM_CONF once the node takes jobs; stop all three at the end."""
    configuration = folder / "slurm.conf"
    ports = {"controller": _free_port(), "node": _free_port()}
    names = {"host": socket.gethostname(), "folder": folder, "processors": os.cpu_count()}
    configuration.write_text(_CONFIGURATION.format(**names, **ports), encoding="ascii")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o400)
    files = [f"--{what}-file={folder}/munge.{what}" for what in ("key", "pid", "log", "seed")]
    started = []
    try:
        started.append(
            _started(
                ["munged", "--foreground", "--force", f"--socket={folder}/munge.socket", *files]
            )
        )
        _until(lambda: (folder / "munge.socket").exists(), "munged")
        started += [
            _started([daemon, "-D", "-f", str(configuration)]) for daemon in ("slurmctld", "slurmd")
        ]
        _until(
            lambda: told("sinfo", "-h", "-o", "%T", configuration=configuration).startswith("idle"),
            "slurmd",
        )
        yield configuration
    finally:
        with suppress(OSError, TimeoutExpired):
            told("scancel", "--user=root", configuration=configuration)
            _until(lambda: not told("squeue", "-h", configuration=configuration), "the queue")
        for process in reversed(started):
            process.terminate()
        for process in started:
            with suppress(TimeoutExpired):
                process.wait(20)
            end(process)


def told(*command, configuration):
    """What a command of Slurm prints; nothing if it fails."""
    return run(command, {"SLURM_CONF": str(configuration)}, patience=60, text=True).stdout


def _started(command):
    return begin(command, stdout=NOWHERE, stderr=NOWHERE)


def _until(condition, what, patience=60):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"{what} is not ready after {patience} s"
        time.sleep(0.2)


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
