import { existsSync } from 'node:fs';
import { answersTcp } from './tcp.ts';

const DEFAULT_PORTS: Record<string, number> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'mongodb:': 27017,
  'amqp:': 5672,
  'amqps:': 5671,
  'smtp:': 25,
  'smtps:': 465,
};

/**
 * Whether a server accepts connections at this URL, or a program's file is there. What names no
 * single host and port (a MongoDB seed list, an SRV record) is taken at its word.
 */
export async function isReachable(address: string): Promise<boolean> {
  if (!address.includes('://')) return existsSync(address);
  const url = URL.parse(address);
  const port = Number(url?.port) || DEFAULT_PORTS[url?.protocol ?? ''];
  if (!url || port === undefined) return true;
  try {
    await answersTcp(port, url.hostname.replace(/^\[|\]$/g, ''));
    return true;
  } catch {
    return false;
  }
}

/** The address with `***` for its password. */
export function withoutPassword(address: string): string {
  return address.replace(/^([a-z+]+:\/\/[^:/@]*):[^@/]*@/, '$1:***@');
}
