export const budgetScopes = ['tenant', 'endpoint', 'api_key'] as const;
export const budgetPeriods = ['minute', 'hour', 'day', 'week', 'month', 'total'] as const;
export const budgetMetrics = ['requests', 'tokens', 'usd'] as const;

/** How much may be used of something in each period. */
export interface Budget {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scope: (typeof budgetScopes)[number];
  readonly subjectId: string | null;
  readonly period: (typeof budgetPeriods)[number];
  readonly metric: (typeof budgetMetrics)[number];
  /** Requests, tokens or dollars, as a decimal. */
  readonly amount: string;
  /** The same in requests, tokens or nano-dollars. */
  readonly units: number;
  readonly thresholds: readonly number[];
  readonly isHard: boolean;
  readonly allowsUnpriced: boolean;
}

/** Whose call it is. */
export interface LimitSubject {
  readonly tenantId: string;
  readonly endpointId: string | null;
  readonly apiKeyId: string | null;
}

/** What a call is expected to use; `nanos` is null where no price is known. */
export interface Need {
  readonly tokens: number;
  readonly nanos: number | null;
}

export function appliesTo({ scope, subjectId }: Budget, { endpointId, apiKeyId }: LimitSubject): boolean {
  if (scope === 'tenant') return true;
  return subjectId !== null && subjectId === (scope === 'endpoint' ? endpointId : apiKeyId);
}

const NANOS = 1_000_000_000n;

/** Units of a budget as people read them: dollars as an exact decimal. */
export function amountOf(metric: Budget['metric'], units: number): string {
  if (metric !== 'usd') return String(Math.round(units));
  const whole = BigInt(Math.round(units));
  const [sign, nanos] = whole < 0n ? ['-', -whole] : ['', whole];
  const rest = String(nanos % NANOS)
    .padStart(9, '0')
    .replace(/0{1,7}$/, '');
  return `${sign}${nanos / NANOS}.${rest}`;
}
