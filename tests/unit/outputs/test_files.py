"""Output files are refused before the work, and written whole or not at all."""

import errno
import os
import stat
from threading import Barrier, Thread

import pytest

from coldspin.exceptions import InvalidInputError
from coldspin.outputs import files as module
from coldspin.outputs.files import check_folder, check_output, unfinished, whole_file, whole_files


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


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
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


def test_nothing_is_there_until_something_is_written(
    tmp_path,
):  # Ctrl-C has nothing to leave behind
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


def without_links(_source, _target):
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_meanwhile_stays(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(module.os, "link", without_links)
    path = tmp_path / "new.csv"

    def write(content):
        with whole_file(path, replace=False) as beside:
            beside.write_text(content)
            with whole_file(path, replace=False) as other:
                other.write_text("first")

    with pytest.raises(
        FileExistsError, match="another program wrote it during this run"
    ) as refused:
        write("second")
    assert refused.value.filename == str(path)
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_of_many_that_publish_at_once_one_succeeds(tmp_path):
    path, barrier, lost = tmp_path / "new.csv", Barrier(8), []

    def attempt(number):
        try:
            with whole_file(path, replace=False) as beside:
                beside.write_text(str(number))
                barrier.wait()
        except FileExistsError:
            lost.append(number)

    threads = [Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted([*lost, int(path.read_text())]) == list(range(8))


@pytest.mark.parametrize("taken", ["a.csv", "b.csv"])
def test_of_several_files_none_is_there_when_one_is_taken(tmp_path, taken):
    def write():
        with whole_files(tmp_path / "new" / "folder", ["a.csv", "b.csv"], replace=False) as places:
            for place in places.values():
                place.write_text("mine")
            (tmp_path / "new" / "folder" / taken).write_text("theirs")

    with pytest.raises(FileExistsError):
        write()
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [taken]
    assert (tmp_path / "new" / "folder" / taken).read_text() == "theirs"


@pytest.mark.parametrize(
    "trouble", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
def test_a_new_folder_goes_when_its_files_do_not_come(tmp_path, trouble):
    (tmp_path / "old").mkdir()

    def write():
        with whole_files(tmp_path / "old" / "new" / "folder", ["a.csv", "b.csv"]) as places:
            places["a.csv"].write_text("half")
            raise trouble

    with pytest.raises(type(trouble)) as raised:
        write()
    assert list(tmp_path.rglob("*")) == [tmp_path / "old"]
    if isinstance(trouble, OSError):
        assert raised.value.filename == str(tmp_path / "old" / "new" / "folder")
        assert raised.value.strerror == "No space left on device"


def test_a_check_of_a_folder_leaves_nothing(tmp_path):
    check_folder(tmp_path / "new" / "folder", ["a.csv"], force=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    for folder, told in (
        ("file", "is a file; name a folder"),
        ("file/x", "cannot be made"),
        ("x" * 300, "cannot be made"),
    ):
        with pytest.raises(InvalidInputError, match=told):
            check_folder(tmp_path / folder, ["a.csv"], force=True)
    with pytest.raises(InvalidInputError, match="cannot be written"):
        check_folder(tmp_path / "new", ["x" * 300], force=True)
    with pytest.raises(InvalidInputError, match="holds file already; give --force"):
        check_folder(tmp_path, ["a.csv", "file"], force=False)
    check_folder(tmp_path, ["a.csv", "file"], force=True)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
