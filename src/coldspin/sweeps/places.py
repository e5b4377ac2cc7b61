"""Where the files that a study names lie while its points are computed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from coldspin.sweeps.sources import Source, laid_out, place

Places = Mapping[str, str]


@contextmanager
def files_of(source: Source) -> Iterator[Places]:
    """Lay out the files of a study, and give the place of each by its name."""
    with laid_out(source) as folder:
        yield {
            name: str(folder / place(source, number))
            for number, (name, _) in enumerate(source.files)
        }
