"""The simulated Alibaba Cloud: its RPC protocol, API Gateway with VPC access, networks and PrivateLink's provider side.

The contract is `alibaba-contract`; sections are named where a rule comes from. It shares the world, the port, the
ledger, the faults and the control door with the rest. `front` is where requests come in.
"""
