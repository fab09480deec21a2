import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** A received message with these headers, repeated names included. */
export function incoming(
  method: string,
  headers: readonly (readonly [name: string, value: string])[],
): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.method = method;
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    message.headers[key] = value;
    message.headersDistinct[key] = [...(message.headersDistinct[key] ?? []), value];
  }
  return message;
}
