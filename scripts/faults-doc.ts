import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { faultsDocument } from './faults-doc/document.ts';

// Renders docs/faults.md out of the titles in scripts/faults.
writeFileSync(resolve(import.meta.dirname, '..', 'docs', 'faults.md'), faultsDocument());
