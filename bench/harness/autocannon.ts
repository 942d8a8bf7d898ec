/** What the benchmarks use of autocannon. Written down here so that the types check where the peers are not installed. */
type Autocannon = (options: Readonly<Record<string, unknown>>) => Promise<AutocannonResult>;

interface AutocannonResult {
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
  /** Seconds. */
  readonly duration: number;
  readonly requests: { readonly total: number };
}

export interface Load {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Keep-alive connections, each with one request at a time. */
  readonly connections: number;
  /** Stops after so many requests, or after so many seconds. */
  readonly amount?: number;
  readonly seconds?: number;
}

/** Sends as fast as the server answers. Throws when any answer is not a 2xx: a fast refusal is no throughput. */
export async function saturate({ seconds, ...load }: Load): Promise<{ requests: number; seconds: number }> {
  const name: string = 'autocannon';
  const { default: autocannon } = (await import(name)) as { default: Autocannon };
  const { requests, duration, errors, timeouts, non2xx } = await autocannon({
    ...load,
    ...(seconds === undefined ? {} : { duration: seconds }),
  });
  if (errors + timeouts + non2xx > 0) {
    throw new Error(`${load.url}: ${errors} errors, ${timeouts} timeouts, ${non2xx} answers that are not 2xx`);
  }
  return { requests: requests.total, seconds: duration };
}
