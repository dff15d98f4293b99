"""Measurements run by hand: `python -m tests.benchmarks`. README.md here says what is measured and how to read it.

Nothing outside may import from here; the tests collect only the smoke test, which times nothing.
"""
