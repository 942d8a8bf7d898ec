import type { StreamEncoder } from '../encoder.ts';
import { type Failure, failedUpstream, truncated } from '../failure.ts';
import { isBroken, watchParts } from '../outcome.ts';
import { typedEvent } from '../sse.ts';
import { createOutput } from './output.ts';
import type { OutputItem } from './output-items.ts';
import { type ResponseContext, responseObject } from './response.ts';
import { toResponseStatus } from './statuses.ts';

interface ResponseStreamContext extends ResponseContext {
  /** Most characters of text to keep for the outcome. */
  readonly textLimit?: number;
}

type ResponseObject = ReturnType<typeof responseObject>;

export interface ResponsesEncoder extends StreamEncoder {
  /** The response in its last state, for who keeps it; undefined until it has ended. */
  response(): ResponseObject | undefined;
}

/** Writes a model's stream as the events of a response, numbered from 0. */
export function createResponsesEncoder({ textLimit = 0, ...context }: ResponseStreamContext): ResponsesEncoder {
  const watcher = watchParts(textLimit);
  const output = createOutput(context.id);
  let last: ResponseObject | undefined;
  let sequence = 0;

  const write = (event: { readonly type: string }): string => {
    const { type, ...fields } = event;
    const numbered = typedEvent({ type, sequence_number: sequence, ...fields } as { type: string });
    sequence += 1;
    return numbered;
  };

  const begin = (): string[] => {
    if (sequence > 0) return [];
    const response = responseObject(context, { status: 'in_progress' });
    return [
      write({ type: 'response.created', response } as { type: string }),
      write({ type: 'response.in_progress', response } as { type: string }),
    ];
  };

  const finish = (response: ResponseObject): string => {
    last = response;
    return write({ type: `response.${response.status}`, response } as { type: string });
  };

  const itemsNow = (): OutputItem[] => output.items();

  const fail = ({ code, message }: Failure): string[] => {
    if (last) return [];
    const opening = begin();
    output.close('incomplete');
    const { usage } = watcher.outcome();
    return [
      ...opening,
      finish(responseObject(context, { status: 'failed', error: { code, message }, output: itemsNow(), usage })),
    ];
  };

  return {
    push(part) {
      if (last) return [];
      watcher.watch(part);
      if (part.type === 'error') return fail(failedUpstream);
      if (part.type === 'finish') {
        const { unified } = part.finishReason;
        return isBroken(unified) ? fail(unified === 'error' ? failedUpstream : truncated) : [];
      }
      const events = output.read(part);
      return events.length > 0 ? [...begin(), ...events.map(write)] : [];
    },
    end() {
      if (last) return [];
      const { finishReason, usage } = watcher.outcome();
      if (finishReason === undefined) return fail(truncated);
      const ending = toResponseStatus(finishReason);
      const events = [...begin(), ...output.close(ending.status).map(write)];
      return [...events, finish(responseObject(context, { ...ending, output: itemsNow(), usage }))];
    },
    fail,
    outcome: () => watcher.outcome(),
    response: () => last,
  };
}
