import { z } from 'zod';
import { AnyJson } from '../../engine/index.ts';
import { Words } from '../pages/schemas.ts';

export const WizardTemplateEntry = z
  .object({
    name: z.string(),
    title: Words,
    description: Words,
    icon: z.string(),
    values: z.record(z.string(), AnyJson).describe('Fields of the form that it fills in'),
    sample: AnyJson.nullable().describe('Something to try it with'),
  })
  .meta({ id: 'WizardTemplate' });

export const WizardEntry = z
  .object({
    name: z.string(),
    title: Words,
    description: Words,
    icon: z.string(),
    schema: z.record(z.string(), AnyJson).describe('JSON Schema of the form: the body of the request'),
    labels: z.record(z.string(), Words).describe('What its fields are called'),
    hints: z.record(z.string(), Words).describe('What stands below them'),
    steps: z
      .array(z.object({ title: Words, note: Words.nullable(), fields: z.array(z.string()) }))
      .describe('Empty: all at once'),
    templates: z.array(WizardTemplateEntry),
    operation: z.object({
      method: z.enum(['POST', 'PUT']),
      path: z.string().describe('Below the base path'),
    }),
    next: z.object({ title: Words, path: z.string().describe('Below `/studio/`; `{id}` is a field of the reply') }),
  })
  .meta({ id: 'Wizard' });

export const Wizards = z.object({ wizards: z.array(WizardEntry) }).meta({ id: 'Wizards' });
