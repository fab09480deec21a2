import { createHash } from 'node:crypto';

const user = 'video_to_mp3';
const vhost = '/';

/**
 * RabbitMQ's definitions: one user, and a policy for the queues of the connector, which declares
 * them without arguments. A bell may be lost, so a queue nobody reads drops its oldest.
 */
export function rabbitmqDefinitions(password: string): string {
  const definitions = {
    users: [{ name: user, password_hash: passwordHash(password), tags: [] }],
    vhosts: [{ name: vhost }],
    permissions: [{ user, vhost, configure: '.*', write: '.*', read: '.*' }],
    policies: [
      {
        name: 'bells',
        vhost,
        pattern: '^OpenFaaS_conversion_',
        'apply-to': 'queues',
        priority: 0,
        definition: { 'max-length': 100_000, overflow: 'drop-head' },
      },
    ],
  };
  return `${JSON.stringify(definitions, null, 2)}\n`;
}

/**
 * As RabbitMQ stores it: base64 of four bytes of salt and the SHA-256 of salt and password. The
 * salt follows from the password, so that the same password gives the same file.
 */
function passwordHash(password: string): string {
  const salt = sha256('salt', password).subarray(0, 4);
  return Buffer.concat([salt, sha256(salt, password)]).toString('base64');
}

function sha256(first: string | Buffer, second: string): Buffer {
  return createHash('sha256').update(first).update(second).digest();
}
