import { pagePolicy } from '../static/content-security-policy.ts';

/**
 * What the documentation page may load: its own files, and nothing else from anywhere. The reference writes styles into the page, which
 * cannot run anything, and with this policy load nothing either; what it shows is the document, and that is made of the program's own texts.
 */
export function referencePolicy(nonce: string): string {
  return pagePolicy({
    nonce,
    more: {
      'script-src': [`'nonce-${nonce}'`],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': [],
      'worker-src': [],
      'manifest-src': [],
      'base-uri': "'none'",
      'form-action': "'none'",
    },
  });
}
