import type { LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider';
import { createToolInputs, type ToolInputEvent } from '../tool-inputs.ts';
import { type ItemStatus, itemId, type OutputItem, outputText } from './output-items.ts';
import { sealOf } from './seal.ts';

type Event = { readonly type: string } & Record<string, unknown>;
type Kind = 'msg' | 'fc' | 'rs';
interface Open<Item extends OutputItem = OutputItem> {
  readonly index: number;
  readonly item: Item;
  seal?: string;
}
type OpenItem<Type extends OutputItem['type']> = Open<Extract<OutputItem, { type: Type }>>;

/** Builds the output of a response from a model's stream, and tells what happens to it. Items may grow side by side. */
export function createOutput(responseId: string) {
  const tools = createToolInputs();
  const ledger = createLedger(responseId);

  const call = (event: ToolInputEvent): Event[] => {
    const key = `tool:${event.id}`;
    if (event.type === 'end') return ledger.finish(key);
    if (event.type === 'start') {
      const { id: call_id, name } = event;
      return ledger.add(key, 'fc', (id) => ({ type: 'function_call', id, status: 'in_progress', call_id, name, arguments: '' }));
    }
    const entry = ledger.get<'function_call'>(key);
    if (!entry) return [];
    entry.item.arguments += event.text;
    return [{ type: 'response.function_call_arguments.delta', ...placeOf(entry), delta: event.text }];
  };

  return {
    read(part: LanguageModelV4StreamPart): Event[] {
      if (part.type === 'text-delta') return part.delta === '' ? [] : sayText(ledger, part.id, part.delta);
      if (part.type === 'text-end') return ledger.finish(`text:${part.id}`);
      if (part.type === 'reasoning-start') return think(ledger, part.id, { metadata: part.providerMetadata });
      if (part.type === 'reasoning-delta') return think(ledger, part.id, { delta: part.delta, metadata: part.providerMetadata });
      if (part.type === 'reasoning-end') {
        return [...think(ledger, part.id, { metadata: part.providerMetadata }), ...ledger.finish(`reasoning:${part.id}`)];
      }
      return tools.read(part).flatMap(call);
    },
    /** Ends whatever is still open. */
    close: (status: ItemStatus): Event[] => ledger.close(status),
    items: (): OutputItem[] => ledger.items(),
  };
}

type Ledger = ReturnType<typeof createLedger>;

/** The items of an output in their order, and which of them still grow. */
function createLedger(responseId: string) {
  const open = new Map<string, Open>();
  const items: OutputItem[] = [];

  const finish = (key: string, status: ItemStatus = 'completed'): Event[] => {
    const entry = open.get(key);
    open.delete(key);
    if (!entry) return [];
    const { item, seal } = entry;
    item.status = status;
    if (item.type === 'reasoning' && seal !== undefined) item.encrypted_content = seal;
    return [...doneEvents(entry), { type: 'response.output_item.done', output_index: entry.index, item }];
  };

  return {
    add(key: string, kind: Kind, make: (id: string) => OutputItem): Event[] {
      const index = items.length;
      const item = make(itemId(kind, responseId, index));
      items.push(item);
      open.set(key, { index, item });
      return [{ type: 'response.output_item.added', output_index: index, item: structuredClone(item) }];
    },
    get: <Type extends OutputItem['type']>(key: string) => open.get(key) as OpenItem<Type> | undefined,
    finish,
    close: (status: ItemStatus): Event[] => [...open.keys()].flatMap((key) => finish(key, status)),
    items: () => items,
  };
}

function sayText(ledger: Ledger, id: string, delta: string): Event[] {
  const key = `text:${id}`;
  const events: Event[] = [];
  let entry = ledger.get<'message'>(key);
  if (!entry) {
    events.push(
      ...ledger.add(key, 'msg', (id) => ({ type: 'message', id, status: 'in_progress', role: 'assistant', content: [] })),
    );
    entry = ledger.get<'message'>(key);
    if (!entry) return events;
    entry.item.content.push(outputText(''));
    events.push({ type: 'response.content_part.added', ...placeOf(entry), content_index: 0, part: outputText('') });
  }
  const [content] = entry.item.content;
  if (content) content.text += delta;
  return [...events, { type: 'response.output_text.delta', ...placeOf(entry), content_index: 0, delta, logprobs: [] }];
}

function think(
  ledger: Ledger,
  id: string,
  { delta = '', metadata }: { delta?: string; metadata: SharedV4ProviderMetadata | undefined },
): Event[] {
  const key = `reasoning:${id}`;
  const seal = sealOf(metadata);
  if (delta === '' && seal === undefined) return [];
  const events: Event[] = ledger.get(key)
    ? []
    : ledger.add(key, 'rs', (id) => ({ type: 'reasoning', id, status: 'in_progress', summary: [] }));
  const entry = ledger.get<'reasoning'>(key);
  if (entry && seal !== undefined) entry.seal = seal;
  if (!entry || delta === '') return events;
  const place = { ...placeOf(entry), summary_index: 0 };
  if (entry.item.summary.length === 0) {
    entry.item.summary.push({ type: 'summary_text', text: '' });
    events.push({ type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } });
  }
  const [summary] = entry.item.summary;
  if (summary) summary.text += delta;
  return [...events, { type: 'response.reasoning_summary_text.delta', ...place, delta }];
}

function placeOf({ index, item }: Open) {
  return { item_id: item.id, output_index: index };
}

function doneEvents(entry: Open): Event[] {
  const { item } = entry;
  const place = placeOf(entry);
  if (item.type === 'function_call') {
    return [{ type: 'response.function_call_arguments.done', ...place, name: item.name, arguments: item.arguments }];
  }
  if (item.type === 'message') {
    const [part] = item.content;
    return [
      { type: 'response.output_text.done', ...place, content_index: 0, text: part?.text ?? '', logprobs: [] },
      { type: 'response.content_part.done', ...place, content_index: 0, part },
    ];
  }
  const [part] = item.summary;
  if (!part) return [];
  return [
    { type: 'response.reasoning_summary_text.done', ...place, summary_index: 0, text: part.text },
    { type: 'response.reasoning_summary_part.done', ...place, summary_index: 0, part },
  ];
}
