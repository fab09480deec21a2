import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { createEventSigner } from '#shared/adapters/crypto/events';
import { type BellEvent, exchange } from '#shared/contracts/events';
import { service } from './service.ts';

/** Rings bells in this order, signed as the functions sign theirs. */
export async function ring(bells: readonly BellEvent[]): Promise<void> {
  const keys = join(service.root, 'secrets', 'functions', 'event-private-keys');
  const signer = createEventSigner({ privateKeys: await readFile(keys, 'utf8') });
  const connection = await connect(service.amqpUrl);
  try {
    const channel = await connection.createConfirmChannel();
    for (const bell of bells) {
      const body = Buffer.from(await signer.sign(bell));
      channel.publish(exchange, bell.type, body, { contentType: 'application/jose' });
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
}
