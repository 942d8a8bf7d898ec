import { z } from 'zod';

/** A path of this site in printable ASCII. Browsers read `//host` and `/\host` as another site, and skip over control characters. */
const LocalPath = z
  .string()
  .max(2_000)
  .regex(/^\/(?!\/)[!-[\]-~]*$/, 'must be a path of this site, such as /studio/, percent-encoded');

export const SingleSignOnStart = z.object({ next: LocalPath.default('/').describe('Path to go to afterwards') });
