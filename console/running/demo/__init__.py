"""The main job: a console from nothing, with data, people and a simulated cloud. Only `manage.py demo` may call."""
