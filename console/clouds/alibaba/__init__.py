"""Alibaba Cloud: API Gateway's VPC access, PrivateLink's provider side and networks behind our ports.

Only `wiring` builds these. The wire's odd words live in `wire.py`.
"""
