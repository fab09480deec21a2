import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { GridFSBucket, MongoClient, ObjectId } from 'mongodb';
import { filesDatabase } from '#shared/contracts/settings';
import { type Bench, type Benchmark, type Measured, median, secondsOf } from './benchmark.ts';
import { onDatabase, secondsUntilDone } from './conversion.ts';
import { converted } from './service.ts';
import { makeVideo } from './video.ts';

/** A film of a phone, as long as given. */
export function phoneFilm(filmSeconds: number): Benchmark {
  return {
    name: 'c-phone',
    title: "a phone's film, 16 Mb/s, index last: from the 202 to done ÷ the driver reading it",
    bound: 1.2,
    better: 'lower',
    async measure(bench) {
      const video = await makeVideo(bench, filmSeconds, '16 Mb/s');
      const mongo = await MongoClient.connect(bench.service.addresses.mongodbUri);
      try {
        return await compare(bench, mongo, video);
      } finally {
        await mongo.close();
        await rm(video);
      }
    },
  };
}

async function compare(bench: Bench, mongo: MongoClient, video: string): Promise<Measured> {
  const bucket = new GridFSBucket(mongo.db(filesDatabase), { bucketName: 'videos' });
  const ours: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < bench.repeats; i += 1) {
    const { id } = await bench.service.client.upload(video);
    await converted(bench.service, id);
    ours.push(await secondsUntilDone(bench, [id], 'accept'));
    const source = await sourceOf(bench, id);
    bare.push(await secondsOf(() => readAll(bucket, source)));
    bench.report(`  driver ${bare.at(-1)?.toFixed(2)} s, service ${ours.at(-1)?.toFixed(2)} s`);
  }
  return {
    ratios: ours.map((seconds, i) => seconds / (bare[i] ?? NaN)),
    figures: [
      ['driver reading', `${median(bare).toFixed(2)} s`],
      ['202 to done', `${median(ours).toFixed(2)} s`],
    ],
  };
}

function sourceOf({ service }: Bench, jobId: string): Promise<ObjectId> {
  return onDatabase(service, async (client) => {
    const { rows } = await client.query<{ fileId: string }>(
      'SELECT source_file_id AS "fileId" FROM jobs WHERE id = $1',
      [jobId],
    );
    return new ObjectId(rows[0]?.fileId);
  });
}

async function readAll(bucket: GridFSBucket, id: ObjectId): Promise<void> {
  const { length } = (await bucket.find({ _id: id }).next()) ?? { length: NaN };
  let read = 0;
  const stream = bucket.openDownloadStream(id);
  stream.on('data', (chunk: Uint8Array) => (read += chunk.length));
  await once(stream, 'end');
  if (read !== length) throw new Error(`${read} of ${length} bytes were read`);
}
