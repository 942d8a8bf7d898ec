import { z } from 'zod';
import { studioGroups } from '../../platform/index.ts';

export const Words = z.object({ en: z.string(), it: z.string().optional() }).meta({ id: 'Words' });

export const StudioPageEntry = z
  .object({
    path: z.string().describe('Below `/studio/`'),
    title: Words,
    icon: z.string(),
    group: z.enum(studioGroups),
    key: z.string().nullable().describe('Letter that leads there after `G`'),
    module: z
      .string()
      .nullable()
      .describe('Path of the ES module that draws it, below the base path; null: the Studio does itself'),
  })
  .meta({ id: 'StudioPageEntry' });

export const StudioPages = z
  .object({ pages: z.array(StudioPageEntry).describe('In the order of the navigation') })
  .meta({ id: 'StudioPages' });

export const StudioCounts = z
  .object({ counts: z.record(z.string(), z.int()).describe('By the path of the page') })
  .meta({ id: 'StudioCounts' });
