"""Output files are refused before the work, and written whole or not at all."""

import os
import stat

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.files import check_output, unfinished, whole_file


def test_a_new_file_is_fine(tmp_path):
    check_output(tmp_path / "new.csv", force=False)


def test_an_existing_file_needs_force(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("old")
    with pytest.raises(InvalidInputError, match=r"old\.csv exists; give --force"):
        check_output(path, force=False)
    check_output(path, force=True)


def test_a_folder_is_refused_even_with_force(tmp_path):
    for force in (False, True):
        with pytest.raises(InvalidInputError, match="is a folder"):
            check_output(tmp_path, force=force)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="there is no folder"):
        check_output(tmp_path / "nowhere" / "new.csv", force=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_refused(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(InvalidInputError, match="cannot be written"):
            check_output(tmp_path / "new.csv", force=True)
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_whole_file_writes_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "new.csv"
    with whole_file(path) as beside:
        assert (beside.parent, beside.suffix) == (path.parent, ".csv")
        beside.write_text("content")
        assert not path.exists()
    assert path.read_text() == "content"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_there_until_something_is_written(tmp_path):  # Ctrl-C has nothing to leave behind
    with whole_file(tmp_path / "new.csv") as beside:
        assert not list(tmp_path.iterdir())
        beside.write_text("content")


def test_unfinished_files_of_one_name_do_not_meet(tmp_path):
    assert len({unfinished(tmp_path / "new.csv") for _ in range(100)}) == 100


def test_whole_file_has_the_permissions_of_an_ordinary_file(tmp_path):
    ordinary, path = tmp_path / "ordinary", tmp_path / "new"
    ordinary.touch()
    with whole_file(path) as beside:
        beside.touch()
    assert path.stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt, SystemExit])
def test_whole_file_keeps_the_old_file_when_writing_fails(tmp_path, trouble):
    path = tmp_path / "old.csv"
    path.write_text("old")

    def write_half():
        with whole_file(path) as beside:
            beside.write_text("half")
            raise trouble

    with pytest.raises(trouble):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
