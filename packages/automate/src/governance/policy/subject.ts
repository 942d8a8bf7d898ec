import type { AppError } from '../../kernel/index.ts';
import { type Layers, listIn } from './layers.ts';
import type { ListRule } from './rule.ts';
import { listed, orChange, setBy } from './sentences.ts';

type Matches = (patterns: readonly string[]) => boolean;

/** One thing that list rules may refuse, with the words to say so. */
export interface Subject {
  readonly allowed: readonly [rule: ListRule, matches: Matches];
  readonly denied?: readonly [rule: ListRule, matches: Matches];
  readonly error: (detail: string) => AppError;
  /** @example 'The host a.example may not be called' */
  readonly what: string;
  /** @example 'Call another host' */
  readonly instead: string;
}

/** Why the layers refuse something; undefined when they do not. */
export function refuseBy(layers: Layers, { allowed, denied, error, what, instead }: Subject): AppError | undefined {
  for (const layer of ['operator', 'tenant'] as const) {
    const open = listIn(layers[layer], allowed[0]);
    const closed = denied && listIn(layers[layer], denied[0]);
    if (denied && closed && denied[1](closed))
      return error(`${what}: ${setBy(denied[0], layer)}, names ${listed(closed)}. ${instead}, ${orChange(layer)}`);
    if (open && !allowed[1](open))
      return error(`${what}: ${setBy(allowed[0], layer)}, allows ${listed(open)}. ${instead}, ${orChange(layer)}`);
  }
  return undefined;
}
