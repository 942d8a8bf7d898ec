import { errorMessage, type JsonObject, toStorableJson } from '../../kernel/index.ts';
import { type TemplateMode, templateModes } from './modes.ts';
import { compileTemplate } from './templates.ts';

/** A case of the template corpus. The context is made plain JSON first, as every event and step output is before a template sees it. */
export interface TemplateProbe {
  readonly template: string;
  readonly context?: object;
  readonly mode?: string;
}

/** Renders with the real engine. `ms` is how long the event loop was blocked. */
export function probeTemplate(probe: TemplateProbe): { output: string; ms: number } | { error: string; ms: number } {
  const start = performance.now();
  try {
    const mode = templateModes.find((known) => known === (probe.mode ?? 'text'));
    if (!mode) throw new Error(`unknown mode; known: ${templateModes.join(' ')}`);
    const context = toStorableJson(probe.context ?? {}) as JsonObject;
    return {
      output: compileTemplate(probe.template, { mode: mode as TemplateMode }).render(context),
      ms: performance.now() - start,
    };
  } catch (error) {
    return { error: errorMessage(error), ms: performance.now() - start };
  }
}
