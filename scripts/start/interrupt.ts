/**
 * Ctrl-C and SIGTERM, as a promise: what is under way comes to its end first, so that nothing
 * half-started stays behind. A second signal leaves at once.
 */
export function interruption(report: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    // A listener for signals alone does not keep a process.
    const staying = setInterval(() => undefined, 60_000);
    const heard = () => {
      count += 1;
      if (count > 1) process.exit(130);
      clearInterval(staying);
      report('\nStopping …');
      resolve();
    };
    process.on('SIGINT', heard).on('SIGTERM', heard);
  });
}
