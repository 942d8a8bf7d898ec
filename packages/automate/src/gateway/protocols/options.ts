import type { LanguageModelV4CallOptions, SharedV4ProviderOptions } from '@ai-sdk/provider';
import { defined } from './defined.ts';

/** What a request asks of a model, without its signal and headers, which belong to the call. */
export type CallOptions = Omit<LanguageModelV4CallOptions, 'abortSignal' | 'headers' | 'includeRawChunks'>;

export type Reasoning = NonNullable<CallOptions['reasoning']>;

/** Where a part may be kept in the provider's cache, as Anthropic's protocol marks it and others have copied. */
export function cacheOptions(control: unknown): SharedV4ProviderOptions | undefined {
  if (typeof control !== 'object' || control === null) return undefined;
  return { anthropic: { cacheControl: control as { type: 'ephemeral' } } };
}

/** Options that vendors name each in their own way; what a vendor does not know, it does not read. */
export function vendorOptions({
  user,
  isParallel,
  openai = {},
  anthropic = {},
}: {
  /** The end user, by whatever name the client gave. */
  user?: string | null | undefined;
  /** Whether tools may be called side by side. */
  isParallel?: boolean | null | undefined;
  openai?: object;
  anthropic?: object;
}): { providerOptions?: SharedV4ProviderOptions } {
  const options = {
    openai: defined({ user, parallelToolCalls: isParallel, ...openai }),
    anthropic: defined({
      metadata: user ? { userId: user } : undefined,
      disableParallelToolUse: typeof isParallel === 'boolean' ? !isParallel : undefined,
      ...anthropic,
    }),
  };
  const used = Object.entries(options).filter(([, fields]) => Object.keys(fields).length > 0);
  return used.length === 0 ? {} : { providerOptions: Object.fromEntries(used) as SharedV4ProviderOptions };
}

/** Tools and which of them to call; without tools there is nothing to choose. */
export function toolOptions(
  tools: CallOptions['tools'],
  toolChoice: CallOptions['toolChoice'],
): Pick<CallOptions, 'tools' | 'toolChoice'> {
  if (!tools || tools.length === 0) return {};
  return { tools, ...(toolChoice && { toolChoice }) };
}
