import { describe, expect, it } from 'vitest';
import { countParameters, toPath, toQueryString } from './query.ts';

describe('a query string', () => {
  it('is empty without parameters', () => {
    expect(toQueryString(undefined)).toBe('');
    expect(toQueryString({ cursor: undefined, search: null })).toBe('');
  });

  it('escapes, repeats the items of lists, and writes times in ISO form', () => {
    expect(toQueryString({ search: 'a & b=ü', limit: 10, count: true, empty: '' })).toBe(
      '?search=a+%26+b%3D%C3%BC&limit=10&count=true&empty=',
    );
    expect(toQueryString({ fields: ['id', 'name'], none: [] })).toBe('?fields=id&fields=name');
    expect(toQueryString({ created_after: new Date(0) })).toBe('?created_after=1970-01-01T00%3A00%3A00.000Z');
  });
});

describe('a path', () => {
  it('is filled in and escaped', () => {
    expect(toPath('/workflows/{id}/versions/{version}/', ['a/b ?', 3])).toBe('/workflows/a%2Fb%20%3F/versions/3/');
    expect(countParameters('/workflows/{id}/versions/{version}/')).toBe(2);
    expect(countParameters('/workflows/')).toBe(0);
  });

  it.each([[''], ['.'], ['..'], [undefined], [null], [{}]])('refuses %j as an id, which would mean another path', (id) => {
    expect(() => toPath('/workflows/{id}/', [id])).toThrow('path parameter "id"');
  });
});
