/**
 * Run by jest before each file of fault tests: points it to the stack of its worker, by the
 * variables that end-to-end tests find theirs by.
 */
const lanes = JSON.parse(process.env['LANES'] ?? '[]') as NodeJS.ProcessEnv[];
const worker = Number(process.env['JEST_WORKER_ID']);
Object.assign(process.env, lanes[worker - 1]);
delete process.env['LANES'];
