import type { ProviderKind } from '../provider-kind.ts';
import { openaiCompatible } from './openai-compatible.ts';

/** Vendors of models, and servers that speak as one. */
export const remoteKinds: readonly ProviderKind[] = [openaiCompatible];
