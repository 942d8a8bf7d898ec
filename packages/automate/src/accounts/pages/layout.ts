/** What one page is made of. Nothing in it comes from a request: names and data are put in by its script, as text. */
export interface Page {
  readonly title: string;
  /** File of the script that runs it. */
  readonly script: string;
  /** Inside of `main`: views, of which the script shows one. */
  readonly body: string;
}

/** Where things are, below the base path. */
export interface Places {
  /** Folder of scripts and styles. */
  readonly assets: string;
  /** What stands before the path of every route. */
  readonly base: string;
  /** Where to go after sign-in. */
  readonly landing: string;
  /** What the server knows of whoever asks. */
  readonly isSignedIn: boolean;
  readonly needsSetup: boolean;
}

/** The frame of every page. */
export function layout({ title, script, body }: Page, places: Places): string {
  const { assets, base, landing, isSignedIn, needsSetup } = places;
  return `<!doctype html>
<html lang="en" data-base="${base}" data-landing="${landing}" data-signed-in="${isSignedIn}" data-needs-setup="${needsSetup}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} – Automate</title>
<link rel="icon" type="image/svg+xml" href="${assets}icon.svg">
<link rel="stylesheet" href="${assets}page.css">
<link rel="stylesheet" href="${assets}form.css">
<script src="${assets}${script}" type="module"></script>
</head>
<body class="card">
<header>
<span class="brand">${LOGO}Automate</span>
</header>
<main>
<noscript><p class="alert">This page needs JavaScript. The same can be done through the API: ${base}/api/docs/</p></noscript>
${body}</main>
</body>
</html>
`;
}

/** An event in, three steps out. */
const LOGO =
  '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false"><rect width="24" height="24" rx="6"/><path d="M6 12h4m0 0 4-5h4m-8 5h8m-8 0 4 5h4" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>';
