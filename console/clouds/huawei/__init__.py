"""Huawei Cloud and its relatives (Open Telekom Cloud): IAM v3, API Gateway v2, VPCEP v1 and VPC v1 behind our ports.

Only `wiring` builds these. The wire's odd words live in `wire`, `vpcep_wire`, `vpcep_bodies` and `vpc_wire`.
"""
