import { type Browser, openBrowser } from './browser.ts';

/** A browser that goes from page to page across sites, and keeps the cookies of each. */
export interface Surfer {
  /** Follows redirects from a URL until one leads to a place that `isEnd`, and returns that place without going there. */
  follow(url: string | URL, isEnd: (url: URL) => boolean): Promise<URL>;
  /** One request, with no redirect followed. */
  visit(url: string | URL): Promise<Response>;
  /** Cookies for a site, as its pages would send them. */
  cookies(origin: string): string;
  /** A browser on one site with the cookies it has there. */
  on(url: string): Browser;
}

const MAXIMUM_HOPS = 12;

export function openSurfer(): Surfer {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string) => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };
  const surfer: Surfer = {
    cookies: (origin) => [...jarOf(origin)].map(([name, value]) => `${name}=${value}`).join('; '),
    async visit(given) {
      const url = new URL(given);
      const cookie = surfer.cookies(url.origin);
      const response = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';', 1);
        const name = pair.slice(0, pair.indexOf('='));
        const isOver = /expires=Thu, 01 Jan 1970|Max-Age=0/i.test(line);
        if (isOver) jarOf(url.origin).delete(name);
        else jarOf(url.origin).set(name, pair.slice(pair.indexOf('=') + 1));
      }
      return response;
    },
    async follow(given, isEnd) {
      let url = new URL(given);
      for (let hop = 0; hop < MAXIMUM_HOPS; hop += 1) {
        const response = await surfer.visit(url);
        const location = response.headers.get('location');
        const text = await response.text();
        if (!location) throw new Error(`${url} answered ${response.status} ${text.slice(0, 500)}`);
        url = new URL(location, url);
        if (isEnd(url)) return url;
      }
      throw new Error(`no end of redirects at ${url}`);
    },
    on(url) {
      const browser = openBrowser(url);
      browser.cookie = surfer.cookies(new URL(url).origin) || undefined;
      return browser;
    },
  };
  return surfer;
}
