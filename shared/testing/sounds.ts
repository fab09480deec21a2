/** Samples of all channels at one moment of a sound, each from -1 to 1. */
type Wave = (seconds: number, channel: number, random: () => number) => number;

/** Sounds that ask different things of an encoder. */
export const waves = {
  /** Syllables of a voice with pauses. */
  speech: (t, channel) => {
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.1 * t) + 0.4 * Math.sin(5.3 * t));
    const pitch = 2 * Math.PI * (110 + 25 * Math.floor((t * 3.1 * 7.7) % 5)) * t;
    return (
      0.1 *
      syllable *
      (Math.sin(pitch + channel) + Math.sin(3 * pitch) / 2 + Math.sin(7 * pitch) / 4)
    );
  },
  /** Hits that fade. */
  transients: (t, _channel, random) => {
    const since = (t * 2.7) % 1;
    return (
      0.9 * Math.exp(-40 * since) * (2 * random() - 1) +
      0.3 * Math.exp(-8 * since) * Math.sin(1131 * t)
    );
  },
  noise: (_t, _channel, random) => random() - 0.5,
  silence: () => 0,
  /** Loud, and from one moment to the next almost nothing: what encoders remember longest. */
  whisper: (t, _channel, random) => (t % 6 < 2.5 ? 0.95 : 0.0003) * (2 * random() - 1),
} as const satisfies Record<string, Wave>;

/** Interleaved samples of a sound, the same at each call. */
export function samplesOf(
  wave: Wave,
  samples: number,
  { sampleRate, channels }: { readonly sampleRate: number; readonly channels: 1 | 2 },
): Float32Array {
  const random = randomNumbers();
  return Float32Array.from({ length: samples * channels }, (_, index) =>
    wave(Math.floor(index / channels) / sampleRate, index % channels, random),
  );
}

/** Xorshift (Marsaglia 2003): 0 to 1. */
function randomNumbers(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
