/** What a person chose on this machine. A browser may forbid to keep anything; then nothing is kept. */
const PREFIX = 'automate.studio.';

export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Not kept, and asked for again next time.
  }
}
