"""What must be right before the console may start, told by `manage.py check` in one sentence each."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import DatabaseError

from console import clock, wiring
from console.audit import checkpoints, roles
from console.changes import old_acts, reasons
from console.changes.models import ReasonRule
from console.running import private_files
from console.running.health import SHORTEST_TOKEN

#: Calls of a page with a long list, and of the next one.
_FEWEST_READS: Final = 30
#: So many connections a browser opens to one host.
_REQUESTS_OF_A_BROWSER: Final = 6


@register("clouds")
def clouds_are_described(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Each mistake in the clouds file is an error of its own."""
    return [Error(problem, id="console.E001") for problem in wiring.problems()]


@register(Tags.security)
def health_token_is_long(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A short token opens nothing; the check says why."""
    if not settings.HEALTH_TOKEN or len(settings.HEALTH_TOKEN) >= SHORTEST_TOKEN:
        return []
    return [Error(f"CONSOLE_HEALTH_TOKEN must have at least {SHORTEST_TOKEN} characters.", id="console.E003")]


@register(Tags.security)
def clients_may_ask(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A limit below what one browser asks at once would shut people out."""
    if settings.CLIENT_REQUESTS >= _REQUESTS_OF_A_BROWSER:
        return []
    return [Error(f"CONSOLE_CLIENT_REQUESTS must be at least {_REQUESTS_OF_A_BROWSER}.", id="console.E004")]


@register(Tags.security)
def people_may_read(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A limit below what one page reads would shut people out."""
    if settings.READS_A_MINUTE >= _FEWEST_READS:
        return []
    return [Error(f"CONSOLE_READS_A_MINUTE must be at least {_FEWEST_READS}.", id="console.E005")]


@register("changes")
def acts_are_kept_long_enough(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """What a person did is told from news by the act itself, for as long as there is news of it."""
    if not 0 < settings.CHANGES_DAYS < old_acts.FEWEST_DAYS:
        return []
    text = f"CONSOLE_CHANGES_DAYS must be at least {old_acts.FEWEST_DAYS}, or 0 to keep acts for ever."
    return [Error(text, id="console.E010")]


@register(Tags.security, deploy=True)
def clouds_are_real(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A console that only plays is no production."""
    if wiring.problems() or any(not cloud.simulated for cloud in wiring.clouds().values()):
        return []
    text = "Only a simulated cloud is configured."
    return [Warning(text, hint="Name a file of clouds in CONSOLE_CLOUDS_FILE.", id="console.W001")]


@register(Tags.security, deploy=True)
def transport_is_encrypted(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Plain HTTP is for loopback."""
    if not settings.PLAIN_HTTP:
        return []
    text = "Pages, passwords and session cookies travel unencrypted."
    return [Warning(text, hint="Leave CONSOLE_PLAIN_HTTP unset; it is for this machine only.", id="console.W002")]


@register(Tags.security, deploy=True)
def clock_is_in_step(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Clouds refuse calls that are signed minutes away from their own time."""
    ahead = clock.difference()
    if abs(ahead.total_seconds()) <= clock.MOST_DIFFERENCE:
        return []
    return [Warning(f"This machine's clock is {clock.in_words(ahead)}", id="console.W006")]


@register(Tags.security, deploy=True)
def files_are_private(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Reading the database or a key replaces every password."""
    text = private_files.warning()
    hint = "Give folders mode 0700 and files mode 0600; the start does so for what the console itself made."
    return [Warning(text, hint=hint, id="console.W005")] if text else []


@register(Tags.security, deploy=True)
def log_is_out_of_reach(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Triggers refuse to change the log, but an owner can drop them; PostgreSQL can refuse by the role as well.

    Of a superuser it only informs: nothing can be refused to one, and tests and trials run as one.
    """
    try:
        could, superuser = roles.reach()
    except DatabaseError:
        return []  # no database to ask yet
    if not could:
        return []
    text = "The database role of the console could change or delete the audit log."
    hint = "Give serve and worker a role that does not own the tables; manage.py audit_grants prints its rights."
    return [Info(text, hint=hint, id="console.I001") if superuser else Warning(text, hint=hint, id="console.W004")]


@register(Tags.security, deploy=True)
def database_may_be_used(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """What lacks would be found out by the first person whose page or act needs it."""
    try:
        missing = list(roles.missing_rights())
    except DatabaseError:
        return []  # no database to ask yet
    return [
        Error(f"The console lacks a right in the database: {right}.", hint=roles.HOW_TO_GRANT, id="console.E006")
        for right in missing
    ]


@register(Tags.security, deploy=True)
def signing_key_is_here(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A machine without the key serves and works, and the audit log is not signed by it."""
    try:
        trouble = checkpoints.trouble_with_key()
    except DatabaseError:
        return []  # no database to ask yet, or not migrated
    hint = 'Give this machine the key (CONSOLE_AUDIT_SECRET_KEY); see "When a secret is lost" in the README.'
    return [Warning(trouble, hint=hint, id="console.W008")] if trouble else []


@register(Tags.security)
def rules_for_reasons_hold(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """An upgrade names the rules that it changed."""
    try:
        rules = list(ReasonRule.objects.order_by("cloud", "gateway_id", "kind"))
    except DatabaseError:
        return []  # no database to ask yet, or not migrated
    told = [(rule, why) for rule in rules if (why := reasons.why_set_again(reasons.rule_in(rule)))]
    return [
        Warning(
            f"The rule for reasons of {rule.kind or 'every act'} at {rule.gateway_id or rule.cloud or 'every cloud'} "
            f"needs an administrator. {why}",
            hint="Set it again on the page Rules, with an example.",
            id="console.W007",
        )
        for rule, why in told
    ]
