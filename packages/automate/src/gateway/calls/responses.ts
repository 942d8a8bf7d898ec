import type { Db } from '../../db/index.ts';
import { invalidInput, isUuid } from '../../kernel/index.ts';
import { inputItems, toCallOptions } from '../protocols/openai-responses/call-options.ts';
import { toResponse } from '../protocols/openai-responses/response.ts';
import type { ResponseItem, ResponsesRequest } from '../protocols/openai-responses/schemas.ts';
import { createResponsesEncoder } from '../protocols/openai-responses/stream.ts';
import type { CallServices } from './call-services.ts';
import type { Caller } from './caller.ts';
import { type ChatAnswer, chat } from './chat.ts';
import type { ChatFront, ReplyNames } from './chat-front.ts';
import {
  deleteResponse,
  deleteResponsesBefore,
  findChain,
  findResponse,
  insertResponse,
  type StoredResponse,
} from './response.store.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** Answers of the Responses API. */
    readonly modelResponses: Responses;
  }
}

export interface Responses {
  /** @throws AppError as a chat does, and `invalid_input` for an earlier response that is not there */
  create(
    caller: Caller,
    request: ResponsesRequest,
    asked: { readonly bytes: number; readonly signal: AbortSignal },
  ): Promise<ChatAnswer>;
  /** @param id `resp_…` */
  get(tenantId: string, id: string): Promise<StoredResponse | undefined>;
  remove(tenantId: string, id: string): Promise<boolean>;
  /** Deletes what is older than is kept. */
  sweep(): Promise<void>;
}

/** Turns of a conversation that go along. */
const MOST_TURNS = 200;
const LONGEST_EVENTS = 1_048_576;
const DELETE_BATCH = 1_000;

export function createResponses(parts: {
  readonly db: Db;
  readonly calls: CallServices;
  readonly retentionDays: number;
}): Responses {
  const { db, calls, retentionDays } = parts;

  async function earlier(
    tenantId: string,
    previous: string | null | undefined,
  ): Promise<{ id: string | null; items: ResponseItem[] }> {
    if (!previous) return { id: null, items: [] };
    const id = idOf(previous);
    const chain = id ? await db.asTenant(tenantId, (transaction) => findChain(transaction, id, MOST_TURNS)) : [];
    if (!id || chain.length === 0)
      throw invalidInput([
        { pointer: '/previous_response_id', code: 'not_found', message: 'is no response of yours that is kept' },
      ]);
    return { id, items: chain.flatMap(({ input, output }) => [...input, ...output]) as ResponseItem[] };
  }

  return {
    async create(caller, request, { bytes, signal }) {
      if (request.background)
        throw invalidInput([
          { pointer: '/background', code: 'not_supported', message: 'must be false: jobs of endpoints run in the background' },
        ]);
      const { id: previousId, items } = await earlier(caller.tenantId, request.previous_response_id);
      const front = responsesFront(request, items, async (made) => {
        if (request.store === false) return;
        const row = { ...made, previous_id: previousId, input: inputItems(request) };
        await db.asTenant(caller.tenantId, (transaction) => insertResponse(transaction, caller.tenantId, row));
      });
      return chat(calls, front, { caller, model: request.model, request, bytes, signal });
    },
    async get(tenantId, given) {
      const id = idOf(given);
      return id ? db.asTenant(tenantId, (transaction) => findResponse(transaction, id)) : undefined;
    },
    async remove(tenantId, given) {
      const id = idOf(given);
      return id ? db.asTenant(tenantId, (transaction) => deleteResponse(transaction, id)) : false;
    },
    async sweep() {
      if (retentionDays === 0) return;
      while ((await deleteResponsesBefore(db, retentionDays, DELETE_BATCH)) === DELETE_BATCH);
    },
  };
}

type Made = Pick<StoredResponse, 'id' | 'output' | 'response' | 'events'>;

/** `POST /v1/responses`, for one request. Always translated: what is kept has to be known. */
function responsesFront(
  request: ResponsesRequest,
  items: readonly ResponseItem[],
  keep: (made: Made) => Promise<void>,
): ChatFront<ResponsesRequest> {
  const contextOf = ({ id, model, created }: ReplyNames) => ({ id: `resp_${id}`, model, createdAt: created, request });
  let made: (() => Made | undefined) | undefined;
  return {
    protocol: 'openai.responses',
    isStreamed: ({ stream }) => stream === true,
    maximumTokens: ({ max_output_tokens: most }) => most ?? undefined,
    toOptions: () => toCallOptions(request, items),
    toReply(result, names) {
      const response = toResponse(result, contextOf(names));
      made = () => ({ id: names.id, output: response.output, response, events: null });
      return response;
    },
    encoder(_request, names) {
      const encoder = createResponsesEncoder(contextOf(names));
      const events: string[] = [];
      let size = 0;
      const noted = (pieces: string[]): string[] => {
        for (const piece of pieces) {
          size += piece.length;
          if (size <= LONGEST_EVENTS) events.push(piece);
        }
        return pieces;
      };
      made = () => {
        const response = encoder.response();
        return response && { id: names.id, output: response.output, response, events: size <= LONGEST_EVENTS ? events : null };
      };
      return {
        push: (part) => noted(encoder.push(part)),
        end: () => noted(encoder.end()),
        fail: encoder.fail,
        outcome: encoder.outcome,
      };
    },
    async keep() {
      const ready = made?.();
      if (ready) await keep(ready);
    },
  };
}

function idOf(given: string): string | undefined {
  const id = given.replace(/^resp_/, '');
  return isUuid(id) ? id : undefined;
}
