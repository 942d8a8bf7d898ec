import { pagePolicy } from '../static/content-security-policy.ts';

/** What the documentation page may load: its own files, and nothing else from anywhere. */
export function referencePolicy(nonce: string): string {
  return pagePolicy({
    nonce,
    more: {
      'script-src': [`'nonce-${nonce}'`],
      'img-src': ["'self'", 'data:'],
      'font-src': [],
      'worker-src': [],
      'manifest-src': [],
      'base-uri': "'none'",
      'form-action': "'none'",
    },
  });
}
