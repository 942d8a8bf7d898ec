import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger, type Redactor } from '../../kernel/index.ts';
import type { StoredEndpoint } from '../endpoints/endpoint.store.ts';
import type { StoredProvider } from '../providers/provider.store.ts';
import type { Usage } from '../usage/usage.ts';
import { createAnswerMemory } from './answer-memory.ts';
import { cacheKey } from './cache-key.ts';
import { deleteExpiredAnswers, findAnswer, insertAnswers, type StoredAnswer } from './cached-answer.store.ts';
import { lastWordsOf } from './last-words.ts';
import { findSimilarAnswer, insertMeanings, type StoredMeaning, vectorSchema } from './similar-request.store.ts';

/** What a request asks of the cache. */
export interface CacheAsked {
  readonly tenantId: string;
  readonly endpoint: StoredEndpoint | null;
  readonly providers: readonly StoredProvider[];
  /** Protocol and shape of the answer: it is given as it was. @example 'openai.chat stream' */
  readonly variant: string;
  readonly request: object;
  /** Of HTTP: `no-cache` wants a fresh answer, `no-store` wants it forgotten. */
  readonly control: string | undefined;
}

/** The place of one request in the cache. */
export interface CacheEntry {
  /** The answer that was given before; at once where it is known here. */
  read(): CachedAnswer | undefined | Promise<CachedAnswer | undefined>;
  /** What is compared where no answer to the very same is known; undefined where the endpoint compares nothing. */
  readonly comparable: Comparable | undefined;
  /** The answer to what means the same. @throws Error where the database cannot compare */
  readSimilar(meaning: readonly number[]): Promise<CachedAnswer | undefined>;
  /** Keeps an answer for the next one who asks. @param meaning of what is compared */
  write(body: string | Buffer, usage: Usage, meaning?: readonly number[]): void;
}

export interface Comparable {
  /** The last words of the request. */
  readonly text: string;
  /** Whom to ask what they mean. */
  readonly model: string;
  readonly threshold: number;
}

export interface CachedAnswer {
  readonly body: string;
  readonly usage: Usage;
  readonly ageSeconds: number;
  /** Of the two requests, where they are not the same. */
  readonly similarity?: number;
}

/** Gives the same answer to the same request, for as long as the endpoint says. Never of one tenant to another. */
export interface AnswerCache {
  /** Undefined where nothing is to be kept. */
  entry(asked: CacheAsked): CacheEntry | undefined;
  sweep(): Promise<void>;
  /** Resolves when all that was written is stored. */
  close(): Promise<void>;
}

export interface AnswerCacheOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly redactFor: (tenantId: string) => Redactor;
}

const MEMORY_BYTES = 32 * 1_048_576;
/** Longer answers are not kept. */
const LONGEST = 262_144;
const BATCH = 100;
const MOST_WAITING = 1_000;
const EVERY_MS = 200;
const DELETE_BATCH = 5_000;

export function createAnswerCache({ db, logger, redactFor }: AnswerCacheOptions): AnswerCache {
  const memory = createAnswerMemory({ mostBytes: MEMORY_BYTES });
  const writer = createWriter(db, logger);
  let known: string | undefined;
  const vectors = async () => {
    known ??= await vectorSchema(db);
    return known;
  };
  return {
    entry({ tenantId, endpoint, providers, variant, request, control = '' }) {
      const seconds = endpoint?.cache.ttl_seconds ?? 0;
      if (!endpoint || seconds === 0 || /\bno-store\b/i.test(control)) return undefined;
      const version = [endpoint, ...providers].map(({ updated_at }) => new Date(updated_at).getTime()).join(' ');
      const scope = { endpointId: endpoint.id, version, variant };
      const key = cacheKey(scope, request);
      const { semantic } = endpoint.cache;
      const words = semantic ? lastWordsOf(request) : undefined;
      const rest = words && cacheKey({ ...scope, variant: `similar ${semantic?.model} ${variant}` }, words.rest);
      return {
        comparable: words && semantic && { text: words.text, ...semantic },
        async readSimilar(meaning) {
          if (rest === undefined || !semantic || /\bno-cache\b/i.test(control)) return undefined;
          const schema = await vectors();
          if (schema === undefined) throw vectorMissing();
          const found = await findSimilarAnswer(db, { schema, rest, meaning, threshold: semantic.threshold });
          return found && { ...given(found), similarity: found.similarity };
        },
        read() {
          if (/\bno-cache\b/i.test(control)) return undefined;
          const known = memory.get(key);
          if (known) return given(known);
          return findAnswer(db, key).then((found) => {
            if (!found) return undefined;
            memory.set(found);
            return given(found);
          });
        },
        write(answer, usage, meaning) {
          const body = String(answer);
          // A secret that an answer repeats would lie here in clear.
          if (body.length > LONGEST || redactFor(tenantId)(body) !== body) return;
          const now = Date.now();
          const stored = {
            key,
            tenant_id: tenantId,
            endpoint_id: endpoint.id,
            body,
            usage,
            created_at: new Date(now).toISOString(),
            expires_at: new Date(now + seconds * 1_000).toISOString(),
          };
          memory.set(stored);
          writer.add(stored, rest === undefined || !meaning ? undefined : { key, tenant_id: tenantId, rest, meaning });
        },
      };
    },
    async sweep() {
      while ((await deleteExpiredAnswers(db, DELETE_BATCH)) === DELETE_BATCH);
    },
    close: writer.close,
  };
}

function vectorMissing(): Error {
  return new Error('pgvector is not installed in the database: an operator says `create extension vector` once.');
}

function given({ body, usage, created_at }: StoredAnswer): CachedAnswer {
  return { body, usage, ageSeconds: Math.max(0, Math.floor((Date.now() - Date.parse(created_at)) / 1_000)) };
}

/** Stores answers in batches, so that no caller waits for it; what cannot be stored is asked for again. */
function createWriter(db: Db, logger: Logger) {
  const waiting: { answer: StoredAnswer; meaning: StoredMeaning | undefined }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function drain(): Promise<void> {
    timer = undefined;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      await store(batch).catch((error: unknown) => {
        logger.warn({ reason: errorMessage(error), answers: batch.length }, 'answers of models were not cached');
      });
    }
  }

  async function store(batch: typeof waiting): Promise<void> {
    await insertAnswers(
      db,
      batch.map(({ answer }) => answer),
    );
    const meanings = batch.flatMap(({ meaning }) => meaning ?? []);
    if (meanings.length > 0) await insertMeanings(db, meanings);
  }

  return {
    add(answer: StoredAnswer, meaning: StoredMeaning | undefined): void {
      if (waiting.length >= MOST_WAITING) return;
      waiting.push({ answer, meaning });
      timer ??= setTimeout(() => {
        running = drain();
      }, EVERY_MS);
    },
    async close(): Promise<void> {
      clearTimeout(timer);
      await running;
      await drain();
    },
  };
}
