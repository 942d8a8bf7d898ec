/** `api.example.com`, `*.example.com` or either with `:port`. */
const PATTERN = /^(\*\.)?([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?$/;

export function isHostPattern(text: string): boolean {
  const match = PATTERN.exec(text);
  // `*.com` would be everybody.
  return match !== null && (match[1] === undefined || (match[2] as string).includes('.')) && Number(match[3] ?? 1) <= 65_535;
}

/**
 * Whether a URL leads to one of the hosts. A pattern without a port stands for the scheme's own port, and `*.` for every name
 * below, but not for the name itself.
 */
export function isHostAllowed(url: URL, patterns: readonly string[]): boolean {
  const host = url.hostname.replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return patterns.some((pattern) => {
    const [, wildcard, name = '', ownPort] = PATTERN.exec(pattern) ?? [];
    const isPort = ownPort === undefined ? url.port === '' : ownPort === port;
    return isPort && (wildcard ? host.endsWith(`.${name}`) : host === name);
  });
}

/** Whether a URL leads to one of the hosts, on any port where the pattern names none: what forbids a host forbids all of it. */
export function isHostNamed(url: URL, patterns: readonly string[]): boolean {
  const host = url.hostname.replace(/\.$/, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return patterns.some((pattern) => {
    const [, wildcard, name = '', ownPort] = PATTERN.exec(pattern) ?? [];
    return (ownPort === undefined || ownPort === port) && (wildcard ? host.endsWith(`.${name}`) : host === name);
  });
}

/** Whether every URL that the second pattern stands for is one of the first too. */
export function coversHost(pattern: string, other: string): boolean {
  const [, wildcard, name = '', port] = PATTERN.exec(pattern) ?? [];
  const [, otherWildcard, otherName = '', otherPort] = PATTERN.exec(other) ?? [];
  if (port !== otherPort) return false;
  if (!wildcard) return !otherWildcard && name === otherName;
  return otherName.endsWith(`.${name}`) || (otherWildcard !== undefined && otherName === name);
}
