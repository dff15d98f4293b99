"""Tags of services and endpoints: the field that new ones are given them in, the card that shows them, and the act."""
