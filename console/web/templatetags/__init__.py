"""Template tags of every page; built in, so no template loads them."""
