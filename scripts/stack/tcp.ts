import { connect } from 'node:net';

/** Resolves when a server accepts connections at `port` of `host`. */
export function answersTcp(port: number, host = '127.0.0.1', withinMs = 1_000): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host });
    socket.setTimeout(withinMs, () => socket.destroy(new Error(`no answer from ${host}:${port}`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
