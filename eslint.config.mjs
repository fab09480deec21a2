import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.ts', 'shared/testing/**/*.ts', 'scripts/testing/**/*.ts'];

/** Every rule beyond the presets says why it is here. */
export default tseslint.config(
  { ignores: ['dist', 'build', '.local', 'coverage', 'node_modules'] },
  {
    files: ['**/*.{js,mjs,cjs}'],
    ...js.configs.recommended,
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', module: 'writable', URL: 'readonly' },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A new state or code must break the build wherever it is decided on.
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A cast hides what a type would have caught (`as const` stays allowed).
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Numbers in messages are wanted.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => void work()` is how a promise is let go on purpose.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Settings come through one door, checked: shared/runtime/config.ts.
      'no-restricted-properties': ['error', { object: 'process', property: 'env' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Name what you export: a default export has another name in every file.',
        },
        {
          selector: ':matches(ExportAllDeclaration, ExportNamedDeclaration[source])',
          message: 'No barrels: import from the file that defines it.',
        },
        {
          selector:
            "CallExpression[callee.object.name='jest'][callee.property.name=/^(mock|unstable_mockModule|doMock)$/]",
          message: 'Modules are never mocked: pass a fake of the port.',
        },
      ],
    },
  },
  {
    files: ['shared/**/*.ts'],
    ignores: tests,
    plugins: { jsdoc },
    rules: {
      // The docstring is the contract: units, shapes, errors, source.
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: [
            'ExportNamedDeclaration > TSInterfaceDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
        },
      ],
    },
  },
  {
    files: ['shared/runtime/config.ts', 'scripts/**/*.ts', ...tests],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
