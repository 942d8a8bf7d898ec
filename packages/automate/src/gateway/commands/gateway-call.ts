import { createParser } from 'eventsource-parser';
import { commonErrors } from '../../kernel/index.ts';
import type { CommandInput } from '../../platform/index.ts';

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly error?: { readonly message: string };
}

/** Asks a model; its answer is written as it comes, or whole with `--json`. */
export async function gatewayCall({ arguments: [model = ''], list, options, fetch, print }: CommandInput): Promise<void> {
  const { system } = options as { system?: string };
  const isJson = Boolean((options as { json?: boolean }).json);
  const messages = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: list.join(' ') },
  ];
  const reply = await fetch('/v1/chat/completions', { method: 'POST', body: { model, messages, stream: true }, seconds: 900 });
  let text = '';
  let failure: string | undefined;
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return;
      const { choices, error } = JSON.parse(data) as Chunk;
      if (error) failure = error.message;
      const piece = choices?.[0]?.delta?.content ?? '';
      text += piece;
      if (!isJson) process.stdout.write(piece);
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of reply.body as unknown as AsyncIterable<Uint8Array>)
    parser.feed(decoder.decode(bytes, { stream: true }));
  if (failure !== undefined) throw commonErrors.unavailable(failure);
  if (isJson) print({ model, text, call: reply.headers.get('x-automate-call') }, text);
  else process.stdout.write('\n');
}
