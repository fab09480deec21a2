import type { Item } from '../item.ts';

const PAUSE_MS = 800;

export const withheldChunks: Item = {
  title: 'Small chunks of an answer are withheld to its end, unless events are asked for',
  check: async ({ site, findings }) => {
    const probe = await site.deploy('conformance-09');
    const firstByte = async (first: number, headers = {}): Promise<number> => {
      return (await probe.call(`/tear?first=${first}&ms=${PAUSE_MS}`, { headers })).firstByteMs;
    };
    const isLate = (ms: number) => ms > PAUSE_MS * 0.9;
    const small = await firstByte(100);
    findings.holds('100 bytes come at the end', isLate(small), `${small} ms`);
    const large = await firstByte(65_536);
    findings.holds('64 KiB do not wait', !isLate(large), `${large} ms`);
    const events = await firstByte(100, { accept: 'text/event-stream' });
    findings.holds('100 bytes for a reader of events do not wait', !isLate(events), `${events} ms`);
  },
};
