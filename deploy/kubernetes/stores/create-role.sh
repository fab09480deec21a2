# Run once, by the image, in an empty data folder: the functions' role owns its database and is no
# superuser. psql quotes the password.
psql --username postgres --set ON_ERROR_STOP=1 \
  --set password="$(cat /var/secrets/postgres-password)" <<'SQL'
CREATE ROLE video_to_mp3 LOGIN PASSWORD :'password';
CREATE DATABASE video_to_mp3 OWNER video_to_mp3;
SQL
