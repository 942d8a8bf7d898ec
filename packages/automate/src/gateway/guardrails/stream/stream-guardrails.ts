import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { estimateSize } from '../../../kernel/index.ts';
import type { CallFilters } from '../call-filters.ts';
import type { RunningGuardrail } from '../guardrail-type.ts';
import { createResultBuilder } from './build-result.ts';
import { filterParts } from './filter-parts.ts';
import { partsOf } from './parts-of-result.ts';

/** Parts of an answer as they come: a `ReadableStream` of them is one. */
export type PartStream = AsyncIterable<LanguageModelV4StreamPart>;

export interface StreamGuardrailsOptions {
  readonly parts: PartStream;
  readonly running: readonly RunningGuardrail[];
  readonly filters: CallFilters;
  output(result: LanguageModelV4GenerateResult): Promise<LanguageModelV4GenerateResult>;
}

/** The parts that the caller gets. */
export function streamGuardrails({ parts, running, filters, output }: StreamGuardrailsOptions): PartStream {
  const wholes = running.flatMap(({ whole }) => whole ?? []);
  if (wholes.some(({ isHolding }) => isHolding)) return held(parts, filters, output);
  const filtered = filterParts(parts, filters);
  return wholes.length === 0 ? filtered : watched(filtered, wholes);
}

type Check = NonNullable<RunningGuardrail['whole']>;

/** Shows nothing of the answer before all of it was looked at. An answer that does not come to its end is not shown. */
async function* held(
  parts: PartStream,
  { hold }: CallFilters,
  output: StreamGuardrailsOptions['output'],
): AsyncGenerator<LanguageModelV4StreamPart> {
  const builder = createResultBuilder();
  for await (const part of parts) {
    if (part.type === 'raw') continue;
    if (EARLY.has(part.type)) yield part;
    else if (part.type === 'finish') yield* partsOf(await output(builder.result(part)));
    else {
      hold(estimateSize(part));
      builder.add(part);
    }
  }
}

const EARLY: ReadonlySet<LanguageModelV4StreamPart['type']> = new Set(['stream-start', 'response-metadata', 'ping', 'error']);

/** Shows the answer as it comes, and looks at all of it in the end. */
async function* watched(parts: PartStream, checks: readonly Check[]): AsyncGenerator<LanguageModelV4StreamPart> {
  const builder = createResultBuilder();
  for await (const part of parts) {
    if (part.type === 'finish') {
      const result = builder.result(part);
      for (const check of checks) {
        const checked = check.check(result);
        if (Array.isArray(checked)) check.refuse(checked);
      }
    } else builder.add(part);
    yield part;
  }
}
