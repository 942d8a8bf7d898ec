import { exactTime } from '../../../format.ts';
import { useTextOf, useWords } from '../../../text/text.tsx';
import { useSaid } from '../use-wizards.ts';
import { words } from '../words.ts';
import { Copyable, Frame, type SuccessProps } from './frame.tsx';
import { KeySuccess } from './key-success.tsx';
import { TriggerSuccess } from './trigger-success.tsx';
import { WorkflowSuccess } from './workflow-success.tsx';

/** The first success of each kind; what features bring says that it is made, and leads on. */
export function Success(props: SuccessProps) {
  const said = useSaid();
  const text = useTextOf(words);
  const Own = own[props.wizard.name];
  return Own ? <Own {...props} /> : <Frame {...props} title={text.made(said(props.wizard.title))} />;
}

const own: Readonly<Record<string, (props: SuccessProps) => React.ReactNode>> = {
  workflow: WorkflowSuccess,
  trigger: TriggerSuccess,
  secret: SecretSuccess,
  'api-key': KeySuccess,
  person: PersonSuccess,
  tenant: TenantSuccess,
};

function SecretSuccess(props: SuccessProps) {
  const text = useTextOf(words).secret;
  const { reply } = props.made;
  const name = String(reply.name);
  const hosts = Array.isArray(reply.hosts) ? reply.hosts.map(String) : [];
  const host = hosts[0]?.replace(/^\*\./, 'api.') ?? 'api.example.com';
  const step = {
    id: 'call',
    type: 'http.request',
    config: { url: `https://${host}/`, headers: { authorization: `Bearer {{ secrets.${name} }}` } },
  };
  return (
    <Frame {...props} title={text.done(name)}>
      <p>{text.use}</p>
      <Copyable label={name}>{`{{ secrets.${name} }}`}</Copyable>
      <Copyable label={text.example}>{JSON.stringify(step, undefined, 2)}</Copyable>
      <p className={hosts.length > 0 ? 'soft' : 'warn'}>{hosts.length > 0 ? text.hosts(hosts.join(', ')) : text.noHosts}</p>
    </Frame>
  );
}

function PersonSuccess(props: SuccessProps) {
  const text = useTextOf(words).person;
  const { language } = useWords();
  const { email, link, expires_at } = props.made.reply;
  return (
    <Frame {...props} title={text.done(String(email))}>
      <p>{typeof link === 'string' ? text.link : text.mailed}</p>
      {typeof link === 'string' && <Copyable label={text.linkLabel}>{link}</Copyable>}
      {typeof expires_at === 'string' && <p className="soft">{text.until(exactTime(expires_at, language))}</p>}
    </Frame>
  );
}

function TenantSuccess(props: SuccessProps) {
  const all = useTextOf(words);
  const text = all.tenant;
  const { sent, reply } = props.made;
  const { invitation_link: link } = reply;
  return (
    <Frame {...props} title={text.done(String(reply.name))}>
      <p>{sent.owner === undefined ? text.empty : typeof link === 'string' ? text.owner : text.mailed}</p>
      {typeof link === 'string' && <Copyable label={all.person.linkLabel}>{link}</Copyable>}
    </Frame>
  );
}
