import { createApiReference } from './standalone.esm.js';

const { document: url } = document.documentElement.dataset;

// Nothing leaves this origin: no proxy, no fonts, no telemetry, no assistant, no links into services of others.
createApiReference('#reference', {
  url: url ?? '',
  theme: 'none',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  documentDownloadType: 'json',
  operationTitleSource: 'summary',
  featuredClients: ['shell/curl', 'js/fetch', 'node/undici', 'python/requests', 'go/native'],
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  authentication: { preferredSecurityScheme: 'bearer' },
  // A field that was left empty says nothing; the session of who is signed in does.
  onRequestBuilt({ request }) {
    if (/^bearer\s*$/i.test(request.headers.get('authorization') ?? '')) request.headers.delete('authorization');
    if (request.headers.get('x-api-key') === '') request.headers.delete('x-api-key');
  },
});
document.getElementById('loading')?.remove();
