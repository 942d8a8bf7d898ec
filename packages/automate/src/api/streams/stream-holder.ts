import { actorName } from '../../kernel/index.ts';
import { addressKey } from '../access/rate.ts';
import type { Context } from '../http/context.ts';
import type { StreamHolder } from './open-streams.ts';

/** Whose stream the reply to a request is. */
export function streamHolder({ principal, request }: Pick<Context, 'principal' | 'request'>): StreamHolder {
  if (!principal) return { caller: `ip:${addressKey(request.ip)}`, tenantId: undefined };
  return { caller: actorName(principal), tenantId: principal.tenantId };
}
