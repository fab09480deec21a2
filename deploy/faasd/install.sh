#!/bin/sh
# Puts video to MP3 on a machine with faasd. Safe to run again: it changes what differs.
set -eu
umask 077
cd "$(dirname "$0")/../.."

usage() {
  cat <<'END'
deploy/faasd/install.sh [--settings FILE] [--dry-run] [--root DIRECTORY] [--help]

  --settings FILE    NAME=value lines, see deploy/faasd/settings.example (/etc/video-to-mp3.env)
  --dry-run          change nothing, print what would be done
  --root DIRECTORY   the machine's files are below DIRECTORY

Needs root, faasd, faas-cli, and a checkout after `npm ci`. In order:

  1. directories, secrets and settings in /var/lib/faasd/video-to-mp3
  2. our services and longer timeouts in /var/lib/faasd/docker-compose.yaml, a drop-in for
     faasd-provider.service; faasd restarts, with everything on it, if one of these changed
  3. the database's migrations
  4. secrets and functions, by faas-cli
END
}

fail() {
  echo "$*" >&2
  exit 1
}

settings=/etc/video-to-mp3.env root='' dry=''
while [ $# -gt 0 ]; do
  case $1 in
    --settings) settings=${2:?$1 needs a file} && shift ;;
    --root) root=${2:?$1 needs a directory} && shift ;;
    --dry-run) dry=yes ;;
    --help) usage && exit ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done

faasd=$root/var/lib/faasd
home=$faasd/video-to-mp3
secrets=$home/secrets
changed=''
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run() {
  echo "+ $*"
  [ -n "$dry" ] || "$@"
}

# directory PATH OWNER
directory() {
  [ -d "$1" ] || run install -d -m 700 -o "$2" -g "$2" "$1"
}

# put FILE TARGET OWNER: a copy for the owner alone, where the target is another
put() {
  cmp -s "$1" "$2" && return
  run install -m 600 -o "$3" -g "$3" "$1" "$2"
  changed=yes
}

# password NAME: a new one, unless there is one
password() {
  [ -s "$secrets/$1" ] && return
  echo "+ write a new password to $secrets/$1"
  [ -n "$dry" ] || head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$secrets/$1"
}

# retry COMMAND: until it succeeds, for two minutes
retry() {
  echo "+ $*"
  [ -z "$dry" ] || return 0
  tries=60
  until "$@" >"$work/log" 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "$(cat "$work/log")"
    sleep 2
  done
  cat "$work/log"
}

check() {
  [ -n "$dry" ] || [ "$(id -u)" = 0 ] || fail 'This needs root.'
  [ -f "$settings" ] || fail "$settings is not there: copy deploy/faasd/settings.example and fill it in."
  [ -f "$faasd/docker-compose.yaml" ] || fail "$faasd/docker-compose.yaml is not there: install faasd first."
  [ -d node_modules/yaml ] || fail 'Packages are missing: run npm ci first.'
  PATH=$PWD/node_modules/.bin:$PATH
  case $settings in */*) ;; *) settings=./$settings ;; esac
  set -a
  # shellcheck source=/dev/null
  . "$settings"
  set +a
  for name in V2M_IMAGES V2M_TAG V2M_PUBLIC_URL V2M_SMTP_URL V2M_MAIL_FROM V2M_MONGODB_URI; do
    eval "[ -n \"\${$name:-}\" ]" || fail "$settings does not set $name."
  done
}

prepare() {
  directory "$secrets" 0
  for server in postgres mongo; do
    directory "$home/$server/data" 999
    directory "$home/$server/secrets" 999
  done
  directory "$home/rabbitmq/data" 999
  directory "$home/rabbitmq/settings" 999
  directory "$home/rabbitmq/definitions" 999
  directory "$home/connector" 65534

  for server in postgres mongodb amqp; do password "$server-password"; done
  run node scripts/keys.ts "$secrets"

  put "$secrets/postgres-password" "$home/postgres/secrets/password" 999
  put "$secrets/mongodb-password" "$home/mongo/secrets/password" 999
  put "$secrets/amqp-password" "$home/connector/amqp-password" 65534
  put deploy/faasd/run-connector.sh "$home/connector/run-connector.sh" 65534
  put deploy/rabbitmq/topology.yaml "$home/connector/topology.yaml" 65534
  put deploy/rabbitmq/broker/rabbitmq.conf "$home/rabbitmq/settings/rabbitmq.conf" 999
  put deploy/rabbitmq/broker/definitions.json "$home/rabbitmq/definitions/definitions.json" 999
  # Loaded in the order of their names, and permissions need their user.
  if [ -f "$secrets/amqp-password" ]; then
    node scripts/faasd.ts rabbitmq-user "$secrets/amqp-password" >"$work/account.json"
  fi
  put "$work/account.json" "$home/rabbitmq/definitions/account.json" 999
}

configure() {
  compose=$faasd/docker-compose.yaml
  node scripts/faasd.ts compose "$compose" >"$work/docker-compose.yaml"
  diff -u "$compose" "$work/docker-compose.yaml" || true
  [ -f "$compose.before" ] || run cp -p "$compose" "$compose.before"
  put "$work/docker-compose.yaml" "$compose" 0

  units=$root/etc/systemd/system/faasd-provider.service.d
  directory "$units" 0
  put deploy/faasd/faasd-provider.conf "$units/video-to-mp3.conf" 0
}

restart() {
  [ -n "$changed" ] || return 0
  run systemctl daemon-reload
  run systemctl restart faasd-provider faasd
}

migrate() {
  if [ -z "$dry" ]; then
    DATABASE_URL=postgres://video_to_mp3:$(cat "$secrets/postgres-password")@127.0.0.1:5432/video_to_mp3
    export DATABASE_URL
  fi
  retry npm run --silent migrate
}

deploy() {
  export OPENFAAS_URL=http://127.0.0.1:8080
  retry curl --silent --show-error --fail "$OPENFAAS_URL/healthz"
  echo '+ faas-cli login'
  [ -n "$dry" ] || faas-cli login --username "$(cat "$faasd/secrets/basic-auth-user")" \
    --password-stdin <"$faasd/secrets/basic-auth-password"
  for secret in "$secrets"/*; do
    [ -f "$secret" ] || continue
    run faas-cli secret create "$(basename "$secret")" --from-file "$secret"
  done
  run faas-cli deploy -f stack.yml
  retry curl --silent --show-error --fail "$OPENFAAS_URL/function/jobs/_/ready"
}

check
prepare
configure
restart
migrate
deploy
