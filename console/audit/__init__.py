"""The audit log: append-only rows in one hash chain, with the pages, exports and the verifier that read it.

Everybody above may call `journal.record` with names from `catalog`; nothing else in here writes a row. Audit knows
people (`console.access`) but no cloud, no Change and no feature.
"""
