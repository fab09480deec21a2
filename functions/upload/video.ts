import type { ConversionOptions } from '#shared/contracts/options';

/** A video on its way in; `bytes` can be read once. */
export interface Video {
  readonly name: string;
  readonly options: ConversionOptions;
  readonly bytes: AsyncIterable<Uint8Array>;
}
