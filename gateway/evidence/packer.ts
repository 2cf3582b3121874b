/** Turns an order into a plan of files, and the made files into the texts of a bundle: manifests, custody, viewer, program, README. */
import type { CameraId, EvidenceId, IncidentId } from '../core/brand.ts'
import type { ExportHooks, ExportItem, ExportPlan } from '../core/export-plan.ts'
import type { CustodyEntry, ExportJob, ExportMissing } from '../core/exporting.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import type { AuditEntry } from '../core/store.ts'
import { type BundleFacts, bundleTexts } from './bundle.ts'
import type { Custody } from './custody.ts'
import type { CameraFacts } from './manifest.ts'
import type { SealedManifest, Sealer } from './seal.ts'
import type { Signer } from './signer.ts'

export interface PackerDeps {
  readonly clock: Clock
  readonly custody: Custody
  readonly sealer: Pick<Sealer, 'manifest' | 'keys'>
  readonly signer: Signer
  readonly site: BundleFacts['site']
  readonly version: string
  /** Viewer page and verification program as they lie beside the program. */
  readonly assets: BundleFacts['assets']
  incident(incidentId: IncidentId): Promise<Incident | undefined>
  camera(cameraId: CameraId): CameraFacts & { readonly name: string }
  deletedAtMs(itemId: string): Promise<number | undefined>
}

export interface Packing {
  readonly plan: ExportPlan
  readonly texts: ExportHooks['texts']
  /** Known once the texts were asked for. */
  missing(): readonly ExportMissing[]
}

export interface Packer {
  /** Writes "exported" into the custody of every item before anything is read. */
  prepare(job: ExportJob): Promise<Packing>
  handOut(job: ExportJob, who: string, audit: AuditEntry): Promise<void>
}

export function createPacker(deps: PackerDeps): Packer {
  const itemsOf = async (
    job: ExportJob
  ): Promise<{ incident?: Incident; items: EvidenceItem[]; missing: ExportMissing[] }> => {
    const incident = job.incidentId === undefined ? undefined : await deps.incident(job.incidentId)
    const items: EvidenceItem[] = []
    const missing: ExportMissing[] = []
    const filmed = new Set(
      incident?.evidence.filter(e => e.kind === 'clip' && e.state === 'ready').map(e => e.cameraId)
    )
    for (const item of incident?.evidence ?? []) {
      // A preview is the beginning of the clip: it stands in only where there is none.
      if (item.kind === 'preview' && filmed.has(item.cameraId)) continue
      const why = item.state !== 'ready' ? (item.state === 'failed' ? 'none' : 'unfinished') : undefined
      if (why) missing.push({ what: `${item.cameraName} ${item.kind} ${item.id}`, why })
      else if ((await deps.deletedAtMs(item.id)) !== undefined)
        missing.push({ what: `${item.cameraName} ${item.kind} ${item.id}`, why: 'gone' })
      else items.push(item)
    }
    return { ...(incident ? { incident } : {}), items, missing }
  }

  return {
    async prepare(job) {
      const { incident, items, missing: lacking } = await itemsOf(job)
      const manifests = new Map<EvidenceId, SealedManifest>()
      for (const item of items) manifests.set(item.id, await deps.sealer.manifest(item))
      const { id, receiver, reason } = job
      await deps.custody.append(
        items.map(item => ({
          item: item.id,
          who: job.orderedBy,
          step: 'exported',
          reason,
          detail: { export: id, receiver }
        }))
      )
      let missing: readonly ExportMissing[] = lacking
      return {
        plan: planOf(job, items, deps, deps.site.timeZone),
        missing: () => missing,
        async texts(files, notMade) {
          missing = [...lacking, ...notMade]
          const given = new Set(files.map(file => file.evidenceId))
          const kept = items.filter(item => given.has(item.id))
          const custody: CustodyEntry[] = []
          for (const item of kept) custody.push(...(await deps.custody.of(item.id)))
          return bundleTexts({
            job,
            incident,
            files,
            missing,
            custody,
            manifests: kept.map(item => ({ item, manifest: manifests.get(item.id) })),
            keys: await deps.sealer.keys(),
            signer: deps.signer,
            site: deps.site,
            version: deps.version,
            assets: deps.assets,
            cameraOf: deps.camera,
            madeAtMs: deps.clock.now()
          })
        }
      }
    },
    async handOut(job, who, audit) {
      const { items } = await itemsOf(job)
      const { id, receiver, reason, sha256 = '' } = job
      await deps.custody.append(
        items.map(item => ({
          item: item.id,
          who,
          step: 'handedOut',
          reason,
          detail: { export: id, receiver, sha256 }
        })),
        { audit: [audit] }
      )
    }
  }
}

function planOf(job: ExportJob, items: readonly EvidenceItem[], deps: PackerDeps, timeZone: string): ExportPlan {
  const camera = (cameraId: CameraId) => {
    const { name, place } = deps.camera(cameraId)
    return { cameraId, name, place: place ?? '' }
  }
  const itemOf = (item: EvidenceItem): ExportItem => ({
    ...camera(item.cameraId),
    name: item.cameraName,
    evidenceId: item.id,
    kind: item.kind,
    file: item.file ?? '',
    sha256: item.sha256 ?? '',
    fromMs: item.actualFromMs ?? item.requestedFromMs,
    toMs: item.actualToMs ?? item.requestedToMs,
    gaps: item.gaps ?? [],
    ...(item.codec === undefined ? {} : { codec: item.codec })
  })
  return {
    id: job.id,
    items: items.map(itemOf),
    ranges: (job.ranges ?? []).map(range => ({ ...range, ...camera(range.cameraId) })),
    utcOffsetMin: utcOffsetMin(timeZone, items[0]?.requestedFromMs ?? job.ranges?.[0]?.fromMs ?? job.orderedAtMs),
    ...(job.burnIn ? { burnIn: job.burnIn } : {}),
    ...(job.oneFile ? { oneFile: job.oneFile } : {}),
    ...(job.oneFileSound ? { oneFileSound: job.oneFileSound } : {})
  }
}

/** Minutes east of UTC at a moment. */
function utcOffsetMin(timeZone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(atMs)
  const text = parts.find(part => part.type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(text) ?? []
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
