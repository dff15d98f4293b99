"""VPC endpoint services: what a team publishes for other VPCs to connect to. A feature: strangers to other features."""
