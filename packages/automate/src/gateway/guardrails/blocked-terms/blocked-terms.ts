import { z } from 'zod';
import type { InputIssue } from '../../../kernel/index.ts';
import type { GuardrailCall, GuardrailSettings, GuardrailType, Side } from '../guardrail-type.ts';
import { fold } from '../text/folded-text.ts';
import { createScanFilter } from '../text/scan-filter.ts';
import { createTermAutomaton, type Term } from './term-automaton.ts';

const Config = z.strictObject({
  terms: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(2_000)
    .describe('Words and phrases. `*` at the beginning or the end of one lets the word go on there.'),
  replacement: z
    .string()
    .regex(/^[^\p{Cc}"\\]{0,40}$/u, 'must have at most 40 characters, without quotes, backslashes and control characters')
    .default('[REMOVED]')
    .describe('What stands for a term that is masked.'),
});
type Config = z.output<typeof Config>;

/** Finds words and phrases, whole and in any case, however they are encoded. */
export const blockedTerms: GuardrailType<Config> = {
  type: 'blocked_terms',
  description: 'Finds words and phrases.',
  config: Config,
  on: ['input', 'output', 'both'],
  actions: ['mask', 'block', 'flag'],
  issues: ({ terms }) => terms.flatMap(termIssues),
  compile({ action, config }: GuardrailSettings<Config>) {
    const automaton = createTermAutomaton(config.terms.map(toTerm));
    return (call: GuardrailCall) => {
      const filter = (side: Side, place: string) =>
        createScanFilter({
          hasBreaks: false,
          scan: automaton.scan,
          replace(kind) {
            call.report({ side, kind, place });
            return action === 'mask' ? config.replacement : undefined;
          },
        });
      return { input: (place) => filter('input', place), output: (place) => filter('output', place) };
    };
  },
};

function toTerm(given: string): Term {
  const isOpenBefore = given.startsWith('*');
  const isOpenAfter = given.length > 1 && given.endsWith('*');
  const text = fold(given.slice(isOpenBefore ? 1 : 0, isOpenAfter ? -1 : undefined)).trim();
  return { text, isOpenBefore, isOpenAfter };
}

function termIssues(term: string, index: number): InputIssue[] {
  const { text } = toTerm(term);
  const pointer = `/terms/${index}`;
  if (text === '') return [{ pointer, code: 'empty_term', message: 'has no character that could be found' }];
  if (!text.includes('*')) return [];
  return [{ pointer, code: 'invalid_term', message: 'may have "*" at its beginning and at its end only' }];
}
