import type { z } from 'zod';
import type { InputIssue, JsonObject } from '../../../kernel/index.ts';
import type { ChatAnswer, ChatRequest, EmbedAnswer, EmbedRequest } from '../prompt-caller.ts';

/** What a case has come to. */
export interface AssertionSubject {
  /** All that the model said. */
  readonly output: string;
  readonly variables: JsonObject;
  readonly latencyMs: number;
  /** Billionths of a dollar; null where no price is known. */
  readonly costNanos: number | null;
}

/** What an assertion may use. What it asks of models counts to the cost of the case. */
export interface AssertionContext {
  /** Fires when the run is cancelled, and when the assertion takes too long. */
  readonly signal: AbortSignal;
  chat(request: Omit<ChatRequest, 'signal'>): Promise<ChatAnswer>;
  embed(request: Omit<EmbedRequest, 'signal'>): Promise<EmbedAnswer>;
}

export interface Verdict {
  readonly passed: boolean;
  /** From 0 to 1, where there is more than yes and no. */
  readonly score?: number | undefined;
  /** One sentence, for people. */
  readonly reason: string;
}

/**
 * A way to tell whether an answer is right.
 * @typeParam Config what is set of each assertion of the type
 */
export interface AssertionType<Config extends z.ZodObject = z.ZodObject> {
  /** One of a host has a dot in its name. @example 'acme.polite' */
  readonly type: string;
  readonly description: string;
  /** Without `type`; each field described, for editors. */
  readonly config: Config;
  /** What the schema cannot say, when a case is saved; pointers into the configuration. */
  check?(config: z.output<Config>): InputIssue[];
  /** An error fails the assertion, with its message as the reason. */
  evaluate(config: z.output<Config>, subject: AssertionSubject, context: AssertionContext): Verdict | Promise<Verdict>;
}

/**
 * Declares a type of assertion.
 * @throws TypeError for a name without a dot
 * @example
 * export const polite = defineAssertion({
 *   type: 'acme.polite',
 *   description: 'Says please',
 *   config: z.strictObject({}),
 *   evaluate: (_config, { output }) => ({ passed: /please/i.test(output), reason: 'It is to say please.' }),
 * });
 */
export function defineAssertion<Config extends z.ZodObject>(type: AssertionType<Config>): AssertionType {
  if (!/^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/.test(type.type))
    throw new TypeError(`A type of assertion must have a name like "acme.polite": "${type.type}" has not.`);
  return declare(type);
}

/** One of ours, whose name has no dot. */
export function declare<Config extends z.ZodObject>(type: AssertionType<Config>): AssertionType {
  return Object.freeze(type) as unknown as AssertionType;
}

declare module '../../../platform/index.ts' {
  interface FeatureParts {
    /** Types of assertions that the cases of prompts may have. */
    readonly promptAssertions?: readonly AssertionType[];
  }
}
