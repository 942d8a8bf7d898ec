import type { Logger } from '../../kernel/index.ts';
import type { Breaker, Outbound } from '../../outbound/index.ts';
import type { AnswerCache } from '../cache/answer-cache.ts';
import type { Directory } from '../endpoints/directory.ts';
import type { Limits } from '../limits/limits.ts';
import type { Prices } from '../prices/prices.ts';
import type { ProviderClients } from '../providers/clients.ts';
import type { KindRegistry } from '../providers/kinds-registry.ts';
import type { CallLog } from './call-log.ts';
import type { Guards } from './guards.ts';

/** What calls of models are made with. */
export interface CallServices {
  readonly directory: Directory;
  readonly clients: ProviderClients;
  readonly kinds: KindRegistry;
  readonly outbound: Outbound;
  readonly limits: Limits;
  readonly prices: Prices;
  readonly log: CallLog;
  readonly guards: Guards;
  readonly cache: AnswerCache;
  readonly logger: Logger;
  /** Circuits of providers, apart for each tenant. */
  readonly breaker: Breaker;
}
