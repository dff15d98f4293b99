"""`manage.py settings_list`: every setting, where it came from, and its value unless it is a secret."""

from typing import Any

from django.core.management.base import BaseCommand

from console.running import overview


class Command(BaseCommand):
    """Lists the settings as this start of the console sees them."""

    help = "List every setting with its source; secrets are masked. The README says what each is for."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a setting: name, source, value."""
        for setting in overview.asked():
            self.stdout.write(f"{setting.name:<34} {setting.source:<12} {setting.value}".rstrip())
