import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase } from '#shared/testing/store.postgres';
import type { TestDatabase } from '#shared/testing/store.postgres';
import { createJobOutlooks } from './job-outlooks.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 20_000);
afterAll(() => database.drop());

const bytes = 1_000_000;

/** Jobs in a state, written past the ports because there are many. */
const addJobs = (first: number, last: number, columns: string, values: string) =>
  database.pool.query(
    `INSERT INTO jobs (id, owner_id, source_file_id, source_name, options, source_bytes, ${columns})
     SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(),
       gen_random_uuid(), 'a.mp4', '{}', ${bytes}, ${values}
     FROM generate_series($1::int, $2::int) AS n`,
    [first, last],
  );
const idOf = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const claimed = (ago: string) =>
  `jsonb_build_array(jsonb_build_object('step', 'claim', 'at', now() - interval '${ago}'))`;

describe('JobOutlooks on a busy day', () => {
  const waiting = 10_000;
  const done = 20_000;

  beforeAll(async () => {
    await database.makeStore();
    await addJobs(
      1,
      waiting,
      'state, due_at',
      `'queued', now() - make_interval(secs => 20000 - n)`,
    );
    await addJobs(
      waiting + 1,
      waiting + done,
      'state, lease_token, output_file_id, result, expires_at, updated_at, history',
      `'done', 1, gen_random_uuid(), '{}', now() + make_interval(secs => n), now(), ${claimed('3 s')}`,
    );
    await database.pool.query('ANALYZE jobs');
  }, 30_000);

  test('counts ten thousand that wait, and takes its speed from the last fifty', async () => {
    const jobOutlooks = createJobOutlooks(database.pool);

    const outlook = await jobOutlooks.find(idOf(waiting));

    expect(outlook?.queue).toMatchObject({ ahead: waiting - 1, bytesAhead: (waiting - 1) * bytes });
    expect(outlook?.recent).toEqual({ bytes: 50 * bytes, seconds: 150 });
  });

  test('answers in a time that a person does not notice', async () => {
    const jobOutlooks = createJobOutlooks(database.pool);
    const took: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const start = performance.now();
      await jobOutlooks.find(idOf(waiting));
      took.push(performance.now() - start);
    }

    const median = took.toSorted((one, other) => one - other)[10] ?? NaN;
    console.log(`an outlook behind ${waiting} jobs: ${median.toFixed(1)} ms`);
    expect(median).toBeLessThan(200);
  });
});
