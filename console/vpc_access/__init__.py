"""VPC access: instances, API groups, and the VPCs that reach them (source 003). A feature: a stranger to others."""
