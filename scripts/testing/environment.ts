const addresses = [
  'DATABASE_URL',
  'MONGODB_URI',
  'AMQP_URL',
  'SMTP_URL',
  'MAIL_DIR',
  'FFMPEG_PATH',
  'FFPROBE_PATH',
];

/** This environment without the servers of the test run: a stack that finds and starts its own. */
export function withoutServers(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !addresses.includes(name));
  return Object.fromEntries(kept);
}
