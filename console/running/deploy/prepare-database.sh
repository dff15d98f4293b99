#!/bin/sh
# Brings the tables up to this version and gives the role of `serve` and `worker` its rights: prepare-database.sh [ROLE]
# Needs psql, and DATABASE_URL of the owner of the tables. Safe to run again.
set -eu
role="${1:-console}"
unset CONSOLE_CLOUDS_FILE # no cloud is called, so none of their keys is needed
cd "$(dirname "$0")/../../.."
python manage.py migrate --no-input
python manage.py createcachetable
grants="$(python manage.py audit_grants "$role")"
printf '%s\n' "$grants" | python manage.py dbshell -- --quiet --no-psqlrc --set ON_ERROR_STOP=1
