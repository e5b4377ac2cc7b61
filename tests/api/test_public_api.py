"""The public interface is the one written down: a change of a name or a signature is made on purpose."""

from difflib import unified_diff

import pytest

from public_api import SNAPSHOT, public_api


def test_the_public_interface_is_the_one_written_down():
    written, found = SNAPSHOT.read_text(encoding="utf-8").splitlines(), public_api().splitlines()
    changes = "\n".join(unified_diff(written, found, "written down", "found", n=1, lineterm=""))
    if changes:
        pytest.fail(
            f"the public interface changed; if it should, run `make api` and tell users in "
            f"CHANGELOG.md\n{changes}",
            pytrace=False,
        )
