import { expect, it } from 'vitest';
import { EditState } from './edit-state.ts';

interface Thing {
  readonly a: number;
  readonly b: number;
}
const version = (a: number, b: number, etag: string) => ({ data: { a, b }, etag });
const begun = () => {
  const state = new EditState<Thing>();
  state.meet(version(1, 1, 'v1'));
  return state;
};

it('takes over what others save while nothing is changed here', () => {
  const state = begun();
  state.meet(version(2, 1, 'v2'));
  expect(state.snapshot()).toMatchObject({ value: { a: 2, b: 1 }, elsewhere: undefined });
});

it('tells of it before one saves, when something is', () => {
  const state = begun();
  state.change({ a: 5, b: 1 });
  expect([...state.snapshot().changed]).toEqual(['a']);
  state.meet(version(1, 1, 'v1'));
  expect(state.snapshot().elsewhere).toBeUndefined();
  state.meet(version(1, 7, 'v2'));
  expect(state.snapshot()).toMatchObject({ value: { a: 5, b: 1 }, elsewhere: { etag: 'v2' } });
  expect(state.conflict()).toBeUndefined();
  state.compare(true);
  expect(state.conflict()).toEqual({ base: { a: 1, b: 1 }, mine: { a: 5, b: 1 }, theirs: { a: 1, b: 7 } });
  state.resolve({ a: 5, b: 7 });
  expect(state.snapshot()).toMatchObject({ base: { etag: 'v2' }, value: { a: 5, b: 7 }, elsewhere: undefined });
  expect([...state.snapshot().changed]).toEqual(['a']);
});

it('forgets what somebody else has made of it when they take it back', () => {
  const state = begun();
  state.change({ a: 5, b: 1 });
  state.meet(version(1, 7, 'v2'));
  state.compare(true);
  state.meet(version(1, 1, 'v3'));
  expect(state.snapshot()).toMatchObject({
    base: { etag: 'v3' },
    value: { a: 5, b: 1 },
    elsewhere: undefined,
    isComparing: false,
  });
  state.meet(version(1, 8, 'v4'));
  state.meet(version(1, 1, 'v3'));
  expect(state.snapshot()).toMatchObject({ base: { etag: 'v3' }, elsewhere: undefined });
});

it('keeps what is typed while it is being saved', () => {
  const state = begun();
  const sent = { a: 5, b: 1 };
  state.change(sent);
  state.begin();
  state.change({ a: 5, b: 9 });
  state.saved(version(5, 1, 'v2'), sent, 1);
  expect(state.snapshot()).toMatchObject({ value: { a: 5, b: 9 }, base: { etag: 'v2' }, isSaving: false, savedAt: 1 });
  expect([...state.snapshot().changed]).toEqual(['b']);
});

it('goes on with theirs when all is discarded, and with nothing when they saved the same', () => {
  const state = begun();
  state.change({ a: 5, b: 1 });
  state.refused(version(3, 1, 'v2'));
  expect(state.conflict()).toMatchObject({ theirs: { a: 3 } });
  state.discard();
  expect(state.snapshot()).toMatchObject({ value: { a: 3, b: 1 }, base: { etag: 'v2' }, isComparing: false });
  state.change({ a: 4, b: 1 });
  state.meet(version(4, 1, 'v3'));
  expect(state.snapshot()).toMatchObject({ base: { etag: 'v3' }, elsewhere: undefined });
  expect(state.snapshot().changed.size).toBe(0);
});

it('takes up a draft of an earlier version beside what has become of it', () => {
  const state = begun();
  state.meet(version(8, 1, 'v2'));
  state.restore(version(1, 1, 'v1'), { a: 5, b: 1 });
  expect(state.conflict()).toEqual({ base: { a: 1, b: 1 }, mine: { a: 5, b: 1 }, theirs: { a: 8, b: 1 } });
});
