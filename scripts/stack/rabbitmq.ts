import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NoWayError, givenAddress } from './choice.ts';
import { launch, reuseOrStart } from './launch.ts';
import { findProgram } from './programs.ts';
import { startRabbitmqNode } from './rabbitmq-node.ts';
import type { RunRecord } from './records.ts';
import type { Stack, StackEnvironment } from './stack.ts';
import { answersTcp } from './tcp.ts';

/** RabbitMQ by AMQP_URL, or a private node of the installed one. */
export async function startRabbitmq(stack: Stack): Promise<RunRecord> {
  const given = await givenAddress(stack, 'rabbitmq', 'AMQP_URL');
  if (given) return given;
  const problem = await stack.packages;
  const scripts = findRabbitmqScripts(stack.env);
  const epmd = findProgram('epmd', stack.env);
  if (!scripts || !epmd) throw noRabbitmq(problem);
  const mapper = await reuseOrStart(stack, 'epmd', () => startPortMapper(stack, epmd));
  const epmdPort = new URL(mapper.address).port;
  return reuseOrStart(stack, 'rabbitmq', () => startRabbitmqNode(stack, scripts, epmdPort));
}

/**
 * The folder of RabbitMQ's own scripts. The wrapper that Debian puts on PATH is no use: it changes
 * the user and loses the folders we set.
 */
export function findRabbitmqScripts(env: StackEnvironment): string | undefined {
  const onPath = findProgram('rabbitmq-server', env);
  const candidates = [...(onPath ? [dirname(realpathSync(onPath))] : []), ...debianScripts()];
  return candidates.find((folder) => existsSync(join(folder, 'rabbitmq-env')));
}

function debianScripts(): string[] {
  const home = '/usr/lib/rabbitmq/lib';
  if (!existsSync(home)) return [];
  const versions = readdirSync(home).filter((name) => name.startsWith('rabbitmq_server-'));
  return versions.map((name) => join(home, name, 'sbin'));
}

/** Erlang's port mapper, private too: the node would start a shared one that stays behind. */
async function startPortMapper(stack: Stack, epmd: string): Promise<RunRecord> {
  const port = await stack.ports.pick('epmd');
  return launch(stack, {
    name: 'epmd',
    how: `private, for RabbitMQ (${epmd})`,
    address: `tcp://127.0.0.1:${port}`,
    command: epmd,
    args: ['-address', '127.0.0.1', '-port', String(port)],
    answers: () => answersTcp(port),
  });
}

function noRabbitmq(problem: string | undefined): NoWayError {
  const tried = [
    'AMQP_URL: not set',
    'rabbitmq-server and epmd: not on PATH, nor in /usr/lib/rabbitmq',
    `apt-get install: ${problem ?? 'the packages did not bring rabbitmq-server'}`,
  ];
  return new NoWayError('RabbitMQ', tried, [
    'docker compose up',
    'apt-get install -y rabbitmq-server',
  ]);
}
