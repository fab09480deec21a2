import { randomUUIDv7 } from 'node:crypto';
import type { NewId } from '#shared/core/ports';

/** A fresh UUIDv7 (RFC 9562), lower case: ids made later sort later. */
export const newId: NewId = () => randomUUIDv7();
