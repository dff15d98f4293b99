"""Changes: the one way to write to a cloud. Kinds say what can be done, the engine does it.

Features import `planning`, `execution`, `settling` and the kinds; nobody else may call a port's write method.
"""
