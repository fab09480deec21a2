import type { ServerAddresses } from '../stack/servers.ts';

/** What a deployment is told: variables of stack.yml, and the passwords that become secrets. */
export interface Deployment {
  readonly variables: Readonly<Record<string, string>>;
  readonly passwords: Readonly<Record<string, string>>;
}

/** The servers of a local stack as stack.yml names them. Passwords leave the addresses. */
export function deploymentOf(addresses: ServerAddresses, gatewayUrl: string): Deployment {
  const postgres = splitPassword(addresses.databaseUrl);
  const mongodb = splitPassword(addresses.mongodbUri);
  const amqp = splitPassword(addresses.amqpUrl);
  const smtp = splitPassword(addresses.smtpUrl);
  return {
    variables: {
      V2M_POSTGRES_URL: postgres.address,
      V2M_MONGODB_URI: mongodb.address,
      V2M_AMQP_URL: amqp.address,
      V2M_SMTP_URL: smtp.address,
      V2M_GATEWAY_URL: gatewayUrl,
      V2M_PUBLIC_URL: gatewayUrl,
      V2M_FFMPEG_PATH: addresses.ffmpegPath,
      V2M_FFPROBE_PATH: addresses.ffprobePath,
    },
    passwords: {
      'postgres-password': postgres.password,
      'mongodb-password': mongodb.password,
      'amqp-password': amqp.password,
      'smtp-password': smtp.password,
    },
  };
}

/** An address without its password, and the password, decoded; '' where there is none. */
export function splitPassword(url: string): { address: string; password: string } {
  const match = /^([a-z+]+:\/\/[^/:@]+):([^/@]*)@(.*)$/s.exec(url);
  if (match === null) return { address: url, password: '' };
  const [, start = '', password = '', rest = ''] = match;
  return { address: `${start}@${rest}`, password: decodeURIComponent(password) };
}
