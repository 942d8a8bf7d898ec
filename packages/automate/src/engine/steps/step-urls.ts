import { isTemplate } from './fields/field-issues.ts';
import { fieldUrls } from './fields/field-urls.ts';
import type { StepType } from './step-type.ts';

/** Where a step goes, as far as its configuration tells. */
export function urlsOf(step: StepType, config: unknown): string[] {
  const urls = step.urls?.(config) ?? fieldUrls(config, step.fields).map(({ text }) => text);
  return [...new Set(urls.filter((url) => !isTemplate(url) && URL.canParse(url)))];
}
