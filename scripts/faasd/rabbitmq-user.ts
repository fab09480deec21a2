import { createHash } from 'node:crypto';

/**
 * The user of deploy/rabbitmq/broker/definitions.json, as RabbitMQ loads it. A node that loads
 * definitions makes no user of its own.
 */
export function rabbitmqUser(password: string): string {
  const users = [{ name: 'video_to_mp3', password_hash: passwordHash(password), tags: [] }];
  return `${JSON.stringify({ users })}\n`;
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
