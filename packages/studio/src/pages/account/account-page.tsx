import { useSession } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { FactorCard } from './factor-card.tsx';
import { LookCard } from './look-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { ProfileCard } from './profile-card.tsx';
import { SessionsCard } from './sessions-card.tsx';
import { words } from './words.ts';

/** Everything people can see and change of their own account. */
export function AccountPage() {
  const text = useTextOf(words);
  const session = useSession().data;
  useTitle(text.title);
  if (!session?.user) return null;
  return (
    <>
      <div className="head">
        <h1>{text.title}</h1>
      </div>
      <div className="panel account-cards">
        <ProfileCard session={session} />
        <LookCard />
        <PasswordCard email={session.user.email} />
        <FactorCard isOn={session.user.two_factor_enabled} email={session.user.email} />
        <SessionsCard />
      </div>
    </>
  );
}
