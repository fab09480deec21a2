#!/bin/sh
# Makes every secret of the cluster, in folders .secrets that git ignores; what is there already
# stays. A mail server's password: `create.sh --password smtp-password=…`; of managed databases:
# `--password postgres-password=…` and so on.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p functions/.secrets stores/.secrets

random() { # FILE
  [ -e "$1" ] || openssl rand -base64 24 | tr -d '\n' | tr '+/' '-_' > "$1"
}
for server in postgres mongodb amqp; do
  random "functions/.secrets/$server-password"
done
node ../../../scripts/keys.ts functions/.secrets "$@"

for server in postgres mongodb amqp; do
  cp "functions/.secrets/$server-password" stores/.secrets
done
random stores/.secrets/postgres-admin-password
random stores/.secrets/mongodb-admin-password
[ -e stores/.secrets/mongodb-key-file ] || openssl rand -base64 741 > stores/.secrets/mongodb-key-file
