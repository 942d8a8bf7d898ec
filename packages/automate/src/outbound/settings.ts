/** What the operator says about calls to the outside. */
export interface OutboundSettings {
  /** Hosts that may be private: `host`, `host:port` or a CIDR. */
  readonly allowHosts: readonly string[];
  /** Every outgoing call goes through this proxy, which resolves names itself. */
  readonly proxyUrl: string | undefined;
  /** Requests a second to one host from one process; 0 is no limit. */
  readonly hostRatePerSecond: number;
}
