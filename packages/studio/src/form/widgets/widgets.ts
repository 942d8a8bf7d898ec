import type { WidgetName } from '../fields.ts';
import type { Widget } from '../form-context.ts';
import { Choice, Many } from './choice.tsx';
import { DurationField } from './duration-field.tsx';
import { FileField } from './file.tsx';
import { JsonField } from './json-field.tsx';
import { List } from './list.tsx';
import { MapField } from './map.tsx';
import { DateTime, Day, TimeOfDay } from './moment.tsx';
import { ObjectField, Union } from './object.tsx';
import { Relation } from './relation.tsx';
import { SecretName } from './secret.tsx';
import { Code, LongText, NumberField, Password, Switch, Text } from './text.tsx';

/** What each kind of field is written with. */
export const widgets: Readonly<Record<WidgetName, Widget>> = {
  text: Text,
  'long-text': LongText,
  number: NumberField,
  switch: Switch,
  choice: Choice,
  many: Many,
  'date-time': DateTime,
  date: Day,
  time: TimeOfDay,
  duration: DurationField,
  json: JsonField,
  code: Code,
  list: List,
  map: MapField,
  object: ObjectField,
  union: Union,
  relation: Relation,
  secret: SecretName,
  password: Password,
  file: FileField,
};
