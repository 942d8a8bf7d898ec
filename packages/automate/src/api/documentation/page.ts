/** The documentation page. Links are absolute from the mount, so that the page works with and without its trailing slash. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API documentation</title>
<link rel="stylesheet" href="/api/docs/app.css">
<script src="/api/docs/app.js" type="module"></script>
</head>
<body>
<a class="skip" href="#operations">Skip to the operations</a>
<header>
<h1>API documentation</h1>
<p><a href="/api/openapi.json">openapi.json</a></p>
<label for="key">API key <input id="key" type="password" autocomplete="off" spellcheck="false"></label>
<label for="filter">Filter <input id="filter" type="search" placeholder="path, name or tag"></label>
</header>
<main id="operations" tabindex="-1"><p role="status">Loading…</p></main>
<noscript>This page needs JavaScript. The document itself is at /api/openapi.json.</noscript>
</body>
</html>
`;
