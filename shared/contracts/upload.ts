import * as v from 'valibot';
import { ConversionOptions } from './options.ts';

/** Query of PUT upload, whose body is the video itself: its name and the options. */
export const UploadQuery = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1, 'empty'), v.maxLength(1_000)),
  ...ConversionOptions.entries,
});
export type UploadQuery = v.InferOutput<typeof UploadQuery>;
