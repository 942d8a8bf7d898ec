import type { Db } from '../db/index.ts';
import type { Redactor } from '../kernel/index.ts';
import type { ApiKeys } from './api-keys/api-key.ts';
import type { Audit } from './audit/audit.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly database: Db;
    readonly audit: Audit;
    readonly apiKeys: ApiKeys;
    /** Takes secrets out of what is shown. */
    readonly redact: Redactor;
  }
}
