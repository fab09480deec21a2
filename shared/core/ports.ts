import type { Role } from '#shared/contracts/accounts';
import type { BellEvent, Topic } from '#shared/contracts/events';
import type { ConversionOptions } from '#shared/contracts/options';
import type { Chapter } from '#shared/core/chapters';
import type { ErrorCode } from '#shared/core/errors';
import type { Outlook } from '#shared/core/estimate';
import type { Checkpoint, Job, JobError, JobResult, Receipt, StoredFile } from '#shared/core/job';
import type { Levelling, Loudness } from '#shared/core/loudness';
import type { AudioTrack, DecodeHint } from '#shared/core/media';
import type { Mp3Encoding } from '#shared/core/mp3';
import type { TagName } from '#shared/core/options';
import type { Container } from '#shared/core/signature';

/**
 * What the use cases need of the world, each port as narrow as its users.
 *
 * Every port has a fake in shared/testing/ and at least one adapter; one contract suite runs on
 * both. Where nothing else is said, a port rejects with AppError `unavailable` (Postgres, broker)
 * or `storage` (GridFS) when its server does not answer within its deadline.
 */

// ── Accounts ────────────────────────────────────────────────────────────────────────────────

/**
 * A person. `email` as typed (trimmed, NFC) with its domain as DNS knows it; `emailKey` is what
 * makes it unique.
 */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly emailKey: string;
  /** PHC string. */
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
}

/** An account to be; `id` is made by the caller. */
export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly emailKey: string;
  readonly passwordHash: string;
}

/** Accounts in the store of truth. */
export interface Users {
  /** Adds the account, or answers `taken` and writes a mail that tells the owner of the address. */
  create(user: NewUser): Promise<'created' | 'taken'>;
  findByEmailKey(emailKey: string): Promise<User | undefined>;
  findById(id: string): Promise<User | undefined>;
  /** Also ends all sessions of the person, except when `keepSessions` (a rehash at login). */
  setPasswordHash(id: string, hash: string, options: { keepSessions: boolean }): Promise<void>;
  /** False when there is no such person. */
  setRoles(id: string, roles: readonly Role[]): Promise<boolean>;
  /** Ordered by id (time of creation), after `cursor`. */
  list(page: { after: string | undefined; limit: number }): Promise<readonly User[]>;
  /**
   * Forgets the person: sessions, mails, idempotency keys and the row go at once; active jobs are
   * cancelled, all jobs are hidden, and their files handed to the sweep.
   */
  remove(id: string): Promise<void>;
}

/** One login: the first refresh token of a family. */
export interface NewSession {
  /** All refresh tokens that descend from one login. */
  readonly familyId: string;
  readonly userId: string;
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  readonly lifetimeSeconds: number;
}

/**
 * What became of a refresh token: `rotated`; `raced` when it was used within the last 10 s (two
 * tabs; nothing is ended); `reused` when it was used before that (the family is dead now);
 * `unknown` also when expired or ended.
 */
export type Rotation =
  | { readonly outcome: 'rotated'; readonly user: User }
  | { readonly outcome: 'raced' | 'reused' | 'unknown' };

/** Refresh-token families. */
export interface Sessions {
  start(session: NewSession): Promise<void>;
  rotate(tokenHash: string, nextTokenHash: string): Promise<Rotation>;
  /** Ends the family of the token; unknown tokens are no error. */
  end(tokenHash: string): Promise<void>;
}

/** Argon2id. `verify` takes as long for an absent hash as for a present one. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether the hash was made with weaker parameters than today's. */
  isOutdated(hash: string): boolean;
}

/** Who a valid access token belongs to. */
export interface Identity {
  readonly userId: string;
  readonly roles: readonly Role[];
}

/** Claims of a valid access token (RFC 9068). Times in seconds since 1970. */
export interface AccessClaims extends Identity {
  readonly tokenId: string;
  readonly issuer: string;
  readonly audience: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Makes access tokens: JWT, EdDSA, `typ: at+jwt`, with `kid`. */
export interface AccessTokenSigner {
  sign(identity: Identity): Promise<{ token: string; expiresInSeconds: number }>;
}

/** Checks access tokens without a network; undefined for every token that does not hold. */
export interface AccessTokenVerifier {
  verify(token: string): Promise<AccessClaims | undefined>;
}

/** The public keys as a JWK set (RFC 7517). */
export interface PublicKeys {
  jwks(): { readonly keys: readonly Readonly<Record<string, unknown>>[] };
}

/** Counts what someone does. Rejects with `rate_limited` and Retry-After when it is too much. */
export interface RateLimiter {
  /** Takes `points` (1) of the key's budget. */
  take(key: string, points?: number): Promise<void>;
  /** Gives the key its full budget again (a login that succeeded). */
  reset(key: string): Promise<void>;
}

// ── Jobs ────────────────────────────────────────────────────────────────────────────────────

/** An outbox row: a bell that still has to ring. */
export interface PendingBell {
  readonly outboxId: string;
  readonly event: BellEvent;
}

/** A job to be, written before the first byte of its video. */
export interface NewJob {
  readonly id: string;
  readonly ownerId: string;
  readonly sourceFileId: string;
  readonly sourceName: string;
  /** X-Call-Id of the upload: in all that follows from it. */
  readonly requestId?: string;
  readonly options: ConversionOptions;
  /** The upload is given up when it is not renewed for so long. */
  readonly leaseSeconds: number;
  /** Jobs of the owner that may be active at once, this one included. */
  readonly maxActive: number;
}

/** What upload needs of the job store. */
export interface JobIntake {
  /**
   * Writes the row in state `uploading`. Rejects with `too_many_jobs`, and with `unauthorized`
   * when the account is gone (an access token outlives it by minutes).
   */
  open(job: NewJob): Promise<void>;
  /** Tells that the upload goes on, for another `leaseSeconds`; false when it was given up. */
  renew(id: string, leaseSeconds: number): Promise<boolean>;
  /**
   * `uploading → queued` with its outbox row in one transaction. Rejects with `conflict` when the
   * upload was given up meanwhile. Asked again for the same job it answers the same.
   */
  accept(
    id: string,
    source: StoredFile,
    requestId: string,
  ): Promise<{ job: Job; bell: PendingBell }>;
  /** `uploading → aborted`, the bytes handed to the sweep. No error when it is over already. */
  abort(id: string, error: JobError): Promise<void>;
}

/** A worker's hold on a job. Every write under it is refused once the token is not the last. */
export interface Lease {
  readonly jobId: string;
  readonly token: number;
  /** The id under which this attempt writes its MP3. */
  readonly outputFileId: string;
}

/**
 * A job and the hold on it; `requestId` is that of the upload or retry, `failures` what earlier
 * attempts ended with since then, `checkpoint` what one of them left.
 */
export interface Claim {
  readonly job: Job;
  readonly lease: Lease;
  readonly failures: readonly ErrorCode[];
  readonly checkpoint: Checkpoint | undefined;
  readonly requestId: string | undefined;
}

/** Who claims, for how long, and where its MP3 would go. */
export interface ClaimRequest {
  /** Who works, for the log. */
  readonly worker: string;
  readonly leaseSeconds: number;
  readonly outputFileId: string;
}

/**
 * What convert needs of the job store. False and undefined always mean: the lease is lost.
 *
 * A job that waits or runs has at most one checkpoint, and its row answers for that file as it does
 * for the output. It lasts until a newer one takes its place, or the job ends, or it is postponed
 * for a reason that may lie in the video; then its file is handed to the sweep, two leases later.
 */
export interface JobClaims {
  /**
   * Takes the job that has waited longest: queued and due, or running with an expired lease and
   * attempts left. The former attempt's output is handed to the sweep unless it holds the
   * checkpoint, at which the progress begins. Asked again with the same output id (the first reply
   * was lost) it answers the same claim.
   */
  claim(request: ClaimRequest): Promise<Claim | undefined>;
  /** Renews the lease, tells how far the work is (0 to 1) and notes a newer checkpoint. */
  heartbeat(
    lease: Lease,
    leaseSeconds: number,
    progress: number,
    checkpoint?: Checkpoint,
  ): Promise<boolean>;
  /**
   * `running → done` with result, receipt, outbox row and mail in one transaction. Asked again
   * under the same lease it answers the same; so does `fail`.
   */
  publish(
    lease: Lease,
    result: JobResult,
    receipt: Receipt,
  ): Promise<{ bell: PendingBell } | undefined>;
  /** `running → failed` with outbox row and mail; the candidate handed to the sweep. */
  fail(lease: Lease, error: JobError): Promise<{ bell: PendingBell } | undefined>;
  /**
   * `running → queued`, due after `delayMs`; the candidate handed to the sweep. The checkpoint
   * stays where `keepsCheckpoint` says so.
   */
  postpone(lease: Lease, error: JobError, delayMs: number): Promise<boolean>;
  /**
   * `running → queued` at once, the attempt refunded, with outbox row; the checkpoint stays. Asked
   * again it answers nothing: its bell is left to the sweep.
   */
  giveBack(lease: Lease): Promise<{ bell: PendingBell } | undefined>;
}

/** What a person can see and do. Another person's job is as absent as one that never was. */
export interface JobShelf {
  find(ownerId: string, id: string): Promise<Job | undefined>;
  /** Newest first, older than the job `before`. */
  list(
    ownerId: string,
    page: { before: string | undefined; limit: number },
  ): Promise<readonly Job[]>;
  /** `queued` or `running` → `cancelled`; undefined when the state does not allow it. */
  cancel(ownerId: string, id: string): Promise<Job | undefined>;
  /**
   * `failed` or `cancelled` → `queued` with fresh attempts, while the source is kept; undefined
   * when the state does not allow it.
   */
  retry(
    ownerId: string,
    id: string,
    requestId: string,
  ): Promise<{ job: Job; bell: PendingBell } | undefined>;
  /**
   * Notes on a `done` job, once, that a part of its MP3 is missing in the store. No error when the
   * job is over meanwhile.
   */
  noteDamage(ownerId: string, id: string, error: JobError): Promise<void>;
  /** Hides a job that is not active and hands its files to the sweep; false when it is active. */
  remove(ownerId: string, id: string): Promise<boolean>;
}

/** Tells of changes of jobs as they are committed (LISTEN/NOTIFY). */
export interface JobChanges {
  /** Calls back after each change of the job until the returned function is called. */
  subscribe(jobId: string, onChange: () => void): Promise<() => void>;
}

/** What the end of a job is estimated from; shared/core/estimate.ts does it. */
export interface JobOutlooks {
  /** Of a job that waits or runs; undefined for any other. */
  find(jobId: string): Promise<Outlook | undefined>;
}

/** Bells that are committed and not yet rung. */
export interface Outbox {
  /** Marks bells as rung; what is unknown or rung already is no error. */
  rung(outboxIds: readonly string[]): Promise<void>;
}

/** A file that no job needs any more. */
export interface DiscardedFile {
  readonly bucket: Bucket;
  readonly fileId: string;
}

/** Keeps each step of a sweep short. */
export interface SweepLimits {
  readonly maxRows: number;
}

/** What sweep needs of the job store. Each step is guarded: two sweeps at once are harmless. */
export interface JobUpkeep {
  /** Outbox rows older than `olderThanSeconds`. */
  unrung(olderThanSeconds: number, limits: SweepLimits): Promise<readonly PendingBell[]>;
  /**
   * Bells for jobs that are due (queued, or running past their lease) and for which none was handed
   * out in the last `seconds`.
   */
  unheard(seconds: number, limits: SweepLimits): Promise<readonly BellEvent[]>;
  /**
   * Due with no attempts left → `failed` with code `internal` (every worker died, nobody was left
   * to say why), with outbox and mail.
   */
  failExhausted(limits: SweepLimits): Promise<readonly PendingBell[]>;
  /** `uploading` past its lease → `aborted`. How many. */
  abortStaleUploads(limits: SweepLimits): Promise<number>;
  /**
   * A bell for each topic whose mails are due and unheard; for a mail without a job, its own id.
   */
  dueMails(seconds: number, limits: SweepLimits): Promise<readonly BellEvent[]>;
  /**
   * A bell for each topic that is late: a job or a mail whose time came more than `seconds` ago, or
   * a lease that is over. Notes nothing, so the bells of {@link JobUpkeep.unheard} and
   * {@link JobUpkeep.dueMails} are no later for it.
   */
  late(seconds: number): Promise<readonly BellEvent[]>;
  /** Past their retention: `done`, `failed`, `cancelled`, `aborted` → `expired`. How many. */
  expire(limits: SweepLimits): Promise<number>;
  /** Deletes rows past theirs: jobs, mails, sessions, idempotency keys, rung bells. How many. */
  forget(limits: SweepLimits): Promise<number>;
  /** Files to delete now. */
  discarded(limits: SweepLimits): Promise<readonly DiscardedFile[]>;
  /** Told after the bytes are gone. */
  deleted(file: DiscardedFile): Promise<void>;
  /** Which of these files no job row answers for. */
  orphans(bucket: Bucket, fileIds: readonly string[]): Promise<readonly string[]>;
  /** Writes down that a sweep ended, with its counts. */
  swept(counts: Readonly<Record<string, number>>): Promise<void>;
}

/** What a request with an Idempotency-Key finds. */
export type IdempotencyState =
  /** First of its kind: carry on, then `complete` or `release`. */
  | { readonly outcome: 'fresh' }
  /** The same key is at work right now. */
  | { readonly outcome: 'in_progress' }
  /**
   * It was answered: with this job, made of a video with this SHA-256 (that of the stored source
   * where `complete` never came).
   */
  | { readonly outcome: 'answered'; readonly jobId: string; readonly fingerprint: string };

/**
 * Idempotency keys, unique for each owner, kept 24 h. A key is fresh again when its job came to
 * nothing (aborted), or was not opened within a minute.
 */
export interface IdempotencyKeys {
  begin(ownerId: string, key: string, jobId: string): Promise<IdempotencyState>;
  complete(ownerId: string, key: string, fingerprint: string): Promise<void>;
  release(ownerId: string, key: string): Promise<void>;
}

// ── Mail ────────────────────────────────────────────────────────────────────────────────────

export type MailKind = 'conversion_completed' | 'conversion_failed' | 'account_exists';

/** A mail that one worker holds for now. */
export interface DueMail {
  readonly id: string;
  readonly kind: MailKind;
  readonly to: string;
  /** RFC 5322 Message-ID, the same at every attempt. */
  readonly messageId: string;
  readonly attempt: number;
  /** Absent for mails about the account. */
  readonly job: Job | undefined;
  readonly requestId: string | undefined;
}

/** Mails that are committed with what they tell of, and sent later. */
export interface Mails {
  /**
   * Takes the mail that is due longest, for `leaseSeconds`, and from the third attempt on for twice
   * as long each time: what may be killing its senders comes up ever more seldom.
   */
  claim(leaseSeconds: number): Promise<DueMail | undefined>;
  sent(id: string): Promise<void>;
  postpone(id: string, delayMs: number, reason: string): Promise<void>;
  fail(id: string, reason: string): Promise<void>;
}

/** One mail for one person, in both forms. */
export interface MailMessage {
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** `rejected` is the server's final word (5xx); `deferred` may work later (4xx, time-out). */
export type MailOutcome =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'rejected' | 'deferred'; readonly reason: string };

/** Hands one mail for one person to an SMTP server. Never rejects for what the server says. */
export interface Mailer {
  send(message: MailMessage): Promise<MailOutcome>;
}

// ── Bells ───────────────────────────────────────────────────────────────────────────────────

/** Signs and checks bells (compact JWS, `typ: event+jws`). */
export interface EventSigner {
  sign(event: BellEvent): Promise<string>;
}

/** Undefined for everything that is not a bell signed by us. */
export interface EventVerifier {
  verify(jws: string): Promise<BellEvent | undefined>;
}

/** Publishes one message: persistent, mandatory, confirmed within 3 s, else `unavailable`. */
export interface Publisher {
  publish(topic: Topic, body: string): Promise<void>;
}

// ── Files ───────────────────────────────────────────────────────────────────────────────────

export type Bucket = 'videos' | 'mp3s';

/** What is known of a complete file. */
export interface FileInfo {
  readonly fileId: string;
  readonly bytes: number;
  readonly uploadedAt: Date;
  readonly contentType: string;
  /** From the metadata; written by us with every file. */
  readonly sha256: string;
}

/** What is known of a file before its first byte; becomes its metadata. */
export interface NewFile {
  readonly fileId: string;
  readonly jobId: string;
  readonly ownerId: string;
  readonly contentType: string;
  /** Label only. */
  readonly name: string;
}

/** Who wants to know, while a body still flows, what of it would outlive this process. */
export interface Savepoints {
  /** Asked now and then: whether to make sure of the first `bytes` bytes of the body. */
  isWanted(bytes: number): boolean;
  /**
   * They are stored and acknowledged. From now on a write that fails leaves its chunks in place.
   */
  stored(bytes: number): void;
}

/**
 * Bytes, written once. Everything streams: memory is a few chunks, whatever the size.
 */
export interface FileStore {
  /** A fresh id; nothing is stored. */
  newFileId(): string;
  /**
   * Stores the whole stream, hashed and counted while it flows. The files document comes last:
   * until then the file does not exist for readers. When the source fails or the signal aborts,
   * rejects with that reason and removes the chunks it wrote (what a crash leaves is the sweep's).
   */
  write(
    bucket: Bucket,
    file: NewFile,
    source: AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<StoredFile>;
  /**
   * Stores `body` with `head` in front of it, where `head` is known only after the body: its length
   * is told before (at most one chunk), its bytes by `build()` after the last of the body. The hash
   * is taken by reading the stored chunks back, so a result is checked on disk. `savepoints` makes
   * that other processes can read the body so far: see {@link FileStore.readPart}.
   */
  writeWithHead(
    bucket: Bucket,
    file: NewFile,
    body: AsyncIterable<Uint8Array>,
    head: { readonly bytes: number; build(): Uint8Array },
    signal?: AbortSignal,
    savepoints?: Savepoints,
  ): Promise<StoredFile>;
  info(bucket: Bucket, fileId: string): Promise<FileInfo | undefined>;
  /**
   * The bytes from `start` up to and without `end` (default: all), in order. Rejects with
   * `storage` where a chunk is missing or short: never shortens.
   */
  read(
    bucket: Bucket,
    fileId: string,
    range?: { readonly start: number; readonly end: number },
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /**
   * As `read`, for large files: each piece is valid until the next one is asked for, then its
   * memory is used again.
   */
  lend: FileStore['read'];
  /**
   * As `read`, of what {@link Savepoints} told to be stored: also of a file that is still being
   * written, or never will be whole. What lies in front of its body has no meaning.
   */
  readPart(
    bucket: Bucket,
    fileId: string,
    range: { readonly start: number; readonly end: number },
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** Removes files document and chunks; no error when there is nothing. */
  remove(bucket: Bucket, fileId: string): Promise<void>;
  /**
   * Ids of files and of chunks without a file, older than `seconds`, at most `limit`. Each call
   * goes on behind the last and begins anew after the end, so that old live files hide no orphan.
   */
  listOlderThan(bucket: Bucket, seconds: number, limit: number): Promise<readonly string[]>;
}

// ── Conversion ──────────────────────────────────────────────────────────────────────────────

/** A video that ffmpeg can read by URL while it is served: `url` is loopback, `close` ends it. */
export interface ServedSource {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves one stored file by ranged HTTP on loopback under a random path. */
export interface SourceServer {
  serve(file: {
    readonly bytes: number;
    /** Pieces that are valid until the next one is asked for will do. */
    read(range: { start: number; end: number }, signal: AbortSignal): AsyncIterable<Uint8Array>;
  }): Promise<ServedSource>;
}

/** What a container tells of itself. */
export interface Probe {
  readonly formatName: string;
  /** At least one, in the container's order. */
  readonly tracks: readonly AudioTrack[];
  /** The stream that is an attached picture. */
  readonly cover: { readonly index: number } | undefined;
  /** On the container's timeline. */
  readonly chapters: readonly Chapter[];
  readonly tags: Readonly<Partial<Record<TagName, string | undefined>>>;
}

/**
 * A served source, and the container that its first bytes are those of: ffmpeg reads it as that
 * and as nothing else.
 */
export interface SourceRequest {
  readonly url: string;
  readonly container: Container;
  readonly signal: AbortSignal;
}

/** Which track to decode into which shape. */
export interface DecodeRequest extends SourceRequest {
  readonly trackIndex: number;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** How much of it, from where the track starts; absent: all. */
  readonly seconds?: number | undefined;
}

/** Which track's frames to copy. */
export interface CopyRequest extends SourceRequest {
  readonly trackIndex: number;
}

/** Which attached picture to take, and how large it may be. */
export interface CoverRequest extends SourceRequest {
  readonly streamIndex: number;
  readonly maxBytes: number;
}

/** What the samples are that ffmpeg is given. */
export interface SampleRequest {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly signal: AbortSignal;
}

/** What the samples are, and how much louder or softer they become. */
export interface LevelRequest extends SampleRequest {
  readonly levelling: Levelling;
}

/** What the samples are, and what is made of them. */
export interface EncodeRequest extends Mp3Encoding {
  /**
   * Whether a frame may leave bits to later ones. Frames of segments may not: each then stands for
   * itself.
   */
  readonly reservoir: boolean;
  readonly signal: AbortSignal;
}

/**
 * ffmpeg. Each call is one process group of its own, killed when the signal aborts. Rejects with
 * AppError: `not_media`, `no_audio`, `truncated`, `damaged`, `timeout`, `resource_limit`.
 */
export interface Transcoder {
  probe(source: SourceRequest): Promise<Probe>;
  /**
   * Interleaved 32-bit float samples, little-endian. `finished` resolves after the last byte with
   * what ffmpeg complained about: `truncated` and `damaged` are hints, only the length decides.
   */
  decode(request: DecodeRequest): {
    readonly pcm: AsyncIterable<Uint8Array>;
    readonly finished: Promise<{ readonly hint: DecodeHint }>;
  };
  /** The bare frames of an MP3 track as they are, in order, without its Xing header or tags. */
  copy(request: CopyRequest): AsyncIterable<Uint8Array>;
  /**
   * The bytes of an attached picture, whatever they are: nothing is decoded. Undefined where there
   * are none, more than `maxBytes`, or none that ffmpeg finds; rejects only with the signal's
   * reason.
   */
  cover(request: CoverRequest): Promise<Uint8Array | undefined>;
  /** How loud such samples are; undefined for silence and for less than 0.4 s. */
  measureLoudness(
    request: SampleRequest,
    pcm: AsyncIterable<Uint8Array>,
  ): Promise<Loudness | undefined>;
  /** Such samples made louder or softer: as many, none of them moved. */
  level(request: LevelRequest, pcm: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Bare MP3 frames of such samples, in order, without Xing header or tags. */
  encode(request: EncodeRequest, pcm: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** What goes into the receipt as `encoder`. */
  readonly version: string;
}

// ── Everyday ────────────────────────────────────────────────────────────────────────────────

/** Fresh UUIDv7 (RFC 9562), lower case. */
export type NewId = () => string;

/** Where use cases tell what happened; every line carries the request id. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
