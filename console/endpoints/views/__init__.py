"""The pages of VPC endpoints: the list, one endpoint, its acts, and the wizard."""
