"""Study files: what to fit to which data, or what to plan; and archives that repeat a fit."""

from coldspin.inputs.study_files.study import Study, fit_study, read_study

__all__ = ["Study", "fit_study", "read_study"]
