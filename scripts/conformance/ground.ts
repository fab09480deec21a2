import { resolve } from 'node:path';

import { stringOf } from '../emulator/json.ts';
import type { Mode } from '../emulator/mode.ts';
import type { Command, Foreign } from './command-line.ts';
import type { Settings } from './installation.ts';
import { startOwnEmulator } from './own-emulator.ts';
import type { Ground } from './run.ts';
import { Site } from './site.ts';
import type { UndoList } from './undo.ts';

interface Lives {
  readonly perItem: UndoList;
  readonly perRun: UndoList;
  readonly print: (line: string) => void;
}

/** The OpenFaaS under test, found or started. */
export async function groundOf(
  command: Command,
  { perItem, perRun, print }: Lives,
): Promise<Ground> {
  const { foreign, image, mode = 'kubernetes', largeBytes } = command;
  const common = { largeBytes, print, tidy: () => perItem.undoAll() };
  if (foreign !== undefined) {
    const site = await findSite(command, foreign, perItem);
    for (const name of await removeLeftovers(site))
      print(`removed ${name}, left by an earlier run`);
    print(`${foreign.gatewayUrl}, ${site.installation.mode}`);
    return { ...common, site, broker: command.broker, siteWith: undefined };
  }
  const start = async (settings: Settings, undos: UndoList): Promise<Site> => {
    return new Site(
      await startOwnEmulator({ ...settings, mode, image }, { undos, print }),
      perItem,
    );
  };
  const site = await start({}, perRun);
  print(`an emulator of its own at ${site.installation.gatewayUrl}, ${mode}`);
  const siteWith = (settings: Settings) => start(settings, perItem);
  return { ...common, site, broker: command.broker, siteWith };
}

async function findSite(command: Command, foreign: Foreign, perItem: UndoList): Promise<Site> {
  const { image, mode } = command;
  const known = { ...foreign, image, contexts: resolve('build') };
  const siteOf = (decided: Mode) => new Site({ ...known, mode: decided }, perItem);
  return siteOf(mode ?? (await askMode(siteOf('kubernetes'))));
}

/** By what the provider calls itself, else by the status of a first deployment. */
async function askMode(site: Site): Promise<Mode> {
  const info = await site.system('GET', 'info');
  if (info.status !== 200) throw new Error(`GET /system/info: ${info.status} ${info.text}`);
  if (/faasd|containerd/u.test(info.text)) return 'faasd';
  if (/kubernetes|netes/u.test(info.text)) return 'kubernetes';
  const service = 'conformance-00';
  const remove = site.removeLater(service);
  const { status } = await site.system('POST', 'functions', site.prepare(service));
  await remove();
  return status === 200 ? 'faasd' : 'kubernetes';
}

/** What a run that was killed could not remove; nobody else's functions have such names. */
async function removeLeftovers(site: Site): Promise<string[]> {
  const names = (await site.list()).map(({ name }) => stringOf(name) ?? '');
  const own = names.filter((name) => /^conformance-\d\d/u.test(name));
  for (const name of own) await site.removeLater(name)();
  return own;
}
