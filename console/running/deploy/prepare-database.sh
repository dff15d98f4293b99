#!/bin/sh
# Brings the tables up to this version and gives the role of `serve` and `worker` its rights. Needs psql, and DATABASE_URL
# of the owner of the tables. Safe to run again.
set -eu
cd "$(dirname "$0")/../../.."
python manage.py migrate --no-input
python manage.py createcachetable
grants="$(python manage.py audit_grants console)"
printf '%s\n' "$grants" | python manage.py dbshell -- --quiet --no-psqlrc --set ON_ERROR_STOP=1
