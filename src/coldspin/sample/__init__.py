"""The sample: one localized electron and the nuclei that it visits."""
