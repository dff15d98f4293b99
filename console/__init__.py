"""The Private Access Console. See the README for the map of the rooms; imports point down only."""
