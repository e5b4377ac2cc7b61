"""A sample file or a protocol file from which the page starts, named on the command line and by nobody else."""

from pathlib import Path

from coldspin.exceptions import InvalidInputError
from coldspin.explorer.samples import from_tables
from coldspin.explorer.state import State
from coldspin.inputs.protocol_files import read_protocol
from coldspin.inputs.sample_files import read_sample
from coldspin.toml_files import read_toml


def state_of_file(path: Path) -> State:
    """State of the page for a file; InvalidInputError in one sentence, as the other commands have it."""
    content = read_toml(path)
    if "fit" in content or "design" in content or "sweep" in content:
        raise InvalidInputError(
            f"{path} is a study or a sweep",
            remedy="give a sample file, or a protocol file, to the page",
        )
    if "stage" in content:
        read_protocol(path)
    else:
        read_sample(path)
    material = content["site"].get("material")
    if isinstance(material, str) and material.endswith((".toml", ".cif")):
        raise InvalidInputError(
            "is a file of your own, which the page does not take",
            parameter="site.material",
            remedy="give the isotopes under [[site.species]], or use coldspin cool",
            place=f"{path}",
        )
    return from_tables(content)
