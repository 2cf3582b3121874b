/** What the queue outwards finds in the store at a start. */
import type { Incident } from '../../core/incident.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import type { Store } from '../../core/store.ts'
import { type Item, withMaker } from './item.ts'

/** What waits since a version that did not say for whom it was made. */
export async function madeBefore(item: Item, sink: SinkSettings, store: Pick<Store, 'incident'>): Promise<Item> {
  if (item.madeFor) return item
  const incident = item.incidentId === '' ? undefined : await store.incident(item.incidentId as Incident['id'])
  return withMaker(item, sink, incident)
}

/** In pages: the store answers with so many rows at most. */
export async function everything(
  store: Pick<Store, 'documents'>,
  kind: string
): Promise<readonly { readonly key: string; readonly body: object }[]> {
  const all: { readonly key: string; readonly body: object }[] = []
  for (let fromKey = ''; ; ) {
    const rows = await store.documents({ kind, fromKey })
    all.push(...rows)
    const newest = rows.at(-1)
    if (!newest || rows.length < 5_000) return all
    fromKey = `${newest.key}\0`
  }
}
