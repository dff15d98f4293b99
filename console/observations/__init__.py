"""What the clouds looked like, and when: one shared, stored answer per thing and part, for any number of viewers.

Features import `asking` and `watch` (look, with at most one read upstream), `news` (what changed since a person last
marked it as seen) and `parts`. Confirmations and the Change engine never do: a decision is made on what the cloud says
now.
"""
