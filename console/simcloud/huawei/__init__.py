"""The vendor's wire: what comes in as HTTP goes to the rules of the world, and back out in the vendor's words.

One module per service (`iam`, `apig`, `vpcep`, `vpc`); `front` authenticates, routes and spells refusals. Only
`console.simcloud.server` calls in here.
"""
