import type { SettingValue } from '../../kernel/index.ts';
import type { View } from '../operations/base-view.ts';
import { readSetting, settingsOf, type Widened } from '../settings/settings.ts';
import type { Ctor } from './constructor.ts';

export interface Configurable {
  /** A setting of the web layer, of the kind of its default. @example override pageSize = this.getSetting('PAGE_SIZE', 25); */
  getSetting<const Value extends SettingValue>(name: string, fallback: Value): Widened<Value>;
}

/**
 * `getSetting('PAGE_SIZE', 25)` reads `AUTOMATE_API_PAGE_SIZE`. Read settings in attributes, so that a malformed value
 * stops the start and not a request.
 * @example
 * class ReportView extends ConfigurableMixin(BaseAPIView) { maximumRows = this.getSetting('REPORT_ROWS', 1_000); }
 */
export function ConfigurableMixin<Base extends Ctor<View>>(base: Base): Base & Ctor<Configurable> {
  if (CONFIGURABLE in base) return base as unknown as Base & Ctor<Configurable>;
  abstract class WithSettings extends base implements Configurable {
    static readonly [CONFIGURABLE] = true;
    getSetting<const Value extends SettingValue>(name: string, fallback: Value): Widened<Value> {
      return readSetting(settingsOf(this), name, fallback);
    }
  }
  return WithSettings;
}

// Applied once more, it would set back what a class has set.
const CONFIGURABLE = Symbol('ConfigurableMixin');
