"""The bar of progress is for people: on a terminal only."""

from coldspin.cli.terminal import progress_bar


def test_nothing_is_written_where_there_is_no_terminal(capfd):
    with progress_bar(patience=0.0) as report:
        report("fields", 0.5)
        report("fields", 1.0)
    assert tuple(capfd.readouterr()) == ("", "")
