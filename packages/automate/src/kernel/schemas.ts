import { z } from 'zod';

/** A moment as it goes out: UTC with milliseconds. */
export const Timestamp = z.iso.datetime();

/** A date and time with zone, as PostgreSQL can hold it; handed on in UTC. */
export const DateTime = z.iso
  .datetime({ offset: true, error: 'must be a date and time with zone, for example 2026-01-31T12:00:00Z' })
  .refine((text) => !text.startsWith('0000') && !Number.isNaN(Date.parse(text)), 'must lie in the years 0001 to 9999')
  .overwrite((text) => (Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString()));

export const TraceId = z.string().min(1).max(128);
