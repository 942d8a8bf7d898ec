import { AppError, isJson, turns } from '../../kernel/index.ts';
import type { TextVisitor } from './call/text-visitor.ts';
import { guardrailErrors } from './errors.ts';
import type { RunningGuardrail } from './guardrail-type.ts';
import { mapJsonText } from './text/json-literals.ts';
import { createReplacer } from './text/replacer.ts';
import { chain, type TextFilter } from './text/text-filter.ts';
import type { Vault } from './vault.ts';
import type { WorkBudget } from './work-budget.ts';

export interface CallFiltersOptions {
  readonly running: readonly RunningGuardrail[];
  readonly vault: Vault;
  readonly budget: WorkBudget;
  /** Counts what is held back whole, which is counted by the other when it is filtered. */
  readonly holding: WorkBudget;
  readonly signal: AbortSignal | undefined;
}

/** How the texts of one call are filtered. */
export interface CallFilters {
  readonly input: TextVisitor;
  /** What the guardrails leave of an answer, the caller's values put back. */
  readonly output: TextVisitor;
  /** Counts what is held back whole. @throws AppError `guardrail_over_budget` */
  hold(characters: number): void;
  /** Begins a text of the answer that comes in pieces. */
  beginOutput(place: string): TextFilter;
}

/** Characters that are filtered before others have their turn. */
const PIECE = 32_768;

export function createCallFilters({ running, vault, budget, holding, signal }: CallFiltersOptions): CallFilters {
  const inputs = running.flatMap(({ input }) => input ?? []);
  const outputs = running.flatMap(({ output }) => output ?? []);
  const beginInput = (place: string) => chain(inputs.map((begin) => begin(place)));
  const beginOutput = (place: string) => {
    const filters = outputs.map((begin) => begin(place));
    return chain(vault.replacements().size > 0 ? [...filters, createReplacer(vault.replacements())] : filters);
  };

  async function filterText(filter: TextFilter, text: string): Promise<string> {
    let output = '';
    for (let at = 0; at < text.length; at += PIECE) {
      signal?.throwIfAborted();
      await turns.wait();
      output += await guarded(() => filter.push(text.slice(at, at + PIECE)));
    }
    return output + (await guarded(() => filter.end()));
  }

  /** Whatever goes wrong within a guardrail, nothing goes past it. */
  async function guarded(work: () => string | Promise<string>): Promise<string> {
    try {
      return await budget.timed(work);
    } catch (error) {
      if (AppError.is(error) || signal?.aborted) throw error;
      throw guardrailErrors.guardrail_failed('A guardrail of the endpoint failed, so the call was not let through.', {
        cause: error,
      });
    }
  }

  function visitor(begin: (place: string) => TextFilter, isCounted: boolean): TextVisitor {
    const text = (given: string, place: string) => {
      if (isCounted) budget.spend(given.length);
      return filterText(begin(place), given);
    };
    const json = (given: string, place: string) =>
      isJson(given) ? mapJsonText(given, (literal) => text(literal, place)) : text(given, place);
    return { text, json };
  }

  return {
    // What is sent was counted before anything was done about it.
    input: visitor(beginInput, false),
    output: visitor(beginOutput, true),
    hold: holding.spend,
    beginOutput(place) {
      const filter = beginOutput(place);
      return {
        push(piece) {
          signal?.throwIfAborted();
          budget.spend(piece.length);
          return guarded(() => filter.push(piece));
        },
        end: () => guarded(() => filter.end()),
      };
    },
  };
}
