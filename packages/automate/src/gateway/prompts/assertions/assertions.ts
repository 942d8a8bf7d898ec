import { z } from 'zod';
import { toInputIssues } from '../../../api/index.ts';
import { AppError, errorMessage, type InputIssue, type JsonObject } from '../../../kernel/index.ts';
import { inTurn } from '../in-turn.ts';
import type { AssertionContext, AssertionSubject, AssertionType, Verdict } from './assertion-type.ts';
import { jsonSchema } from './json-schema.ts';
import { limitAssertions } from './limits.ts';
import { llmJudge } from './llm-judge.ts';
import { regex } from './regex.ts';
import { similarity } from './similarity.ts';
import { textAssertions } from './text.ts';

/** How long one assertion may take, models included. */
const TIMEOUT_MS = 120_000;

/** An assertion as it is stored: its type beside its configuration. */
export type StoredAssertion = JsonObject & { readonly type: string };

/** All types of assertions there are. */
export interface Assertions {
  /** What is wrong with an assertion, with pointers into it. */
  issues(assertion: StoredAssertion): InputIssue[];
  /** What comes of one; an error in it is a verdict too, but for a cancelled run and a limit that was reached, which are thrown. */
  evaluate(assertion: StoredAssertion, subject: AssertionSubject, context: AssertionContext): Promise<Verdict>;
  readonly catalog: readonly { readonly type: string; readonly description: string; readonly config: JsonObject }[];
}

/** @param own types of hosts */
export function createAssertions(own: readonly AssertionType[]): Assertions {
  const builtIn = [...textAssertions, regex, jsonSchema, similarity, llmJudge, ...limitAssertions];
  const types = new Map([...builtIn, ...own].map((type) => [type.type, type]));
  return {
    issues({ type: name, ...config }) {
      const type = types.get(name);
      if (!type) {
        const known = [...types.keys()];
        return [{ pointer: '/type', code: 'unknown_assertion', message: `must be one of ${known.join(', ')}`, known }];
      }
      const parsed = type.config.safeParse(config);
      return parsed.success ? (type.check?.(parsed.data) ?? []) : toInputIssues(parsed.error);
    },
    async evaluate({ type: name, ...config }, subject, context) {
      const type = types.get(name);
      if (!type) return { passed: false, reason: `there is no type of assertion "${name}" any more` };
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const signal = AbortSignal.any([context.signal, timeout]);
      try {
        const evaluated = inTurn(() => type.evaluate(type.config.parse(config), subject, { ...context, signal }));
        return await Promise.race([evaluated, ended(signal)]);
      } catch (error) {
        if (context.signal.aborted || isLimit(error)) throw error;
        const reason = timeout.aborted ? `took longer than ${TIMEOUT_MS / 1_000} s` : `failed: ${errorMessage(error)}`;
        return { passed: false, reason };
      }
    },
    catalog: [...types.values()].map(({ type, description, config }) => ({
      type,
      description,
      config: z.toJSONSchema(config, { io: 'input' }) as JsonObject,
    })),
  };
}

/** Whether the same would go well later, without anything being changed. */
export function isLimit(error: unknown): error is AppError {
  return AppError.is(error) && error.status === 429;
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
