/** Bodies as the documentation shows them, by operation. */
export const apiKeyExamples = {
  create: {
    'For a program that sends events': { name: 'Shop', scopes: ['events:write'], expires_at: '2099-12-31T00:00:00Z' },
    'For a deployment': { name: 'CI', scopes: ['workflows:read', 'workflows:write', 'workflows:publish'] },
    'For a page of yours, in public': { name: 'Widget', kind: 'embed', origins: ['https://www.example.com'] },
  },
  partialUpdate: { 'Another name': { name: 'Shop, new server' } },
  rotate: { 'An hour to change over': { overlap_seconds: 3_600 }, 'At once': { overlap_seconds: 0 } },
};
