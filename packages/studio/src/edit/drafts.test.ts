import { expect, it } from 'vitest';
import { type DraftStore, draftsOf, tidy, withoutSecrets } from './drafts.ts';

function storeOf(most = Number.POSITIVE_INFINITY): DraftStore & { readonly map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    get length() {
      return map.size;
    },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    removeItem: (key) => void map.delete(key),
    setItem(key, text) {
      const others = [...map].filter(([name]) => name !== key).reduce((sum, [, each]) => sum + each.length, 0);
      if (others + text.length > most) throw new Error('QuotaExceededError');
      map.set(key, text);
    },
  };
}
const who = { person: 'ada', tenant: 'one', key: 'secret/1' };
const draft = (keptAt: number, value: object = { a: 1 }) => ({ value, base: { a: 0 }, etag: '"1"', keptAt });

it('keeps one for each tab, person, tenant and object, and overwrites no other', () => {
  const store = storeOf();
  const first = draftsOf(store, { ...who, tab: 't1' });
  const second = draftsOf(store, { ...who, tab: 't2' });
  first.keep(draft(1));
  second.keep(draft(2, { a: 2 }));
  draftsOf(store, { ...who, person: 'bob', tab: 't1' }).keep(draft(3));
  draftsOf(store, { ...who, tenant: 'two', tab: 't1' }).keep(draft(3));
  draftsOf(store, { ...who, key: 'secret/1.x', tab: 't1' }).keep(draft(3));
  draftsOf(store, { ...who, key: 'secret/10', tab: 't1' }).keep(draft(3));
  expect(first.all().map(({ value }) => value)).toEqual([{ a: 2 }, { a: 1 }]);
  second.remove();
  expect(second.all().map(({ id }) => id)).toEqual([first.own]);
});

it('removes what is old, what is no draft, and what is too much; what others keep stays', () => {
  const store = storeOf();
  store.setItem('automate.studio.language', 'it');
  store.setItem('automate.studio.draft.x', 'not JSON');
  const now = Date.now();
  for (let index = 0; index < 5; index += 1) draftsOf(store, { ...who, tab: `t${index}` }).keep(draft(now - index));
  draftsOf(store, { ...who, tab: 'old' }).keep(draft(now - 31 * 86_400_000));
  tidy(store, 3, now);
  expect(
    draftsOf(store, { ...who, tab: 'x' })
      .all()
      .map(({ keptAt }) => keptAt),
  ).toEqual([now, now - 1, now - 2]);
  expect(store.map.get('automate.studio.language')).toBe('it');
  expect(store.map.size).toBe(4);
});

it('makes room when the browser has none, and says when there still is none', () => {
  const store = storeOf(3_000);
  for (let index = 0; index < 20; index += 1) {
    expect(draftsOf(store, { ...who, tab: `t${index}` }).keep(draft(Date.now() + index, { text: 'x'.repeat(100) }))).toBe(true);
  }
  expect(draftsOf(store, { ...who, tab: 'last' }).keep(draft(1, { text: 'x'.repeat(9_000) }))).toBe(false);
});

it('never keeps what goes in and never comes out', () => {
  const value = { name: 'a', value: 'hush', list: [{ pin: '1', b: 2 }], map: { x: { pin: '2' } }, nested: { value: 'stays' } };
  expect(withoutSecrets(value, ['/value', '/list/*/pin', '/map/*/pin'])).toEqual({
    name: 'a',
    list: [{ b: 2 }],
    map: { x: {} },
    nested: { value: 'stays' },
  });
});

it('keeps no text in which a secret may stand, as JSON that is being typed', () => {
  const secrets = ['/step/token', '/list/*/pin'];
  const value = { step: '{"token": "hush', list: ['{"pin": "1', { pin: '2', b: 1 }], note: 'stays' };
  expect(withoutSecrets(value, secrets)).toEqual({ list: [null, { b: 1 }], note: 'stays' });
  // Taken up again, it is as it was.
  expect(withoutSecrets(value, secrets, { step: { kind: 'call' }, list: [] })).toEqual({
    step: { kind: 'call' },
    list: [null, { b: 1 }],
    note: 'stays',
  });
});
