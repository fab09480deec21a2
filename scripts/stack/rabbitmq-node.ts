import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { keepText, writeAtomically } from './files.ts';
import { launch } from './launch.ts';
import type { RunRecord } from './records.ts';
import { type Stack, type StackEnvironment, dataDir, passwordOf, stackId } from './stack.ts';

const NAME = 'rabbitmq';
const ACCOUNT = 'video_to_mp3';

/** A node of its own name, cookie, ports and folders, which no other node can meet. */
export async function startRabbitmqNode(
  stack: Stack,
  scripts: string,
  epmdPort: string,
): Promise<RunRecord> {
  const data = prepareData(stack);
  const port = await stack.ports.pick(NAME);
  const address = `amqp://${ACCOUNT}:${passwordOf(stack.root, NAME)}@127.0.0.1:${port}`;
  return launch(stack, {
    name: NAME,
    how: `private node of the installed program (${scripts})`,
    address,
    command: join(scripts, 'rabbitmq-server'),
    args: [],
    env: {
      ...folders(stack, data),
      ...addresses(port, await stack.ports.pick('rabbitmq-nodes'), epmdPort),
      RABBITMQ_NODENAME: `video-to-mp3-${stackId(stack.root)}@localhost`,
      // The script then becomes the server instead of a shell that waits for it: one process id.
      RUNNING_UNDER_SYSTEMD: 'true',
      LANG: 'C.UTF-8',
    },
    answers: async () => {
      await (await connect(address, { timeout: 3_000 })).close();
      writeFileSync(join(data, 'initialised'), '');
    },
    withinMs: 90_000,
  });
}

/**
 * The account is made in the first start only, so data of a first start that did not finish are
 * thrown away: nothing can have been stored in them yet.
 */
function prepareData(stack: Stack): string {
  const data = dataDir(stack.root, NAME);
  if (!existsSync(join(data, 'initialised'))) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  keepText(join(data, '.erlang.cookie'), () => randomBytes(24).toString('hex'));
  writeAtomically(join(data, 'enabled_plugins'), '[].\n');
  writeAtomically(join(data, 'rabbitmq.conf'), configuration(passwordOf(stack.root, NAME)));
  return data;
}

/** A developer's disk is often nearly full: the default limit would block every publisher. */
function configuration(password: string): string {
  const settings = {
    default_user: ACCOUNT,
    default_pass: password,
    'disk_free_limit.absolute': '50MB',
    'log.console': 'true',
    'log.file': 'false',
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
}

function folders(stack: Stack, data: string): StackEnvironment {
  return {
    HOME: data,
    RABBITMQ_MNESIA_BASE: join(data, 'mnesia'),
    RABBITMQ_LOG_BASE: join(stack.root, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(data, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(data, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
  };
}

/** Clients, other nodes and the port mapper: all on loopback. */
function addresses(port: number, nodesPort: number, epmdPort: string): StackEnvironment {
  return {
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(nodesPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: epmdPort,
  };
}
