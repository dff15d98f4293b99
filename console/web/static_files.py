"""Which static files are collected."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Django's app for them, without what packages bring and no page of ours names.

    Those files are many more than ours, and every start would compress them and let everybody fetch them.
    """

    #: Names of files and folders: htmx's extensions and its other versions, and the scripts of allauth's own pages.
    ignore_patterns = (*StaticFilesConfig.ignore_patterns, "ext", "htmx-4.*", "htmax-*", "account")
