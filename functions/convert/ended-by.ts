/**
 * The generator, with a `return` that calls `end` first. A generator alone is over only after what
 * it waits for just then, which may be for ever.
 */
export function endedBy<T>(generator: AsyncGenerator<T>, end: () => void): AsyncGenerator<T> {
  const finish = generator.return.bind(generator);
  generator.return = (value) => {
    end();
    return finish(value);
  };
  return generator;
}
