import type { SharedV4ProviderMetadata, SharedV4ProviderOptions } from '@ai-sdk/provider';
import { thinkingSeal } from '../anthropic-messages/message.ts';

const SIGNED = 'anthropic-signature:';
const REDACTED = 'anthropic-redacted:';

/**
 * What a provider wants back with its reasoning, as the one opaque text that this protocol has for it.
 * @returns undefined where the provider gave nothing
 */
export function sealOf(metadata: SharedV4ProviderMetadata | undefined): string | undefined {
  const { signature, redacted } = thinkingSeal(metadata);
  if (redacted !== undefined) return REDACTED + redacted;
  if (signature !== undefined) return SIGNED + signature;
  const encrypted = metadata?.openai?.reasoningEncryptedContent;
  return typeof encrypted === 'string' ? encrypted : undefined;
}

/** The same, back. */
export function optionsOfSeal(
  seal: string | null | undefined,
  itemId: string | null | undefined,
): SharedV4ProviderOptions | undefined {
  if (!seal) return undefined;
  if (seal.startsWith(SIGNED)) return { anthropic: { signature: seal.slice(SIGNED.length) } };
  if (seal.startsWith(REDACTED)) return { anthropic: { redactedData: seal.slice(REDACTED.length) } };
  return { openai: { ...(itemId && { itemId }), reasoningEncryptedContent: seal } };
}
