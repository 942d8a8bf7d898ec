import { z } from 'zod';
import { defineModel, filterBy, type JsonObject, Timestamp } from '../../kernel/index.ts';

const ListPath = z
  .string()
  .regex(/^[a-z0-9-]{1,40}(\/[a-z0-9-]{1,40}){0,3}$/, 'must be the path of a list, such as `executions`');
const Name = z.string().trim().min(1).max(60);
/** Longest that a search may be, as JSON. */
const LONGEST = 4_000;
const Search = z
  .record(z.string().min(1).max(60), z.union([z.string().max(1_000), z.number(), z.boolean()]))
  .refine((search) => JSON.stringify(search).length <= LONGEST, `must have at most ${LONGEST} characters as JSON`)
  .describe('What the address of the list says behind its `?`') as unknown as z.ZodType<JsonObject, JsonObject>;
const Position = z.int().min(0).max(1_000_000).describe('Its place among the others, small ones first');

/** What somebody looks for again and again in a list, under a name. */
export const SavedView = z
  .object({
    id: z.uuid(),
    list: ListPath,
    name: Name,
    search: Search,
    position: Position,
    is_shared: z.boolean().describe('Whether all of the tenant see it'),
    is_own: z.boolean().describe('Whether whoever asks made it'),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'SavedView' });

/** As it is stored. */
const SavedViewRow = SavedView.omit({ is_shared: true, is_own: true }).extend({ owner: z.string(), audience: z.string() });

export const SavedViewModel = defineModel({
  app: 'studio',
  name: 'SavedView',
  table: 'saved_views',
  schema: SavedViewRow,
  ordering: ['position', 'id'],
  filters: filterBy(SavedViewRow, { list: ['exact'] }),
});

export const SavedViewCreate = z
  .strictObject({
    list: ListPath,
    name: Name,
    search: Search,
    position: Position.default(0),
    is_shared: z.boolean().default(false),
  })
  .meta({ id: 'SavedViewCreate' });

export const SavedViewUpdate = SavedViewCreate.omit({ list: true }).meta({ id: 'SavedViewUpdate' });
