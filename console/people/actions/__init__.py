"""What an administrator does to people, groups and grants. Each act writes its audit row in the same transaction.

Views and commands call these; the rules are checked here, so no caller can go around them (ASVS 8.3.1).
"""
