import type { JsonObject } from '../json.ts';
import type { FunctionService } from './function-service.ts';
import { add, consumptionOf } from './usage.ts';

interface Reading {
  readonly cpuMs: number;
  readonly atMs: number;
}

/** Processor time is told as what was used since the reading before, so readings are kept. */
export class UsageMeter {
  readonly #readings = new WeakMap<FunctionService, Reading>();

  /** `usage` of a function's status: millicores and bytes of all its replicas' processes. */
  read(service: FunctionService): JsonObject | undefined {
    const total = service.replicas
      .flatMap(({ watchdog }) => watchdog?.childPid ?? [])
      .flatMap((pid) => consumptionOf(pid) ?? [])
      .reduce(add, { cpuMs: 0, memoryBytes: 0 });
    if (total.memoryBytes === 0) return undefined;
    const before = this.#readings.get(service) ?? {
      cpuMs: 0,
      atMs: Date.parse(service.createdAt),
    };
    const now = { cpuMs: total.cpuMs, atMs: Date.now() };
    this.#readings.set(service, now);
    const used = Math.max(now.cpuMs - before.cpuMs, 0);
    const passed = Math.max(now.atMs - before.atMs, 1);
    return { cpu: (used / passed) * 1_000, totalMemoryBytes: total.memoryBytes };
  }
}
