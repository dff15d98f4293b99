"""VPC endpoints: what a team connects to other people's services with. A feature: strangers to other features."""
