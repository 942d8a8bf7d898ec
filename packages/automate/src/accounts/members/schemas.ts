import { z } from 'zod';
import { defineModel, filterBy, Timestamp } from '../../kernel/index.ts';
import { RoleName } from '../people/schemas.ts';

export const Member = z
  .object({
    id: z.uuid(),
    user_id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: RoleName,
    two_factor_enabled: z.boolean().nullable().describe('Null for who may not change members'),
    last_seen_at: Timestamp.nullable().describe('To the minute, in this tenant; null too for who may not change members'),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Member' });

export const MemberModel = defineModel({
  app: 'governance',
  name: 'Member',
  table: 'members',
  schema: Member,
  ordering: ['email', '-email', '-id', 'id'],
  filters: filterBy(Member, { role: ['exact', 'in'], email: ['exact'], user_id: ['exact'] }),
  searchFields: ['email', 'name'],
});

export const MemberPatch = z.strictObject({ role: RoleName }).meta({ id: 'MemberPatch' });
