import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** What one of them sends at once, and then byte by byte. */
export interface SlowClient {
  readonly port: number;
  readonly head: string;
  readonly drip: string;
}

const everyMs = 1_000;

function drip({ port, head, drip: byte }: SlowClient): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(head));
  const timer = setInterval(() => socket.write(byte), everyMs);
  socket.on('error', () => undefined).once('close', () => clearInterval(timer));
  // Who is sent away leaves.
  return socket.resume().once('end', () => socket.destroy());
}

const sockets = (workerData as readonly SlowClient[]).map(drip);
parentPort?.on('message', () => {
  parentPort?.postMessage(sockets.filter((socket) => !socket.destroyed).length);
});
