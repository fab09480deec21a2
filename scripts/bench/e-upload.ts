import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { GridFSBucket, MongoClient } from 'mongodb';
import { type Bench, type Benchmark, type Measured, median, secondsOf } from './benchmark.ts';
import type { Service } from './service.ts';
import { makeVideo } from './video.ts';

const videoSeconds = 100;

export const eUpload: Benchmark = {
  name: 'e-upload',
  title: "upload through gateway and function ÷ the driver's own GridFS stream (MB/s)",
  bound: 0.9,
  better: 'higher',
  async measure(bench) {
    const video = await makeVideo(bench, videoSeconds, '20 Mb/s');
    const mongo = await MongoClient.connect(bench.service.addresses.mongodbUri);
    try {
      return await compare(bench, mongo, video);
    } finally {
      await mongo.close();
      await rm(video);
    }
  },
};

async function compare(bench: Bench, mongo: MongoClient, video: string): Promise<Measured> {
  const megabytes = (await stat(video)).size / 1e6;
  const ours: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < bench.repeats; i += 1) {
    bare.push(megabytes / (await storeBare(mongo, video)));
    ours.push(megabytes / (await upload(bench.service, video)));
    bench.report(
      `  driver ${bare.at(-1)?.toFixed(0)} MB/s, upload ${ours.at(-1)?.toFixed(0)} MB/s`,
    );
  }
  return {
    ratios: ours.map((rate, i) => rate / (bare[i] ?? NaN)),
    figures: [
      ['driver alone', `${median(bare).toFixed(0)} MB/s`],
      ['upload', `${median(ours).toFixed(0)} MB/s`],
    ],
  };
}

async function storeBare(mongo: MongoClient, video: string): Promise<number> {
  const bucket = new GridFSBucket(mongo.db('bench'), { bucketName: 'bare' });
  const seconds = await secondsOf(() =>
    pipeline(createReadStream(video), bucket.openUploadStream('video')),
  );
  await bucket.drop();
  return seconds;
}

/** Seconds until the 202; the conversion that begins then is called off. */
async function upload({ client }: Service, video: string): Promise<number> {
  let id = '';
  const seconds = await secondsOf(async () => {
    ({ id } = await client.upload(video));
  });
  await client.call(`jobs/${id}/cancel`, { method: 'POST' });
  await client.watch(id);
  return seconds;
}
