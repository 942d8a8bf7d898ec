import { createApiReference } from './standalone.esm.js';

const { document: url } = document.documentElement.dataset;

// Nothing leaves this origin: no proxy, no fonts, no telemetry, no assistant, no links into services of others.
createApiReference('#reference', {
  url,
  theme: 'none',
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: undefined,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  showToolbar: 'never',
  persistAuth: false,
  documentDownloadType: 'json',
  operationTitleSource: 'summary',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  authentication: { preferredSecurityScheme: 'bearer' },
});
document.getElementById('loading')?.remove();
