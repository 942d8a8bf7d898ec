import { z } from 'zod';
import { Timestamp } from '../../kernel/index.ts';
import { Email, LinkToken, Password, PersonName, RoleName, User } from '../people/schemas.ts';

const TenantOfPerson = z.object({ id: z.uuid(), slug: z.string(), name: z.string(), role: RoleName });

/** Who is asking, and what they may do. */
export const SessionView = z
  .object({
    kind: z.enum(['user', 'api_key']),
    user: User.nullable().describe('Null for a key that no person made'),
    tenant: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
    role: RoleName.nullable(),
    tenants: z.array(TenantOfPerson),
    is_staff: z.boolean(),
    scopes: z.array(z.string()),
    permissions: z.array(z.string()).describe('Names of what the scopes allow, such as `publish_workflow`'),
  })
  .meta({ id: 'Session' });

/** What a sign-in page may offer. */
export const SignInOptions = z
  .object({
    needs_setup: z.boolean().describe('Nobody is here yet: the start printed a link'),
    oidc: z.object({ name: z.string(), url: z.string() }).nullable().describe('The provider, and where to begin with it'),
    mail: z.boolean().describe('Whether a link can be mailed to who forgot a password'),
  })
  .meta({ id: 'SignInOptions' });

const Code = z.string().min(6).max(40).describe('Of the authenticator, or a backup code');

export const SignIn = z
  .strictObject({
    email: z.string().min(1).max(254),
    password: Password,
    code: Code.optional(),
  })
  .meta({ id: 'SignIn' });

export const SignedIn = z.object({ user: User }).meta({ id: 'SignedIn' });

export const SetUp = z
  .strictObject({ token: LinkToken, email: Email, name: PersonName, password: Password })
  .meta({ id: 'SetUp' });

export const LinkSignIn = z.strictObject({ token: LinkToken, code: Code.optional() }).meta({ id: 'LinkSignIn' });

export const PasswordReset = z.strictObject({ token: LinkToken, password: Password }).meta({ id: 'PasswordReset' });

export const PasswordResetRequest = z.strictObject({ email: z.string().min(1).max(254) }).meta({ id: 'PasswordResetRequest' });

export const Requested = z.object({ message: z.string() }).meta({ id: 'Requested' });

export const PasswordChange = z
  .strictObject({ current_password: Password, new_password: Password })
  .meta({ id: 'PasswordChange' });

export const TenantSwitch = z.strictObject({ tenant_id: z.uuid() }).meta({ id: 'TenantSwitch' });

export const OwnSession = z
  .object({
    id: z.uuid(),
    address: z.string(),
    user_agent: z.string(),
    is_current: z.boolean(),
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
  })
  .meta({ id: 'OwnSession' });

export const OwnSessions = z.object({ results: z.array(OwnSession) });

export const TwoFactorStart = z.strictObject({ password: Password }).meta({ id: 'TwoFactorStart' });

export const TwoFactorSecret = z
  .object({
    uri: z.string().describe('otpauth:// for an authenticator; it is shown this once'),
    backup_codes: z.array(z.string()).describe('Each works once in place of a code'),
  })
  .meta({ id: 'TwoFactorSecret' });

export const TwoFactorConfirm = z
  .strictObject({ code: z.string().regex(/^\d{6}$/, 'must be 6 digits') })
  .meta({ id: 'TwoFactorConfirm' });
