/** Where the page finds what it is made of. */
export interface PageLinks {
  /** Folder of scripts and styles. */
  readonly files: string;
  /** The OpenAPI document. */
  readonly document: string;
}

/**
 * The documentation page: a frame that the API reference fills. Its links are absolute, so that it works with and without its trailing slash.
 * @param nonce of this reply, which its script carries
 */
export function page({ files, document }: PageLinks, nonce: string): string {
  return `<!doctype html>
<html lang="en" data-document="${document}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>API documentation</title>
<link rel="icon" type="image/svg+xml" href="${files}icon.svg">
<link rel="stylesheet" href="${files}reference.css">
<link rel="service-desc" type="application/json" href="${document}">
<script src="${files}reference.js" type="module" nonce="${nonce}"></script>
</head>
<body>
<p id="loading" role="status">Loading the documentation…</p>
<div id="reference"></div>
<noscript>This page needs JavaScript. The OpenAPI document itself is at ${document}.</noscript>
</body>
</html>
`;
}
