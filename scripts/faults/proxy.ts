import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mode } from './mode.ts';

/** A proxy in front of one server. */
export interface Proxy {
  readonly port: number;
  mode(): Mode;
  set(mode: Mode): void;
  close(): Promise<void>;
}

/** What is in front of a server, for all its connections. */
interface State {
  mode: Mode;
  readonly connections: Set<Connection>;
}

/** One client and the connection made for it. */
interface Connection {
  readonly reset: () => void;
}

type Place = Readonly<Record<'host', string> & Record<'port', number>>;

/** Forwards TCP connections to `target`, or treats them worse. */
export async function startProxy(target: Place): Promise<Proxy> {
  const state: State = { mode: { kind: 'pass' }, connections: new Set() };
  const server = createServer((client) => {
    if (state.mode.kind === 'refuse') client.resetAndDestroy();
    else join(client, connect(target), state);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const resetAll = () => {
    for (const { reset } of state.connections) reset();
  };
  return {
    port: portOf(server.address()),
    mode: () => state.mode,
    set(mode) {
      state.mode = mode;
      if (mode.kind === 'refuse') resetAll();
    },
    async close() {
      server.close();
      resetAll();
      await once(server, 'close');
    },
  };
}

function join(client: Socket, server: Socket, state: State): void {
  const connection = {
    reset: () => {
      client.resetAndDestroy();
      server.resetAndDestroy();
      state.connections.delete(connection);
    },
  };
  state.connections.add(connection);
  const { upwards, downwards } = createTreatment(state, connection);
  void forward({ from: client, to: server, treat: upwards, state }).catch(connection.reset);
  void forward({ from: server, to: client, treat: downwards, state }).catch(connection.reset);
}

/** What becomes of a piece: all of it goes on, or nothing. */
type Treat = (piece: Buffer) => Promise<boolean>;

/** One direction of a connection. */
interface Way {
  readonly from: Socket;
  readonly to: Socket;
  readonly treat: Treat;
  readonly state: Readonly<State>;
}

async function forward({ from, to, treat, state }: Way): Promise<void> {
  to.on('error', () => from.resetAndDestroy());
  let underWay = Promise.resolve();
  for await (const piece of from) {
    if (!Buffer.isBuffer(piece) || !(await treat(piece))) continue;
    const { mode } = state;
    // A long way, not a narrow one: the next piece sets off before this one arrives.
    const arrival = mode.kind === 'delay' ? sleep(mode.ms) : undefined;
    underWay = underWay.then(() => arrival).then(() => write(to, piece));
    if (arrival === undefined) await underWay;
    else underWay.catch(() => from.resetAndDestroy());
  }
  await underWay;
  to.end();
}

async function write(to: Socket, piece: Buffer): Promise<void> {
  if (!to.write(piece)) await once(to, 'drain');
}

/** The treatment of one connection, both ways, by whatever the mode is at that moment. */
function createTreatment(state: State, { reset }: Connection) {
  let sent = 0;
  let isReplyLost = false;

  async function upwards(piece: Buffer): Promise<boolean> {
    const { mode } = state;
    sent += piece.length;
    const isLost = mode.kind === 'lose-request' && piece.includes(mode.containing);
    if (isLost || (mode.kind === 'cut' && sent > mode.afterBytes)) {
      reset();
      return false;
    }
    if (mode.kind === 'lose-reply') isReplyLost ||= piece.includes(mode.containing);
    return slowed(mode, piece);
  }

  function downwards(piece: Buffer): Promise<boolean> {
    const { mode } = state;
    const isWanted = mode.kind !== 'lose-reply' || piece.includes(mode.answering);
    if (!isReplyLost || !isWanted) return slowed(mode, piece);
    loseOnce(state);
    reset();
    return Promise.resolve(false);
  }

  return { upwards, downwards };
}

function loseOnce(state: State): void {
  const { mode } = state;
  if (mode.kind !== 'lose-reply') return;
  state.mode = mode.times > 1 ? { ...mode, times: mode.times - 1 } : { kind: 'pass' };
}

async function slowed(mode: Mode, piece: Buffer): Promise<boolean> {
  if (mode.kind === 'throttle') await sleep((piece.length / mode.bytesPerSecond) * 1_000);
  return mode.kind !== 'black-hole';
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('no TCP address');
  return address.port;
}
