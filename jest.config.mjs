const common = {
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^#shared/(.*)$': '<rootDir>/shared/$1.ts' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }],
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/build/', '/\\.local/'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/.local/', '<rootDir>/dist/'],
};

/** unit: no I/O. integration: real servers. e2e: real bundles through the emulator. */
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [
        ...common.testPathIgnorePatterns,
        '\\.(integration|e2e)\\.test\\.ts$',
      ],
    },
    { ...common, displayName: 'integration', testMatch: ['**/*.integration.test.ts'] },
    { ...common, displayName: 'e2e', testMatch: ['**/*.e2e.test.ts'] },
  ],
};
