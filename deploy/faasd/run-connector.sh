#!/bin/sh
# Runs the RabbitMQ connector for ever, inside its image. It ends with its connection (when the
# broker restarts, say), and some faults make it stop consuming without an end: hence a new start
# every hour, which at worst makes a function hear a message twice.
set -u
trap 'exit 0' TERM INT
RMQ_PASS=$(cat "$RMQ_PASSWORD_FILE")
export RMQ_PASS
while :; do
  timeout 3600 ./rmq-connector
  echo "The connector ended with $?; it starts again in 5 seconds."
  sleep 5
done
