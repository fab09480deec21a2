/* global db, require */
// Run once, by the image, in an empty data folder: the functions' user knows one database only.
const { readFileSync } = require('node:fs');

db.getSiblingDB('admin').createUser({
  user: 'video_to_mp3',
  pwd: readFileSync('/var/secrets/mongodb-password', 'utf8').trim(),
  roles: [{ role: 'readWrite', db: 'video_to_mp3' }],
});
