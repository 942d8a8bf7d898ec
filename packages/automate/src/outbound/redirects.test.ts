import { expect, it } from 'vitest';
import { redirectTarget } from './redirects.ts';
import { parseTarget } from './target.ts';

const refused = expect.objectContaining({ code: 'outbound_refused' });

it.each(['http://shop.example/', 'http://api.example/', 'HTTP://api.example/'])(
  'leads from https to nothing that others can read: %s',
  (location) => {
    expect(() => redirectTarget(location, parseTarget('https://api.example/a'))).toThrow(refused);
    expect(redirectTarget(location, parseTarget('http://api.example/a')).protocol).toBe('http:');
  },
);

it.each([
  ['/b', 'https://api.example/b'],
  ['b?c=1', 'https://api.example/b?c=1'],
  ['//shop.example/', 'https://shop.example/'],
  ['https://shop.example/', 'https://shop.example/'],
])('keeps what is not said: %s', (location, target) => {
  expect(redirectTarget(location, parseTarget('https://api.example/a')).url.href).toBe(target);
});

it.each(['https:\\\\shop.example', '/a b', 'https://', 'ftp://shop.example/'])('refuses %s', (location) => {
  expect(() => redirectTarget(location, parseTarget('https://api.example/a'))).toThrow(refused);
});
