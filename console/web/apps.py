"""Django's name for this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Only here so that Django finds the template tags."""

    name = "console.web"
    label = "web"
