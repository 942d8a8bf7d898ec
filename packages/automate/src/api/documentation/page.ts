/** The documentation page. Its links are absolute, so that it works with and without its trailing slash. */
export function page(links: { readonly script: string; readonly styles: string; readonly document: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API documentation</title>
<link rel="stylesheet" href="${links.styles}">
<link rel="service-desc" type="application/json" href="${links.document}">
<script src="${links.script}" type="module"></script>
</head>
<body>
<a class="skip" href="#operations">Skip to the operations</a>
<header>
<h1>API documentation</h1>
<p><a href="${links.document}">openapi.json</a></p>
<label for="key">API key <input id="key" type="password" autocomplete="off" spellcheck="false"></label>
<label for="filter">Filter <input id="filter" type="search" placeholder="path, name or tag"></label>
</header>
<main id="operations" tabindex="-1"><p role="status">Loading…</p></main>
<noscript>This page needs JavaScript. The document itself is at ${links.document}.</noscript>
</body>
</html>
`;
}
