import type { PromptTested } from 'automate-client';
import { duration } from '../../../format.ts';
import { useTextOf, useWords } from '../../../text/text.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Facts } from '../../../ui/side-panel.tsx';
import { usd } from '../../../ui/usd.ts';
import { RenderedMessages } from '../rendered-messages.tsx';
import { words } from './words.ts';

/** What came of a trial; where no model was asked, what would be said to it. */
export type Tried = Pick<PromptTested, 'messages' | 'version'> & Partial<PromptTested>;

export function Answer({ tried }: { tried: Tried }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const { output, error, usage, cost_usd: cost, latency_ms: latency, finish_reason: reason, call_id: call } = tried;
  return (
    <>
      {error && (
        <p className="call" data-s="failed" role="alert">
          <Icon name="failed" />
          <span>
            <strong>{error.code}</strong> {error.message}
          </span>
        </p>
      )}
      {output !== undefined && (
        <pre className="pr-output" role="group" tabIndex={0} aria-label={text.output}>
          {output}
        </pre>
      )}
      {usage && (
        <Facts
          facts={[
            [
              text.tokens,
              text.tokensOf(
                usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
                usage.output_tokens + usage.reasoning_tokens,
              ),
            ],
            [text.cost, usd(cost, language)],
            latency !== undefined && [text.latency, duration(latency)],
            reason !== undefined && [text.reason, <code key="reason">{reason}</code>],
            call !== undefined && [text.call, <code key="call">{call}</code>],
          ]}
        />
      )}
      <h2>{text.said(tried.version)}</h2>
      <RenderedMessages messages={tried.messages} />
    </>
  );
}
