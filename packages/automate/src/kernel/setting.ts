import { z } from 'zod';

/** Schemas of settings, which come as texts out of the environment. */
export const setting = {
  /** @example setting.integer({ default: 12, min: 3, max: 500 }) */
  integer: ({ default: fallback, min, max }: { readonly default: number; readonly min: number; readonly max: number }) =>
    z.coerce.number().int().min(min).max(max).default(fallback),
  /** A part of a second counts. */
  seconds: ({ default: fallback, min, max }: { readonly default: number; readonly min: number; readonly max: number }) =>
    z.coerce.number().min(min).max(max).default(fallback),
  /** `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`. */
  flag: ({ default: fallback }: { readonly default: boolean }) => z.stringbool().default(fallback),
  /** Separated by commas. */
  list: () =>
    z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
      ),
  httpUrl: () => z.url({ protocol: /^https?$/ }),
};
