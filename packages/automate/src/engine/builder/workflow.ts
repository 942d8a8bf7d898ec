import type { z } from 'zod';
import type { Trigger, WorkflowSettings } from '../schemas.ts';
import type { WorkflowCreate } from '../workflows/schemas.ts';
import { Flow } from './flow.ts';
import { toRule, type Value } from './ref.ts';

/** A workflow written in TypeScript; `toJSON` makes what the API takes. */
export class WorkflowBuilder extends Flow {
  readonly slug: string;
  readonly #name: string;
  readonly #triggers: z.input<typeof Trigger>[] = [];
  #settings: z.input<typeof WorkflowSettings> = {};
  #isLive: boolean | undefined;

  constructor(slug: string, name: string) {
    super();
    this.slug = slug;
    this.#name = name;
  }

  /** Starts it for events of a type or a prefix such as `order.*`; the filter sees the event: `ref('payload.amount')`. */
  on(type: 'event', eventType: string, filter?: Value, options?: { priority?: number; is_active?: boolean }): this;
  on(type: 'manual'): this;
  on(type: 'event' | 'manual', eventType?: string, filter?: Value, options: object = {}): this {
    this.#triggers.push({
      type,
      ...(eventType !== undefined && { event_type: eventType }),
      ...(filter !== undefined && { filter: toRule(filter) }),
      ...options,
    });
    return this;
  }

  /** What holds for it as a whole: timeout, error workflow, concurrency and so on. */
  settings(settings: z.input<typeof WorkflowSettings>): this {
    this.#settings = { ...this.#settings, ...settings };
    return this;
  }

  /** Whether its triggers start executions. Default: as it is, and at first true. */
  live(isLive: boolean): this {
    this.#isLive = isLive;
    return this;
  }

  toJSON(): z.input<typeof WorkflowCreate> {
    return {
      name: this.#name,
      slug: this.slug,
      graph: this.toGraph(),
      triggers: [...this.#triggers],
      settings: this.#settings,
      ...(this.#isLive !== undefined && { is_live: this.#isLive }),
    };
  }
}

/**
 * Begins a workflow.
 * @example
 * workflow('order-intake').on('event', 'order.created').step('call', 'http.request', { url: 'https://example.com/' });
 */
export function workflow(slug: string, { name = slug }: { readonly name?: string } = {}): WorkflowBuilder {
  return new WorkflowBuilder(slug, name);
}
