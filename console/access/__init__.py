"""People, their roles and where they hold them; sign-in, sessions and the guard in front of every view.

A Django app. Everybody above may use `models`, `roles`, `reach`, `actor` and `guard`; views write nothing in here but
through `models`. "Access" is about people of this console; an *account* is a cloud account and lives elsewhere.
"""
