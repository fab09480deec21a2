import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { missingPackages } from './packages.ts';

const nothing = { PATH: '' };
const ferretdb = { way: 'ferretdb', why: 'no mongod', installed: false } as const;

describe('missingPackages', () => {
  test('asks for what makes trees only when FerretDB has yet to be installed', () => {
    expect(missingPackages(nothing, ferretdb)).toContain('mmdebstrap');
    expect(missingPackages(nothing, { ...ferretdb, installed: true })).not.toContain('mmdebstrap');
    expect(missingPackages(nothing, { way: 'given' })).not.toContain('mmdebstrap');
  });

  test('asks for ffmpeg unless both its programs are known', () => {
    const one = { ...nothing, FFMPEG_PATH: '/x/ffmpeg' };
    expect(missingPackages(one, { way: 'given' })).toContain('ffmpeg');
    const both = { ...one, FFPROBE_PATH: '/x/ffprobe' };
    expect(missingPackages(both, { way: 'given' })).not.toContain('ffmpeg');
  });

  test('asks for the programs that are wanted besides, unless they are there', () => {
    expect(missingPackages(nothing, { way: 'given' }, ['mpg123'])).toContain('mpg123');
    const env = { PATH: dirname(process.execPath) };
    expect(missingPackages(env, { way: 'given' }, ['node'])).not.toContain('node');
  });

  test('asks for no RabbitMQ when there is an address of one', () => {
    const env = { ...nothing, AMQP_URL: 'amqp://broker' };
    expect(missingPackages(env, { way: 'given' })).not.toContain('rabbitmq-server');
  });
});
