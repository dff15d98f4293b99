"""The administrator's page: people, groups, and which role each holds where. Called through its addresses only."""
