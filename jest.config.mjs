const ignored = ['/node_modules/', '<rootDir>/(dist|build|\\.local)/'];

const common = {
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^#shared/(.*)$': '<rootDir>/shared/$1.ts' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
      },
    ],
  },
  testPathIgnorePatterns: ignored,
  modulePathIgnorePatterns: ignored.slice(1),
};

/**
 * unit: no I/O. integration: real servers. e2e: real bundles through the emulator. faults: the same
 * while servers, networks and processes fail.
 */
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [...ignored, '\\.(integration|e2e|faults)\\.test\\.ts$'],
    },
    { ...common, displayName: 'integration', testMatch: ['**/*.integration.test.ts'] },
    { ...common, displayName: 'e2e', testMatch: ['**/*.e2e.test.ts'] },
    {
      ...common,
      displayName: 'faults',
      testMatch: ['**/*.faults.test.ts'],
      setupFiles: ['<rootDir>/scripts/testing/lane.setup.ts'],
    },
  ],
};
