import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../kernel/index.ts';
import { WorkBudget, withBudget, workLimits } from './budget.ts';
import { compileRule } from './rules/rules.ts';
import { coreSet } from './steps/core-set/core-set.ts';
import { renderValue } from './templates/templates.ts';

const words = Array.from({ length: 20_000 }, (_, index) => `word ${(index * 7919) % 20_000}`);
const scope = { event: { payload: { words, few: words.slice(0, 5_000), page: { text: 'x'.repeat(1_000_000) } } } };
const HEAVY = '{% for i in (1..40) %}{{ event.payload.words | sort | reverse | uniq | size }}{% endfor %}';
const heavyRule: Json = {
  some: [{ var: 'event.payload.few' }, { '==': [{ cat: [{ var: '' }, 'x', { substr: [{ var: '' }, 2] }] }, 'none'] }],
};

const timeOf = (work: () => void) => {
  const { user, system } = process.threadCpuUsage();
  work();
  const after = process.threadCpuUsage();
  return (after.user - user + after.system - system) / 1_000;
};
const tooLong = (code: string) => expect.objectContaining({ code, message: expect.stringContaining('takes longer than 250 ms') });

describe('one budget for all templates and rules of a piece of work', () => {
  it('ends a step of many small templates in the time of one, with pauses in which others have their turn', async () => {
    const small = '{% for i in (1..2) %}{{ event.payload.few | sort | size }}{% endfor %}';
    const values = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`v${index}`, small]));
    const { run } = coreSet.compile({ values });
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const pending = withBudget(new WorkBudget(), () => run(null, { scope } as never));
    await expect(pending).rejects.toThrow(tooLong('template_failed'));
    clearInterval(counting);
    expect(turns).toBeGreaterThan(2);
  });

  it('ends a single template sooner, since nothing else runs meanwhile', () => {
    const { run } = coreSet.compile({ values: { v: HEAVY } });
    const spent = timeOf(() =>
      expect(() => withBudget(new WorkBudget(), () => run(null, { scope } as never))).toThrow(
        expect.objectContaining({ code: 'template_failed', message: expect.stringContaining('longer than 100 ms') }),
      ),
    );
    expect(spent).toBeLessThan(1_000);
  });

  it('counts rules and templates, input and run together', () => {
    const budget = new WorkBudget();
    const rule = compileRule(heavyRule);
    const all = () => {
      for (;;) {
        withBudget(budget, () => renderValue('{{ event.payload.words | sort | size }}', scope as never));
        withBudget(budget, () => compileRule(heavyRule).matches(scope as never));
      }
    };
    expect(
      timeOf(() => expect(all).toThrow(expect.objectContaining({ message: expect.stringContaining('takes longer') }))),
    ).toBeLessThan(1_000);
    // Whatever comes now has nothing left.
    expect(() => withBudget(budget, () => rule.matches(scope as never))).toThrow(tooLong('rule_failed'));
    expect(() => withBudget(budget, () => renderValue('{{ 1 }}', scope as never))).toThrow(tooLong('template_failed'));
    expect(withBudget(new WorkBudget(), () => renderValue('{{ 1 }}', scope as never))).toBe(1);
  });

  it('does not count time that the machine gives to others', () => {
    const budget = new WorkBudget();
    for (const expected of [1, 2, 3]) {
      const paused = () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
        return renderValue(`{{ ${expected} }}`, {});
      };
      expect(withBudget(budget, paused)).toBe(expected);
    }
  });

  it('does not count what others do meanwhile', async () => {
    const budget = new WorkBudget();
    expect(withBudget(budget, () => renderValue('{{ 1 }}', {}))).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(withBudget(budget, () => renderValue('{{ 2 }}', {}))).toBe(2);
  });

  it.each<[string, (context: JsonObject) => unknown]>([
    [
      'values of templates',
      (context) =>
        renderValue(
          Array.from({ length: 400 }, () => '{{ event.payload.page }}'),
          context,
        ),
    ],
    [
      'texts of templates',
      (context) =>
        renderValue(
          Array.from({ length: 400 }, () => 'x{{ event.payload.page.text | slice: 0, 900000 }}'),
          context,
        ),
    ],
    [
      'values of rules',
      (context) => {
        const rule = compileRule({ var: 'event.payload' });
        return Array.from({ length: 400 }, () => rule.evaluate(context));
      },
    ],
  ])('bounds the %s in sum', (_name, work) => {
    const failed = expect.objectContaining({ message: expect.stringContaining('characters and list items') });
    const budget = new WorkBudget({ ...workLimits, ms: 60_000, atOnceMs: 60_000 });
    expect(() => withBudget(budget, () => work(scope as never))).toThrow(failed);
  });

  it('gives each rule and template a budget of its own where nobody gave one', () => {
    for (let round = 0; round < 30; round += 1)
      expect(renderValue('{{ event.payload.page }}', scope as never)).toBeTypeOf('object');
  });
});
