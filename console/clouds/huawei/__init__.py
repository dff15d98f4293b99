"""Huawei Cloud and its relatives (Open Telekom Cloud): IAM v3 and API Gateway v2 behind our ports.

Only `wiring` builds these. The wire's odd words live in `wire.py`.
"""
