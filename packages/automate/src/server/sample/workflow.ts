import { fileURLToPath } from 'node:url';
import type { Graph, Trigger } from '../../engine/index.ts';

/** A real `issues.opened` payload of GitHub's, ready to be posted to `/api/v1/events/`. */
export const sampleEventFile = fileURLToPath(new URL('./event.json', import.meta.url));

/** What the sample needs of such an event, short enough to be typed. */
export const sampleEvent = {
  event_type: 'github.issues.opened',
  payload: {
    action: 'opened',
    issue: { number: 1, title: 'Error at sign-in', state: 'open', user: { login: 'ada' }, labels: [{ name: 'bug' }] },
    repository: { full_name: 'acme/shop' },
  },
};

const node = (
  id: string,
  type: string,
  config: Graph['nodes'][number]['config'],
  x: number,
  y: number,
): Graph['nodes'][number] => ({
  id,
  type,
  config,
  position: { x, y },
});

/**
 * The automation of the first boot: triage of GitHub issues.
 *
 *     issue → is_bug ─true→ bug ──────────┐
 *                    └false→ request ─────┤→ effort ┐
 *                                         └→ reply ─┴→ decision → pause → report
 */
export const sampleWorkflow: { name: string; slug: string; graph: Graph; triggers: Trigger[] } = {
  name: 'Triage GitHub issues',
  slug: 'github-issue-triage',
  triggers: [
    {
      type: 'event',
      event_type: 'github.issues.opened',
      filter: { and: [{ '==': [{ var: 'payload.action' }, 'opened'] }, { '==': [{ var: 'payload.issue.state' }, 'open'] }] },
      config: {},
      priority: 0,
      is_active: true,
    },
  ],
  graph: {
    nodes: [
      node(
        'issue',
        'core.transform',
        {
          template: {
            number: '{{ event.payload.issue.number }}',
            title: '{{ event.payload.issue.title | strip }}',
            author: '{{ event.payload.issue.user.login }}',
            repository: '{{ event.payload.repository.full_name }}',
            labels: '{{ event.payload.issue.labels | map: "name" }}',
          },
        },
        0,
        120,
      ),
      node(
        'is_bug',
        'logic.if',
        {
          condition: {
            or: [{ in: ['bug', { var: 'steps.issue.output.labels' }] }, { in: ['rror', { var: 'steps.issue.output.title' }] }],
          },
        },
        220,
        120,
      ),
      node('bug', 'core.transform', { template: { queue: 'bugs', priority: 'high' } }, 440, 40),
      node('request', 'core.transform', { template: { queue: 'ideas', priority: 'normal' } }, 440, 200),
      node(
        'effort',
        'core.transform',
        { logic: { if: [{ in: ['README', { var: 'steps.issue.output.title' }] }, 'small', 'unknown'] } },
        660,
        40,
      ),
      node(
        'reply',
        'core.transform',
        { template: { text: 'Thank you, {{ steps.issue.output.author }}! We look at “{{ steps.issue.output.title }}” soon.' } },
        660,
        200,
      ),
      node(
        'decision',
        'core.transform',
        {
          template: {
            issue: '{{ steps.issue.output.repository }}#{{ steps.issue.output.number }}',
            queue: '{% if steps.is_bug.output.result %}bugs{% else %}ideas{% endif %}',
            effort: '{{ steps.effort.output }}',
            reply: '{{ steps.reply.output.text }}',
          },
        },
        880,
        120,
      ),
      node('pause', 'core.sleep', { seconds: 0.2 }, 1_100, 120),
      node(
        'report',
        'core.log',
        {
          message:
            'Triaged {{ steps.decision.output.issue }} into {{ steps.decision.output.queue }} (effort: {{ steps.decision.output.effort }})',
          level: 'info',
        },
        1_320,
        120,
      ),
    ],
    edges: [
      { source: 'issue', target: 'is_bug' },
      { source: 'is_bug', target: 'bug', condition: 'true' },
      { source: 'is_bug', target: 'request', condition: 'false' },
      { source: 'bug', target: 'effort' },
      { source: 'bug', target: 'reply' },
      { source: 'request', target: 'effort' },
      { source: 'request', target: 'reply' },
      { source: 'effort', target: 'decision' },
      { source: 'reply', target: 'decision' },
      { source: 'decision', target: 'pause' },
      { source: 'pause', target: 'report' },
    ],
  },
};
