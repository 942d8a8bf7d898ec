import { setTimeout as sleep } from 'node:timers/promises';
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { answer, type DemoAnswer } from './demo-answer.ts';
import { type DemoPieces, inPieces } from './demo-pieces.ts';
import type { DemoConfig } from './demo-rules.ts';

type Content = LanguageModelV4GenerateResult['content'][number];

const warnings: LanguageModelV4GenerateResult['warnings'] = [
  { type: 'other', message: 'demo: the answer is scripted, no language model has made it.' },
];
const providerMetadata = { demo: { is_scripted: true } };

export function createDemoChat(modelId: string, config: DemoConfig): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'demo',
    modelId,
    supportedUrls: {},
    async doGenerate(options) {
      options.abortSignal?.throwIfAborted();
      const made = make(options, config);
      const { finishReason, usage } = made.pieces;
      return { content: contentOf(made), finishReason, usage, warnings, providerMetadata, response: { modelId } };
    },
    async doStream(options) {
      const signal = options.abortSignal;
      signal?.throwIfAborted();
      const parts = partsOf(make(options, config), { modelId, pause: () => pause(config.piece_delay_ms, signal) });
      return { stream: ReadableStream.from(parts) };
    },
  };
}

interface Made {
  readonly said: DemoAnswer['said'];
  readonly pieces: DemoPieces;
}

function make(options: LanguageModelV4CallOptions, config: DemoConfig): Made {
  const answered = answer(options, config);
  return { said: answered.said, pieces: inPieces(answered, options) };
}

function contentOf({ said, pieces }: Made): Content[] {
  const reasoning = pieces.reasoning.join('');
  const text = pieces.content.join('');
  return [
    ...(reasoning === '' ? [] : [{ type: 'reasoning', text: reasoning } as const]),
    said.type === 'tool'
      ? ({ type: 'tool-call', toolCallId: said.id, toolName: said.name, input: said.input } as const)
      : ({ type: 'text', text } as const),
  ];
}

async function* partsOf(
  { said, pieces }: Made,
  { modelId, pause: rest }: { modelId: string; pause: () => Promise<void> },
): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings };
  yield { type: 'response-metadata', modelId };
  if (pieces.reasoning.length > 0) {
    yield { type: 'reasoning-start', id: 'reasoning' };
    for (const delta of pieces.reasoning) {
      await rest();
      yield { type: 'reasoning-delta', id: 'reasoning', delta };
    }
    yield { type: 'reasoning-end', id: 'reasoning' };
  }
  const { id, type } =
    said.type === 'tool' ? ({ id: said.id, type: 'tool-input' } as const) : ({ id: 'text', type: 'text' } as const);
  yield said.type === 'tool' ? { type: 'tool-input-start', id, toolName: said.name } : { type: 'text-start', id };
  for (const delta of pieces.content) {
    await rest();
    yield { type: `${type}-delta`, id, delta };
  }
  yield { type: `${type}-end`, id };
  if (said.type === 'tool') yield { type: 'tool-call', toolCallId: id, toolName: said.name, input: said.input };
  yield { type: 'finish', finishReason: pieces.finishReason, usage: pieces.usage, providerMetadata };
}

/** @throws the signal's reason */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (ms === 0) return;
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error) => {
    throw signal?.aborted ? signal.reason : error;
  });
}
