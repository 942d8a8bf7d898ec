import type { Reply } from '../../src/testing/index.ts';

/** What a browser does with cookies on a page of the server's own origin; `Secure` is kept, as on localhost. */
export interface Browser {
  cookie: string | undefined;
  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply<Body>>;
}

export function openBrowser(url: string): Browser {
  const browser: Browser = {
    cookie: undefined,
    async call<Body>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          origin: new URL(url).origin,
          ...(browser.cookie !== undefined && { cookie: browser.cookie }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const set = response.headers.get('set-cookie');
      if (set) browser.cookie = /Max-Age=0/i.test(set) ? undefined : set.split(';', 1)[0];
      return { status: response.status, headers: response.headers, body: (text === '' ? '' : JSON.parse(text)) as Body };
    },
  };
  return browser;
}
