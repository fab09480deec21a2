import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mergeCompose, readEnvironment } from './faasd/compose.ts';
import { rabbitmqUser } from './faasd/rabbitmq-user.ts';

const usage = `Writes to standard output what deploy/faasd/install.sh puts on a machine with faasd.

  node scripts/faasd.ts compose FILE         faasd's compose file FILE with our services in it
  node scripts/faasd.ts rabbitmq-user FILE   RabbitMQ's user, with the password in FILE`;

const folder = join(resolve(import.meta.dirname, '..'), 'deploy', 'faasd');
const ours = (name: string) => readFileSync(join(folder, name), 'utf8');

const [command, file = '', ...rest] = process.argv.slice(2);
if (command === '--help') {
  console.log(usage);
} else if (file === '' || rest.length > 0) {
  console.error(usage);
  process.exitCode = 2;
} else if (command === 'compose') {
  const gateway = readEnvironment(ours('gateway.env'));
  process.stdout.write(mergeCompose(readFileSync(file, 'utf8'), ours('services.yaml'), gateway));
} else if (command === 'rabbitmq-user') {
  process.stdout.write(rabbitmqUser(readFileSync(file, 'utf8').trim()));
} else {
  console.error(usage);
  process.exitCode = 2;
}
