"""Everything that speaks to a cloud: ports in our words, adapters per vendor, one transport.

No Django in here. Features see `ports`, `types`, `errors` and `parallel`; only `wiring` builds adapters.
"""
