/** Which sinks there are: those of the configuration, and those that the administrator made on the page; a name of the configuration goes first. */
import type { SinkSettings } from '../core/outwards.ts'
import type { Clock } from '../core/ports.ts'
import type { SinkOrigin } from '../core/sink-record.ts'
import type { Store } from '../core/store.ts'
import { createRecords, type Records } from '../registry/records.ts'

export interface SinkBook {
  all(): readonly SinkSettings[]
  find(name: string): SinkSettings | undefined
  /** Undefined: there is none. */
  originOf(name: string): SinkOrigin | undefined
  readonly records: Records<SinkSettings>
}

/** Rejects when the store cannot be read. */
export async function openSinkBook(
  file: readonly SinkSettings[],
  clock: Clock,
  store: Pick<Store, 'documents' | 'commit'>
): Promise<SinkBook> {
  const ofFile = new Map(file.map(each => [each.name, each]))
  const ofPage = new Map<string, SinkSettings>()
  const records = await createRecords<SinkSettings>({
    ...{ clock, store, kind: 'outbox.sink' },
    current: name => ofPage.get(name),
    apply: (name, value) => void (value ? ofPage.set(name, value) : ofPage.delete(name))
  })
  const isShown = ({ name }: SinkSettings) => !ofFile.has(name)
  return {
    all: () => [...file, ...[...ofPage.values()].filter(isShown)],
    find: name => ofFile.get(name) ?? ofPage.get(name),
    originOf: name => (ofFile.has(name) ? 'file' : ofPage.has(name) ? 'page' : undefined),
    records
  }
}
