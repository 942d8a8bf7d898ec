import type { MaybePromise } from '../api/index.ts';

/** A command of `automate`, as data: help is printed without loading what runs it. */
export interface CommandDeclaration {
  /** Words after `automate`. @example 'crm import' */
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** Runs it; load what it needs in here. An error thrown is printed, and the process ends with 1. */
  run(input: CommandInput): MaybePromise<void>;
}

export interface CommandArgument {
  /** @example 'email' */
  readonly name: string;
  readonly summary: string;
  /** Whether it takes all that follows. */
  readonly isList?: boolean;
  readonly default?: string;
}

export interface CommandOption {
  /** As commander reads them. @example '--role <role>' */
  readonly flags: string;
  readonly summary: string;
  readonly default?: string;
}

export interface CommandInput {
  readonly arguments: Readonly<Record<string, string>> & { readonly rest: readonly string[] };
  /** By their camel-cased names. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** Prints the value with `--json`, else the text. */
  print(value: unknown, text: string): void;
  /** Calls the API of the running server as the local operator. @throws AppError `request_failed` */
  call<Reply>(path: string, init?: { method?: string; body?: unknown }): Promise<{ status: number; reply: Reply }>;
}
