/** Where a request of a person comes from. */
export interface Client {
  readonly address: string;
  readonly userAgent: string;
  readonly traceId: string;
  /** The network that attempts are counted by. */
  readonly network: string;
}
