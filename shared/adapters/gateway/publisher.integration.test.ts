import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { knockHeader } from '#shared/contracts/events';
import { publisherContract } from '#shared/testing/publisher.contract';
import { createGatewayPublisher } from './publisher.ts';

const functions = {
  video_uploaded: 'convert',
  conversion_completed: 'notify',
  conversion_failed: 'notify-failure',
} as const;

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

publisherContract('gateway', async () => {
  const calls: { url: string | undefined; body: string }[] = [];
  const gateway = await serve((request, response) => {
    void text(request).then((body) => {
      calls.push({ url: request.url, body });
      response.end();
    });
  });
  return {
    publisher: createGatewayPublisher({ url: gateway.url, functions }),
    received: (topic) =>
      Promise.resolve(
        calls.filter(({ url }) => url === `/function/${functions[topic]}`).map(({ body }) => body),
      ),
    breakDown: gateway.close,
    close: gateway.close,
  };
});

describe('createGatewayPublisher', () => {
  test('posts the bell as the connector does, and says that it is not the connector', async () => {
    const seen: unknown[] = [];
    const gateway = await serve((request, response) => {
      const { authorization, 'content-type': type, [knockHeader]: knock } = request.headers;
      seen.push(request.method, type, authorization, knock);
      response.end();
    });
    await createGatewayPublisher({ url: gateway.url, functions }).publish(
      'video_uploaded',
      'a.b.c',
    );
    await gateway.close();
    expect(seen).toEqual(['POST', 'application/jose', undefined, 'sweep']);
  });

  test.each([201, 202, 204, 301, 401, 404, 502])('takes %s for not heard', async (status) => {
    const gateway = await serve((_, response) =>
      response.writeHead(status, { location: '/elsewhere' }).end(),
    );
    const publisher = createGatewayPublisher({ url: gateway.url, functions });
    await expect(publisher.publish('video_uploaded', 'a.b.c')).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: `/function/convert answered ${status}` },
    });
    await gateway.close();
  });

  test('waits no longer than its deadline', async () => {
    const gateway = await serve(() => undefined);
    const publisher = createGatewayPublisher({ url: gateway.url, functions, timeoutMs: 50 });
    await expect(publisher.publish('video_uploaded', 'a.b.c')).rejects.toMatchObject({
      code: 'unavailable',
    });
    await gateway.close();
  });
});
