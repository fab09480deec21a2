/* global db, rs, require */
// Makes the server a replica set of one member; one that is a set already stays as it is.
const { readFileSync } = require('node:fs');

db.getSiblingDB('admin').auth(
  'root',
  readFileSync('/var/secrets/mongodb-admin-password', 'utf8').trim(),
);
try {
  rs.status();
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo-0.mongo.video-to-mp3:27017' }] });
}
