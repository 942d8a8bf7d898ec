import type { Page } from './layout.ts';
import { form, view } from './markup.ts';

/** Asks for a decision, with a form of what has to come with it. */
export const approvalPage: Page = {
  title: 'Decision',
  script: 'approval.js',
  body: [
    view('loading', 'A decision is asked of you', '<p role="status">One moment…</p>\n'),
    view(
      'decide',
      '<span data-text="title"></span>',
      `<p class="text" data-text="description"></p>
<p class="hint" data-text="expires"></p>
${form(
  'decide-form',
  `<div id="fields"></div>
<div class="field"><label for="decide-comment">Comment <span class="optional">(optional)</span></label>
<textarea id="decide-comment" name="comment" rows="3" maxlength="2000" aria-describedby="decide-comment-error"></textarea>
<p class="error" id="decide-comment-error"></p></div>
`,
  'Approve',
  'primary',
  '<button type="button" class="danger" id="reject" disabled>Reject</button>',
)}`,
    ),
    view('approved', 'Approved', '<p>Thank you. What waited for you goes on. You can close this page.</p>\n'),
    view('rejected', 'Rejected', '<p>Thank you. Your decision is on its way. You can close this page.</p>\n'),
    view('decided', 'Already decided', '<p data-text="decided"></p>\n'),
    view(
      'invalid',
      'This link does not work',
      '<p>The link is not complete, or nothing waits for this decision any more: its time is over, or whatever asked has ended.</p>\n',
    ),
    view('failed', 'This did not work', '<div class="alert" role="alert" id="failure"></div>\n'),
  ].join(''),
};
