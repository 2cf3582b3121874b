/** Lists of evidence for the console: of one incident, or the newest that match a few words, each with its seal and whether it is held. */
import { type IncidentId, id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { createFinder } from '../core/find.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { Store } from '../core/store.ts'
import type { EvidenceList, EvidenceRow } from '../core/wire.ts'
import type { Holds } from '../evidence/holds.ts'
import type { Retention } from '../evidence/retention.ts'
import type { Sealer } from '../evidence/seal.ts'

const MAX_ROWS = 100
const PAGE = 200
/** A search that finds nothing ends: at a busy centre this is a month. */
const MAX_INCIDENTS = 4_000

export interface EvidenceListDeps {
  readonly store: Pick<Store, 'recentIncidents'>
  readonly sealer: Pick<Sealer, 'manifest'>
  readonly holds: Pick<Holds, 'of'>
  readonly retention: Pick<Retention, 'deletedAtMs'>
  readonly fingerprint: string
  incident(incidentId: IncidentId): Promise<Incident | undefined>
}

interface Found {
  readonly item: EvidenceItem
  readonly incident: Incident
}

/** NOT_FOUND for an incident that does not exist. */
export async function listEvidence(
  deps: EvidenceListDeps,
  { incidentId, search = '' }: { readonly incidentId?: string; readonly search?: string }
): Promise<EvidenceList> {
  const { fingerprint } = deps
  const rows = (found: readonly Found[]) => Promise.all(found.map(each => rowOf(deps, each)))
  if (incidentId === undefined) {
    const { found, backToMs } = await searched(deps, search)
    return { fingerprint, rows: await rows(found), ...(backToMs === undefined ? {} : { searchedBackToMs: backToMs }) }
  }
  const incident = await deps.incident(id<IncidentId>(incidentId))
  if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
  return { fingerprint, rows: await rows(incident.evidence.map(item => ({ item, incident }))) }
}

async function searched(
  { store }: EvidenceListDeps,
  words: string
): Promise<{ readonly found: readonly Found[]; readonly backToMs?: number }> {
  const found: Found[] = []
  let beforeMs: number | undefined
  for (let seen = 0; seen < MAX_INCIDENTS && found.length < MAX_ROWS; seen += PAGE) {
    const page = await store.recentIncidents({ limit: PAGE, ...(beforeMs === undefined ? {} : { beforeMs }) })
    for (const incident of page) found.push(...matching(incident, words))
    const last = page.at(-1)
    if (!last || page.length < PAGE) return found.length <= MAX_ROWS ? { found } : cutOff(found)
    beforeMs = last.openedAtMs
  }
  return found.length > MAX_ROWS ? cutOff(found) : { found, ...(beforeMs === undefined ? {} : { backToMs: beforeMs }) }
}

function cutOff(found: readonly Found[]): { readonly found: readonly Found[]; readonly backToMs?: number } {
  const kept = found.slice(0, MAX_ROWS)
  const last = kept.at(-1)
  return { found: kept, ...(last ? { backToMs: last.incident.openedAtMs } : {}) }
}

const find = createFinder<Found>(({ item, incident }) => [incident.number, item.cameraName, item.cameraId])

function matching(incident: Incident, text: string): readonly Found[] {
  const ready = incident.evidence.filter(item => item.state === 'ready').map(item => ({ item, incident }))
  return find(ready, { text, offset: 0, limit: ready.length }).rows
}

async function rowOf(deps: EvidenceListDeps, { item, incident }: Found): Promise<EvidenceRow> {
  const span = { fromMs: item.actualFromMs ?? item.requestedFromMs, toMs: item.actualToMs ?? item.requestedToMs }
  // What cannot be sealed now is shown as it is: a list must not fail for it.
  const sealed =
    item.state === 'ready' &&
    (await deps.sealer.manifest(item).then(
      () => true,
      () => false
    ))
  const deletedAtMs = await deps.retention.deletedAtMs(item.id)
  return {
    item,
    incidentNumber: incident.number,
    sealed,
    held: deps.holds.of({ ...item, ...span }).length > 0,
    ...(deletedAtMs === undefined ? {} : { deletedAtMs })
  }
}
