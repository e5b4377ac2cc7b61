"""What a computation leaves: tables, files, figures and reports."""
