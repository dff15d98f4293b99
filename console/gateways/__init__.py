"""Gateways of all clouds in one list, and a gateway's own information. A feature: strangers to other features."""
