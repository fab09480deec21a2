/** The job is somebody else's now, or nobody's: nothing more may be written for it. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** This worker is told to end: the job goes back as it came. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
