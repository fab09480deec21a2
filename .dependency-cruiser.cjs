/**
 * Which way imports may point, and why. scripts/rules.test.ts seeds one violation of each rule.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const TESTS = '\\.test\\.ts$|^shared/testing/|^scripts/testing/';
const BUILT_IN_OR_PACKAGE = ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-unknown'];

module.exports = {
  forbidden: [
    {
      name: 'shared-stays-below',
      comment: 'shared/ serves functions and scripts; knowing them would tie all of them together.',
      severity: 'error',
      from: { path: '^shared/', pathNot: TESTS },
      to: { path: '^(functions|scripts|template)/' },
    },
    {
      name: 'functions-stand-alone',
      comment: 'A function is deployed alone: what two functions need lives in shared/.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/', pathNot: '^functions/$1/' },
    },
    {
      name: 'functions-know-no-scripts',
      comment: 'scripts/ is never shipped; a bundle that needs it would not start.',
      severity: 'error',
      from: { path: '^functions/', pathNot: TESTS },
      to: { path: '^(scripts|template)/' },
    },
    {
      name: 'core-is-pure',
      comment: 'The rules of the product are tested without a server, a clock or a package.',
      severity: 'error',
      from: { path: '^shared/core/', pathNot: TESTS },
      to: { dependencyTypes: BUILT_IN_OR_PACKAGE },
    },
    {
      name: 'core-knows-core-and-contracts',
      comment: 'core is the centre: arrows point to it, not out of it.',
      severity: 'error',
      from: { path: '^shared/core/', pathNot: TESTS },
      to: { path: '^(shared|functions|scripts)/', pathNot: '^shared/(core|contracts)/' },
    },
    {
      name: 'core-takes-contracts-as-types',
      comment: 'Schemas run at the border; core only speaks of the shapes they guarantee.',
      severity: 'error',
      from: { path: '^shared/core/', pathNot: TESTS },
      to: { path: '^shared/contracts/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contracts-import-only-schemas',
      comment: 'What crosses a process border must be readable without any of our code.',
      severity: 'error',
      from: { path: '^shared/contracts/', pathNot: TESTS },
      to: { pathNot: '^shared/contracts/|node_modules/valibot/' },
    },
    {
      name: 'use-case-knows-only-ports',
      comment: 'A use case is a function of its ports; handler.ts alone brings adapters in.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/', pathNot: `handler\\.ts$|${TESTS}` },
      to: { path: '^shared/(adapters|runtime)/' },
    },
    {
      name: 'adapter-knows-no-adapter',
      comment: 'One driver each: an adapter that needs another hides a use case.',
      severity: 'error',
      from: { path: '^shared/adapters/([^/]+)/', pathNot: TESTS },
      to: { path: '^shared/adapters/', pathNot: '^shared/adapters/$1/' },
    },
    {
      name: 'adapter-knows-no-runtime',
      comment:
        'An adapter gets what it needs as arguments, so that tests and scripts can build it.',
      severity: 'error',
      from: { path: '^shared/adapters/', pathNot: TESTS },
      to: { path: '^shared/runtime/' },
    },
    {
      name: 'driver-only-in-its-adapter',
      comment: 'Replacing a driver must touch one folder.',
      severity: 'error',
      from: {
        path: '^(shared|functions)/',
        pathNot: `^shared/adapters/|^shared/runtime/log\\.ts$|${TESTS}`,
      },
      to: {
        path: 'node_modules/(pg|rate-limiter-flexible|mongodb|amqplib|nodemailer|fluent-ffmpeg|jose|busboy|pino)/',
      },
    },
    {
      name: 'runtime-knows-no-adapter',
      comment: 'Every function runs in the runtime; a driver there would be in every bundle.',
      severity: 'error',
      from: { path: '^shared/runtime/', pathNot: TESTS },
      to: { path: '^shared/', pathNot: '^shared/(runtime|contracts)/|^shared/core/errors\\.ts$' },
    },
    {
      name: 'emulator-stands-alone',
      comment:
        'The emulator can be lifted out for any stack.yml: it starts bundles, it knows none.',
      severity: 'error',
      from: { path: '^scripts/emulator/', pathNot: TESTS },
      to: { path: '^(shared|functions|scripts)/', pathNot: '^scripts/emulator/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-tests-import-tests',
      comment: 'Fakes and suites never reach a bundle. Chaos is a test that runs by itself.',
      severity: 'error',
      from: { pathNot: [TESTS, '^scripts/chaos'] },
      to: { path: TESTS },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
