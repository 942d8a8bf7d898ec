import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { commonErrors } from '../../kernel/index.ts';
import { peopleErrors } from './errors.ts';

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
/** Hashes at once: they run on the thread pool, of which something must stay free for files and look-ups. */
const CONCURRENCY = 2;
/** Hashes that wait; beyond it people are asked to come back, rather than to wait for minutes. */
const MAXIMUM_WAITING = 200;

export const MINIMUM_LENGTH = 12;
export const MAXIMUM_BYTES = 1_024;

/** A PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. @throws AppError `too_busy` */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await inTurn(() => compute(password, { nonce, memory: MEMORY_KIB, passes: PASSES, parallelism: LANES }));
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(nonce)}$${base64(tag)}`;
}

/** A hash of nothing, which no password has: to do the same work where there is none. */
export const DECOY = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** @throws AppError `too_busy` */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored);
  if (!match) return false;
  const [, memory, passes, parallelism, salt = '', hash = ''] = match;
  const expected = Buffer.from(hash, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const tag = await inTurn(() => compute(password, { nonce: Buffer.from(salt, 'base64'), ...cost }));
  return expected.length === tag.length && timingSafeEqual(expected, tag);
}

/** Why a password is not good enough, or undefined. */
function passwordProblem(password: string, person: { email: string; name?: string | undefined }): string | undefined {
  if ([...password].length < MINIMUM_LENGTH) return `must have at least ${MINIMUM_LENGTH} characters`;
  if (Buffer.byteLength(password) > MAXIMUM_BYTES) return `must have at most ${MAXIMUM_BYTES} bytes`;
  const plain = password.toLowerCase();
  if (new Set(plain).size < 5) return 'repeats too few characters';
  const own = [person.email.toLowerCase(), person.email.toLowerCase().split('@')[0] ?? '', person.name?.toLowerCase() ?? ''];
  if (own.some((text) => text.length >= 4 && plain.replaceAll(text, '').length < 6))
    return 'must not be made of your name or address';
  // Letters of any script count, and signs and digits of ASCII do not.
  const rest = COMMON.reduce((text, word) => text.replaceAll(word, ''), plain).replace(/[ -@[-`{-~]/g, '');
  if (rest.length < 4) return 'is among those that are tried first';
  return undefined;
}

/** @throws AppError `invalid_input` at `/password` */
export function requireGoodPassword(
  password: string,
  person: { email: string; name?: string | undefined },
  pointer = '/password',
): void {
  const problem = passwordProblem(password, person);
  if (!problem) return;
  throw commonErrors.invalid_input(`${pointer}: ${problem}`, { errors: [{ pointer, code: 'weak_password', message: problem }] });
}

const COMMON = [
  'password',
  'passwort',
  'qwerty',
  'asdfgh',
  'letmein',
  'welcome',
  'administrator',
  'iloveyou',
  'changeme',
  '123456789',
  '1234',
  'abcdef',
  'secret',
  'automate',
];

function compute(password: string, cost: Omit<Argon2Parameters, 'message' | 'tagLength'>): Promise<Buffer> {
  return derive('argon2id', { message: password.normalize('NFKC'), tagLength: TAG_BYTES, ...cost });
}

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= CONCURRENCY) {
    if (waiting.length >= MAXIMUM_WAITING)
      throw peopleErrors.too_busy('Too many people sign in at this moment: try again shortly.', {
        headers: { 'retry-after': '5' },
      });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
