import { z } from 'zod';

/** A moment as it goes out: UTC with milliseconds. */
export const Timestamp = z.iso.datetime();

export const TraceId = z.string().min(1).max(128);
