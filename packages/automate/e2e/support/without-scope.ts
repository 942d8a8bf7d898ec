import type { Model, ModelStore } from '../../src/kernel/index.ts';
import type { Automate } from '../../src/server/index.ts';

/**
 * Takes the tenant out of every statement that a request makes on a tenant's behalf, so that row-level security is all that is
 * left. Reaches into a running server: no setting and no option could do it.
 * @returns how many statements have lost their condition
 */
export function switchOffScope({ db, api }: Automate): () => number {
  let stripped = 0;
  const asTenant = db.asTenant.bind(db);
  db.asTenant = (tenantId, work) =>
    asTenant(tenantId, (transaction) =>
      work({
        query(text, values, name) {
          const open = text.replace(/(?:"?\w+"?\.)?"?tenant_id"? = (\$\d+)/g, '$1::uuid is not null');
          if (open === text) return transaction.query(text, values, name);
          stripped += 1;
          return transaction.query(open, values);
        },
      }),
    );
  // The tenant's own row is its `id`, which no pattern tells from any other.
  const { services } = api;
  Object.assign(services, { models: withoutTenantField(services.models) });
  return () => stripped;
}

function withoutTenantField(store: ModelStore): ModelStore {
  const open = <M extends Model>(model: M): M => (model.tenantField === 'id' ? { ...model, tenantField: undefined } : model);
  return {
    ...store,
    list: (model, ...rest) => store.list(open(model), ...rest),
    count: (model, ...rest) => store.count(open(model), ...rest),
    get: (model, ...rest) => store.get(open(model), ...rest),
    related: (model, ...rest) => store.related(open(model), ...rest),
  };
}
