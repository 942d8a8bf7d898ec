/** What each directive of a page's policy allows (Content Security Policy Level 3), by its name. */
export type PolicyDirectives = Readonly<Record<string, string | readonly string[]>>;

/**
 * The policy of a page that brings its own scripts and styles: nothing from elsewhere, nothing inline but what carries the nonce, in nobody's frame.
 * @param options.more directives that take the place of these; an empty one goes
 * @example
 * pagePolicy({ nonce, more: { 'connect-src': ["'self'", 'https://api.example.com'], 'frame-ancestors': 'https://portal.example.com' } });
 */
export function pagePolicy(options: { nonce: string; more?: PolicyDirectives }): string {
  const own = ["'self'", `'nonce-${options.nonce}'`];
  return writePolicy({
    'default-src': "'none'",
    'script-src': own,
    'style-src': own,
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:'],
    'font-src': "'self'",
    'connect-src': "'self'",
    'worker-src': "'self'",
    'manifest-src': "'self'",
    // The page's own <base> carries the path that everything is mounted at.
    'base-uri': "'self'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
    ...options.more,
  });
}

/** A policy as its header has it. */
export function writePolicy(directives: PolicyDirectives): string {
  return Object.entries(directives)
    .filter(([, sources]) => sources.length > 0)
    .map(([name, sources]) => [name, ...[sources].flat()].join(' '))
    .join('; ');
}
