/** Seals items 封固: manifest, signature, first custody lines and the entry by which retention finds them, in one commit. */
import type { CameraId, EvidenceId, IncidentId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit, DocumentRow, Store } from '../core/store.ts'
import type { Custody, CustodyLine } from './custody.ts'
import { keptRows } from './kept.ts'
import { type CameraFacts, manifestOf } from './manifest.ts'
import { createSealQueue } from './seal-queue.ts'
import type { Signer } from './signer.ts'

/** The store refuses to change or delete rows of this kind. */
export const MANIFEST = 'evidence.manifest'
/** Public keys that ever signed here; they outlive their private ones. */
export const KEY = 'evidence.key'
const AGAIN_MS = 5_000

export interface SealedManifest {
  /** Canonical JSON, the very bytes that were signed. */
  readonly text: string
  /** Ed25519, base64. */
  readonly signature: string
  readonly fingerprint: string
}

export interface SealerDeps {
  readonly clock: Clock
  readonly log: Log
  readonly commit: Commit
  readonly store: Pick<Store, 'documents'>
  readonly custody: Custody
  readonly signer: Signer
  readonly version: string
  readonly timeZone: string
  incident(incidentId: IncidentId): Promise<Incident | undefined>
  camera(cameraId: CameraId): CameraFacts
}

export interface Sealer {
  /** Puts this key on record; once, before anything is signed. */
  start(): Promise<void>
  /** Never rejects: what cannot be sealed now is tried again, and at the latest when somebody asks for it. */
  sealed(items: readonly EvidenceItem[]): void
  /** Seals a ready item that a crash left without; gives the manifest. NOT_FOUND for an item that is not ready. */
  manifest(item: EvidenceItem): Promise<SealedManifest>
  /** Public keys in PEM by fingerprint. */
  keys(): Promise<ReadonlyMap<string, string>>
  /** Resolves when what was asked for has been sealed, or could not be. */
  stop(): Promise<void>
}

export function createSealer(deps: SealerDeps): Sealer {
  const { clock, custody, signer } = deps
  /** Seals asked for and not tried yet, so that nobody seals a second time beside them. */
  const pending = new Map<EvidenceId, Promise<void>>()
  let stopped = false

  const read = async (item: EvidenceId): Promise<SealedManifest | undefined> => {
    const [row] = await deps.store.documents({ kind: MANIFEST, fromKey: item, toKey: `${item}\u0001` })
    return row?.body as SealedManifest | undefined
  }
  const seal = async (items: readonly EvidenceItem[], unhurried = false): Promise<void> => {
    const known = await Promise.all(items.map(item => read(item.id)))
    const unsealed = items.filter((_, n) => known[n] === undefined)
    if (unsealed.length === 0) return
    const documents: DocumentRow[] = []
    const lines: CustodyLine[] = []
    for (const item of unsealed) {
      const text = manifestOf(item, {
        sealedAtMs: clock.now(),
        incident: await deps.incident(item.incidentId),
        camera: deps.camera(item.cameraId),
        keyFingerprint: signer.fingerprint,
        version: deps.version,
        timeZone: deps.timeZone
      })
      const body: SealedManifest = { text, signature: signer.sign(text), fingerprint: signer.fingerprint }
      documents.push({ kind: MANIFEST, key: item.id, body }, ...keptRows(item))
      lines.push(...firstLines(item, signer.fingerprint))
    }
    await custody.append(lines, { documents, unhurried })
  }
  const keep = (items: readonly EvidenceItem[], done: (item: EvidenceItem) => Promise<void>): void => {
    for (const item of items) {
      const over = done(item).then(() => void (pending.get(item.id) === over && pending.delete(item.id)))
      pending.set(item.id, over)
    }
  }
  const isFresh = (item: EvidenceItem): boolean => item.state === 'ready' && !pending.has(item.id)
  const queue = createSealQueue({
    seal,
    failed(items, error) {
      deps.log.error({ err: error, items: items.length }, 'evidence could not be sealed yet')
      clock.after(AGAIN_MS, () => void (stopped || keep(items.filter(isFresh), item => queue.add(item, true))))
    }
  })
  /** At once, and the caller learns why not. */
  const sealNow = (item: EvidenceItem): Promise<void> => {
    if (!isFresh(item)) return pending.get(item.id) ?? Promise.resolve()
    const done = seal([item])
    keep([item], () => done.catch(() => undefined))
    return done
  }

  return {
    async start() {
      const { fingerprint, publicKeyPem } = signer
      const known = await deps.store.documents({ kind: KEY, fromKey: fingerprint, toKey: `${fingerprint}\u0001` })
      if (known.length > 0) return
      const before = (await deps.store.documents({ kind: KEY })).map(row => row.key)
      if (before.length > 0)
        deps.log.warn(
          { fingerprint, before },
          'another key signs evidence from now on; if nobody meant that, stop the gateway and put the old key file back from its backup'
        )
      const atMs = clock.now()
      const result = await deps.commit({
        documents: [{ kind: KEY, key: fingerprint, body: { publicKeyPem, sinceMs: atMs } }],
        audit: [{ atMs, who: 'system', action: 'evidence.key', object: `key:${fingerprint}`, outcome: 'done' }]
      })
      if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    },
    sealed(items) {
      if (!stopped) keep(items.filter(isFresh), item => queue.add(item))
    },
    async manifest(item) {
      queue.hurry(item.id)
      await pending.get(item.id)
      const found = await read(item.id)
      if (found) return found
      await sealNow(item)
      const made = await read(item.id)
      if (!made) throw new GatewayError('NOT_FOUND', { evidence: item.id, state: item.state })
      return made
    },
    async keys() {
      const rows = await deps.store.documents({ kind: KEY })
      return new Map(rows.map(row => [row.key, (row.body as { publicKeyPem: string }).publicKeyPem]))
    },
    stop() {
      stopped = true
      return queue.drained()
    }
  }
}

function firstLines(item: EvidenceItem, fingerprint: string): readonly CustodyLine[] {
  const { id, kind, cameraId, cameraName, takenBy, sha256 = '', bytes = 0 } = item
  const from: Readonly<Record<string, string>> = kind === 'voice' ? { source: cameraId } : { camera: cameraName }
  const by = takenBy ? { who: takenBy.who } : { who: 'system', reason: 'alarm' }
  return [
    { item: id, ...by, step: 'recorded', detail: { kind, ...from, bytes } },
    { item: id, who: 'system', step: 'sealed', detail: { sha256, key: fingerprint } }
  ]
}
