"""The Private Access Console. See the README for the map of the rooms; imports point down only."""

import os

# Every process of ours begins here, the simulated cloud too: what it makes on disk is for its own user only.
os.umask(0o077)
