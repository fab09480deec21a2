/**
 * Which packages each bundle may hold. What a function does not need costs cold start and widens
 * what an attacker can reach, so a bundle that grows foreign code fails the build.
 */
const everywhere = ['pino', 'valibot'];
const postgres = ['pg', 'rate-limiter-flexible'];
const tokens = ['jose'];
const broker = ['amqplib'];
const files = ['mongodb'];

/** Direct dependencies of each bundle; what those need themselves comes with them. */
export const bundles: Readonly<Record<string, readonly string[]>> = {
  register: [...everywhere, ...postgres],
  login: [...everywhere, ...postgres, ...tokens],
  'verify-token': [...everywhere, ...tokens],
  account: [...everywhere, ...postgres, ...tokens],
  upload: [...everywhere, ...postgres, ...tokens, ...broker, ...files, 'busboy'],
  jobs: [...everywhere, ...postgres, ...tokens, ...broker],
  download: [...everywhere, ...postgres, ...tokens, ...files],
  convert: [...everywhere, ...postgres, ...tokens, ...broker, ...files, 'fluent-ffmpeg'],
  notify: [...everywhere, ...postgres, ...tokens, 'nodemailer'],
  sweep: [...everywhere, ...postgres, ...tokens, ...broker, ...files],
};

/**
 * Packages that Node itself takes the place of. mongodb's connection strings ask whatwg-url for
 * `URL` and nothing else: Node's follows the same standard without 314 KiB of tables for the names
 * of hosts in other scripts.
 */
export const replacedByNode: Readonly<Record<string, string>> = { 'whatwg-url': 'node:url' };
