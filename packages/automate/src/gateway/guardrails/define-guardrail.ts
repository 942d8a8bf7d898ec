import type { z } from 'zod';
import type { GuardrailAction, GuardrailCall, GuardrailSettings, GuardrailType, Side } from './guardrail-type.ts';
import { createOwnFilter, type OwnMatch } from './own-filter.ts';

/** Finds what must not be there. It may ask a service; what it throws refuses the call. */
export type FindMatches<Config> = (
  text: string,
  config: Config,
  context: { readonly signal: AbortSignal | undefined },
) => Iterable<OwnMatch> | Promise<Iterable<OwnMatch>>;

export interface GuardrailDeclaration<Config> {
  /** With a dot, so that it never meets one of ours. */
  readonly type: string;
  readonly description?: string;
  readonly config: z.ZodType<Config>;
  /** What it may do about a match. Default: all. */
  readonly actions?: readonly GuardrailAction[];
  readonly input?: FindMatches<Config>;
  readonly output?: FindMatches<Config>;
  /**
   * How the output is looked at while it comes. `window`: a match has at most so many characters, and can be told by as many before and
   * behind it. Else a text is held back until it has ended.
   */
  readonly stream?: { readonly window: number };
}

/**
 * Declares a guardrail of a host.
 * @throws TypeError for a type without a dot, and for one that looks at nothing
 * @example
 * export const noTickets = defineGuardrail({
 *   type: 'acme.tickets',
 *   config: z.strictObject({ prefix: z.string() }),
 *   output: (text, { prefix }) => findTickets(text, prefix),
 *   stream: { window: 20 },
 * });
 */
export function defineGuardrail<Config>(declaration: GuardrailDeclaration<Config>): GuardrailType {
  const { type, description = '', config, actions = ['mask', 'block', 'flag'], input, output, stream } = declaration;
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(type))
    throw new TypeError(`A guardrail needs a type with a dot, such as "acme.tickets": "${type}" is none.`);
  if (!input && !output) throw new TypeError(`${type}: a guardrail looks at the input, the output or both.`);
  if (stream && !(Number.isInteger(stream.window) && stream.window > 0)) throw new TypeError(`${type}: a window has characters.`);
  const on = input && output ? (['input', 'output', 'both'] as const) : [input ? ('input' as const) : ('output' as const)];
  return Object.freeze({
    type,
    description,
    config,
    on,
    actions,
    compile: ({ action, config: given }: GuardrailSettings<Config>) => {
      const begin = (find: FindMatches<Config>, side: Side, call: GuardrailCall) => (place: string) =>
        createOwnFilter({
          find: (text) => find(text, given, { signal: call.signal }),
          window: side === 'output' ? stream?.window : undefined,
          replace({ kind = type, replacement = '[REMOVED]' }) {
            call.report({ side, kind: kind.slice(0, 60), place });
            return action === 'mask' ? replacement : undefined;
          },
        });
      return (call: GuardrailCall) => ({
        ...(input && { input: begin(input, 'input', call) }),
        ...(output && { output: begin(output, 'output', call) }),
      });
    },
  }) as GuardrailType;
}
