"""Django's command line for this console; `manage.py demo` is the main job."""

import os
import sys


def main() -> None:
    """Run the command that was asked for, with the console's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run the install command of the README first.")
    from console.environment import BadSetting

    try:
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
