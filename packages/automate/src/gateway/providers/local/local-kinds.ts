import type { ProviderKind } from '../provider-kind.ts';
import { demoKind } from './demo/demo-kind.ts';
import { embeddingsKind } from './embeddings/embeddings-kind.ts';
import { fliteKind } from './flite/flite-kind.ts';
import { pocketsphinxKind } from './pocketsphinx/pocketsphinx-kind.ts';
import { tesseractKind } from './tesseract/tesseract-kind.ts';

/** Kinds of providers that need no key: programs and models of this machine, and one that is scripted. */
export const localKinds: readonly ProviderKind[] = [demoKind, embeddingsKind, fliteKind, pocketsphinxKind, tesseractKind];
