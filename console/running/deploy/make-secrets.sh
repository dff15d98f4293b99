#!/bin/sh
# Makes every secret of an installation in a new folder: make-secrets.sh FOLDER ADDRESS-OF-POSTGRESQL ADDRESS-OF-REDIS
# All machines get the same ones. The secrets of the clouds are yours to add.
set -eu
umask 077
folder="$1" database="$2" cache="$3"
mkdir "$folder" # an old folder stays as it is, and nothing else happens
cd "$folder"
random() { openssl rand -hex 32; }
random >owner-password
random >console-password
random >redis-password
random >superuser-password
random >health-token
openssl rand -base64 64 | tr -d '\n' >secret-key
openssl genpkey -algorithm ed25519 -out audit-signing-key.pem
echo "postgres://console_owner:$(cat owner-password)@$database/console" >owner-database-url
echo "postgres://console:$(cat console-password)@$database/console" >database-url
echo "redis://:$(cat redis-password)@$cache:6379/0" >cache-url
echo "requirepass $(cat redis-password)" >redis.conf
