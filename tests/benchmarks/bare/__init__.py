"""The two pages that the audit list is measured against: a bare keyset page and Django's own changelist.

They run with Django's stock middleware, in a process whose settings are `tests.benchmarks.bare.settings`.
"""
