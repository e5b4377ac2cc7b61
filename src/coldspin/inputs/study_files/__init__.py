"""Study files: what to fit to which data, or what to plan; and archives that repeat a fit."""

from coldspin.inputs.study_files.reading import Study, read_study

__all__ = ["Study", "read_study"]
