import type { LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider';
import { createToolInputs, type ToolInputEvent } from '../tool-inputs.ts';
import { type ItemStatus, itemId, type OutputItem, outputText } from './output-items.ts';
import { sealOf } from './seal.ts';

type Item<Type extends OutputItem['type']> = Extract<OutputItem, { type: Type }>;
type Event = { readonly type: string } & Record<string, unknown>;
interface Open<Type extends OutputItem['type'] = OutputItem['type']> {
  readonly index: number;
  readonly item: Item<Type>;
  isOver: boolean;
  seal?: string;
}

/** Builds the output of a response from a model's stream, and tells what happens to it. Items may grow side by side. */
export function createOutput(responseId: string) {
  const tools = createToolInputs();
  const open = new Map<string, Open>();
  const items: Open[] = [];

  const add = (key: string, item: OutputItem): Event[] => {
    const entry = { index: items.length, item, isOver: false };
    items.push(entry);
    open.set(key, entry);
    return [{ type: 'response.output_item.added', output_index: entry.index, item: structuredClone(item) }];
  };
  const idOf = (kind: 'msg' | 'fc' | 'rs') => itemId(kind, responseId, items.length);
  const status = 'in_progress' as const;

  const sayText = (id: string, delta: string): Event[] => {
    const key = `text:${id}`;
    const events: Event[] = [];
    if (!open.has(key)) {
      events.push(...add(key, { type: 'message', id: idOf('msg'), status, role: 'assistant', content: [] }));
      const begun = open.get(key) as Open<'message'>;
      begun.item.content.push(outputText(''));
      events.push({ type: 'response.content_part.added', ...placeOf(begun), content_index: 0, part: outputText('') });
    }
    const entry = open.get(key) as Open<'message'>;
    const [content] = entry.item.content;
    if (content) content.text += delta;
    return [...events, { type: 'response.output_text.delta', ...placeOf(entry), content_index: 0, delta, logprobs: [] }];
  };

  const think = (id: string, delta: string, metadata: SharedV4ProviderMetadata | undefined): Event[] => {
    const key = `reasoning:${id}`;
    const seal = sealOf(metadata);
    if (delta === '' && seal === undefined) return [];
    const events = open.has(key) ? [] : add(key, { type: 'reasoning', id: idOf('rs'), status, summary: [] });
    const entry = open.get(key) as Open<'reasoning'>;
    if (seal !== undefined) entry.seal = seal;
    if (delta === '') return events;
    const place = { ...placeOf(entry), summary_index: 0 };
    if (entry.item.summary.length === 0) {
      entry.item.summary.push({ type: 'summary_text', text: '' });
      events.push({ type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } });
    }
    const [summary] = entry.item.summary;
    if (summary) summary.text += delta;
    return [...events, { type: 'response.reasoning_summary_text.delta', ...place, delta }];
  };

  const call = (event: ToolInputEvent): Event[] => {
    const key = `tool:${event.id}`;
    if (event.type === 'start') {
      return add(key, { type: 'function_call', id: idOf('fc'), status, call_id: event.id, name: event.name, arguments: '' });
    }
    if (event.type === 'end') return finish(key);
    const entry = open.get(key) as Open<'function_call'>;
    entry.item.arguments += event.text;
    return [{ type: 'response.function_call_arguments.delta', ...placeOf(entry), delta: event.text }];
  };

  const finish = (key: string, status: ItemStatus = 'completed'): Event[] => {
    const entry = open.get(key);
    open.delete(key);
    if (!entry) return [];
    entry.isOver = true;
    entry.item.status = status;
    if (entry.item.type === 'reasoning' && entry.seal !== undefined) entry.item.encrypted_content = entry.seal;
    return [...doneEvents(entry), { type: 'response.output_item.done', output_index: entry.index, item: entry.item }];
  };

  return {
    read(part: LanguageModelV4StreamPart): Event[] {
      if (part.type === 'text-delta') return part.delta === '' ? [] : sayText(part.id, part.delta);
      if (part.type === 'text-end') return finish(`text:${part.id}`);
      if (part.type === 'reasoning-start') return think(part.id, '', part.providerMetadata);
      if (part.type === 'reasoning-delta') return think(part.id, part.delta, part.providerMetadata);
      if (part.type === 'reasoning-end') {
        return [...think(part.id, '', part.providerMetadata), ...finish(`reasoning:${part.id}`)];
      }
      return tools.read(part).flatMap(call);
    },
    /** Ends whatever is still open. */
    close: (status: ItemStatus): Event[] => [...open.keys()].flatMap((key) => finish(key, status)),
    items: (): OutputItem[] => items.map(({ item }) => item),
  };
}

function placeOf({ index, item }: { readonly index: number; readonly item: { readonly id: string } }) {
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
