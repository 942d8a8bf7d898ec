import type { MaybePromise } from '../api/index.ts';
import type { Settings } from '../kernel/index.ts';
import type { FeatureSettings } from './settings.ts';

/** A command of `automate`, as data: help is printed without loading what runs it. */
export interface CommandDeclaration {
  /** Words after `automate`: one, or two of which the first is a group. @example 'crm import' */
  readonly name: string;
  /** What the group is about; needed once for each group. */
  readonly group?: string;
  readonly summary: string;
  readonly example: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** Runs it; load what it needs in here. An error thrown is printed, and the process ends with 1. */
  run(input: CommandInput): MaybePromise<void>;
}

export interface CommandArgument {
  /** `<needed>`, `[optional]`, or `<several...>`. @example '<email>' */
  readonly name: string;
  readonly summary: string;
}

export interface CommandOption {
  /** As commander reads them. @example '--role <role>' */
  readonly flags: string;
  readonly summary: string;
  readonly default?: string;
}

/** What was given on the command line. */
export interface CommandInput {
  /** In their order; one of several is a list. */
  readonly arguments: readonly string[];
  readonly list: readonly string[];
  /** By their camel-cased names. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Settings of the installation as a whole. */
  readonly core: Settings;
  readonly settings: FeatureSettings;
  /** Prints the value with `--json`, else the text. */
  print(value: unknown, text: string): void;
  /** Ends the command with 1: what it was to find out is bad. */
  fail(): void;
  /** Calls the API of the running server as the local operator. @throws AppError `request_failed` */
  call<Reply>(path: string, init?: CallOptions): Promise<Reply>;
  /** The same for a reply that is no JSON. */
  fetch(path: string, init?: CallOptions): Promise<Response>;
}

export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  /** How long the reply may take, to its end. Default 30. */
  readonly seconds?: number;
}
