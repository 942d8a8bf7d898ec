import type { z } from 'zod';
import type { AppServices } from '../../api/index.ts';
import type { InputIssue } from '../../kernel/index.ts';
import type { Fields } from './fields/fields.ts';
import type { MadeBody } from './made-body.ts';
import type { StepRunner } from './step-runner.ts';

/** What is said about a kind of step, whatever it does. `Config` is its configuration as the schema gives it. */
export interface StepTraits<Config> {
  /** For example `http.request`. */
  readonly type: string;
  readonly description: string;
  readonly config: z.ZodType<Config>;
  /** Which fields of the configuration are templates or rules; all others are taken as they are written. */
  readonly fields?: Fields;
  /**
   * What it does outside of the execution. `none`: nothing; `http`: only what `context.http` sends. Both run in a dry run, which notes
   * the requests. Default `other`: a dry run does not run it.
   */
  readonly effects?: 'none' | 'http' | 'other';
  /**
   * How the input is made, so that every try of a step works on the same: `rendered` by the templates and rules of the configuration
   * alone (default without an `input` of its own); `computed` by code that makes the same of the same scope (default with one); `unique`, another
   * one each time, as with a random number or the time. What might come out differently after a crash is stored before the step acts,
   * which costs a write.
   */
  readonly inputKind?: 'rendered' | 'computed' | 'unique';
  /** Every route the step can leave by, when it decides; edges may name no other but `error`. */
  routes?(config: Config): readonly string[];
  /**
   * Where it goes, as far as the configuration tells: the policy refuses a graph that calls a host which it does not allow. A text that holds a
   * template tells nothing. Default: the fields of the kind `url`. What is called in the end is asked about again.
   */
  urls?(config: Config): readonly string[];
  /** What can only be found out elsewhere, asked once, when a graph is saved; issues with pointers into the configuration. */
  check?(config: Config): Promise<readonly InputIssue[]>;
}

/** A kind of step, made by `defineStep` and passed to `createAutomate({ steps })`. */
export interface StepType extends StepTraits<unknown> {
  readonly fields: Fields;
  readonly effects: 'none' | 'http' | 'other';
  readonly inputKind: 'rendered' | 'computed' | 'unique';
  /** The field of the configuration that holds a graph. */
  readonly bodyField?: string;
  /** Whether that graph runs once and not again and again. */
  readonly isBodyOnce?: boolean;
  /** Makes the graph that it repeats, where none stands in the configuration. */
  readonly madeBody?: MadeBody<StepType>;
  /** Whether it stands only in graphs that other steps make: nobody writes one. */
  readonly isInternal?: boolean;
  /** The same with services of the product at hand. */
  bind?(services: () => AppServices): StepType;
  /** @throws AppError `invalid_input` with pointers into the configuration */
  compile(config: unknown): StepRunner;
}
