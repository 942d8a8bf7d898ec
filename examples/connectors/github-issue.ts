import { defineStep } from 'automate/engine';
import { z } from 'zod';

const Issue = z.object({ number: z.int(), html_url: z.url() });

/** Opens an issue: https://docs.github.com/en/rest/issues/issues#create-an-issue */
export const githubIssue = defineStep({
  type: 'github.create_issue',
  description: 'Opens an issue on GitHub.',
  config: z.strictObject({
    repository: z.string().regex(/^[\w-]+\/[\w.-]+$/, 'must be owner/name'),
    title: z.string().min(1).max(256),
    body: z.string().max(65_536).default(''),
    labels: z.array(z.string()).max(100).default([]),
    token: z.string(),
    api: z.url().default('https://api.github.com'),
  }),
  fields: { title: 'text', body: 'text', labels: 'template', token: 'secret-text' },
  effects: 'http',
  urls: ({ api }) => [api],
  async run({ repository, title, body, labels, token, api }, { http }) {
    const reply = await http.post(`${api}/repos/${repository}/issues`, {
      headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` },
      json: { title, body, labels },
      sample: { number: 1, html_url: `https://github.com/${repository}/issues/1` },
    });
    const { number, html_url: url } = Issue.parse(reply.body);
    return { output: { number, url } };
  },
});
