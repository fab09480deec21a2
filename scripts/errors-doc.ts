import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorsDocument } from './errors-doc/document.ts';

// Renders docs/errors.md out of shared/core/errors.ts.
writeFileSync(resolve(import.meta.dirname, '..', 'docs', 'errors.md'), errorsDocument());
