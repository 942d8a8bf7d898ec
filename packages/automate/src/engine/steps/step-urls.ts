import { isTemplate } from './fields/field-issues.ts';
import { fieldUrls } from './fields/field-urls.ts';
import { type Field, templateKindOf } from './fields/fields.ts';
import type { StepType } from './step-type.ts';

/** Whether a configuration of this type can tell where it goes at all. */
export function knowsUrls(step: StepType): boolean {
  return step.urls !== undefined || hasUrl({ fields: step.fields });
}

function hasUrl(field: Field): boolean {
  if (typeof field !== 'object') return templateKindOf(field) === 'url';
  return 'each' in field ? hasUrl(field.each) : Object.values(field.fields).some(hasUrl);
}

/** Where a step goes, as far as its configuration tells. */
export function urlsOf(step: StepType, config: unknown): string[] {
  const urls = step.urls?.(config) ?? fieldUrls(config, step.fields).map(({ text }) => text);
  return [...new Set(urls.filter((url) => !isTemplate(url) && URL.canParse(url)))];
}
