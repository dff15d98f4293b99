"""What must hold while the console runs: one list, read by /readyz, the log, the page Status and `manage.py status`."""
