/** Checks the numbered invariants of sealed evidence (docs/invariants.md, E1 …) on a data folder, read-only. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { type CameraId, type IncidentId, id } from '../core/brand.ts'
import type { CustodyEntry, Hold } from '../core/exporting.ts'
import type { EvidenceItem } from '../core/incident.ts'
import { CUSTODY, CUSTODY_START, custodyHash } from '../evidence/custody.ts'
import { covers, HOLD } from '../evidence/holds.ts'
import { BY_FILE, type KeptItem } from '../evidence/kept.ts'
import { DELETED, GARBAGE } from '../evidence/retention.ts'
import { KEY, MANIFEST, type SealedManifest } from '../evidence/seal.ts'
import { fingerprintOf } from '../evidence/signer.ts'
import { openReadOnly } from '../storage/sqlite/open.ts'
import type { Violation } from '../storage/verify.ts'

const MAX_SHOWN = 20

interface Row {
  readonly key: string
  readonly body: string
}

/** Reads rows only; whether the files are what the rows say is I10. Throws when there is no database. */
export function verifyEvidence(dir: string): { readonly violations: readonly Violation[]; readonly sealed: number } {
  const db = openReadOnly(dir)
  try {
    const { found: seals, sealed } = manifests(db)
    const found = [...custody(db), ...seals, ...removals(db)]
    const violations = [...Map.groupBy(found, each => each.invariant).values()].flatMap(all => all.slice(0, MAX_SHOWN))
    return { violations, sealed }
  } finally {
    db.close()
  }
}

function rowsOf(db: Database, kind: string): Iterable<Row> {
  return db.prepare('SELECT key, body FROM documents WHERE kind = ? ORDER BY key').iterate(kind) as Iterable<Row>
}

/** E1: each item's custody is one unbroken chain. E2: it has every line that the audit log, itself chained (I8), says was written. */
function custody(db: Database): Violation[] {
  const found: Violation[] = []
  const heads = new Map<string, Pick<CustodyEntry, 'seq' | 'hash'>>()
  for (const { key, body } of rowsOf(db, CUSTODY)) {
    const { hash, ...entry } = JSON.parse(body) as CustodyEntry
    const head = heads.get(entry.item) ?? { seq: 0, hash: CUSTODY_START }
    const isNext = entry.prev === head.hash && entry.seq === head.seq + 1 && key.startsWith(`${entry.item}/`)
    if (!isNext || custodyHash(entry) !== hash)
      found.push({ invariant: 'E1', what: `the custody of ${entry.item} breaks at line ${entry.seq}` })
    heads.set(entry.item, { seq: entry.seq, hash })
  }
  const written = db
    .prepare(
      `SELECT substr(json_extract(body, '$.object'), 10) AS item, max(json_extract(body, '$.detail.custodySeq')) AS seq,
         json_extract(body, '$.detail.custodyHash') AS hash
       FROM audit WHERE json_extract(body, '$.detail.custodySeq') IS NOT NULL GROUP BY 1`
    )
    .iterate() as Iterable<{ item: string; seq: number; hash: string }>
  for (const { item, seq, hash } of written)
    if (heads.get(item)?.hash !== hash)
      found.push({ invariant: 'E2', what: `the custody of ${item} does not end with line ${seq} of the audit log` })
  return found
}

/** E3: a kept public key signed every manifest. E4: it names the file that the evidence record names. */
function manifests(db: Database): { readonly found: readonly Violation[]; readonly sealed: number } {
  const keys = new Map([...rowsOf(db, KEY)].map(({ key, body }) => [key, publicKeyOf(key, body)]))
  const record = db.prepare('SELECT body FROM evidence WHERE id = ?')
  const found: Violation[] = []
  let sealed = 0
  for (const { key: item, body } of rowsOf(db, MANIFEST)) {
    sealed += 1
    const sealedBody = parsed<SealedManifest>(body)
    const manifest = parsed<{ file?: { name?: string; sha256?: string } }>(sealedBody?.text)
    if (!sealedBody || !manifest) {
      found.push({ invariant: 'E3', what: `the manifest of ${item} is no JSON` })
      continue
    }
    const { text, signature, fingerprint } = sealedBody
    const key = keys.get(fingerprint)
    if (!key || !verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64')))
      found.push({ invariant: 'E3', what: `the seal of ${item} is not that of key ${fingerprint.slice(0, 16)}…` })
    const row = record.get(item) as { body: string } | undefined
    const said = row && (JSON.parse(row.body) as EvidenceItem)
    const { file } = manifest
    if (said?.sha256 !== file?.sha256 || said?.file !== file?.name)
      found.push({ invariant: 'E4', what: `the record of ${item} does not name the file that was sealed` })
  }
  return { found, sealed }
}

/** Undefined for what is no JSON object: a damaged folder is told, not stumbled over. */
function parsed<T>(text: string | undefined): T | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? (value as T) : undefined
  } catch {
    return undefined
  }
}

/** Undefined: the row holds another key than it says, or none. */
function publicKeyOf(fingerprint: string, body: string): KeyObject | undefined {
  try {
    const key = createPublicKey((JSON.parse(body) as { publicKeyPem: string }).publicKeyPem)
    return fingerprintOf(key) === fingerprint ? key : undefined
  } catch {
    return undefined
  }
}

/** What a manifest says of where and when, as far as holds ask for it. */
interface SealedSpan {
  readonly incident: { readonly id: string }
  /** Absent: no camera made it. */
  readonly camera?: { readonly id: string }
  readonly source?: { readonly id: string }
  readonly actual: { readonly fromMs: number; readonly toMs: number }
}

/** E5: a sealed item is kept or was deleted, never both, and its custody says which. E6: no file of a kept item is to be removed. E7: nothing was deleted while it was held. */
function removals(db: Database): Violation[] {
  const found: Violation[] = []
  const deleted = new Map(
    [...rowsOf(db, DELETED)].map(({ key, body }) => [key, (JSON.parse(body) as { atMs: number }).atMs])
  )
  const kept = new Map(
    [...rowsOf(db, BY_FILE)].map(({ body }) => JSON.parse(body) as KeptItem).map(item => [item.id as string, item])
  )
  const said = new Set<string>()
  for (const { body } of rowsOf(db, CUSTODY)) {
    const { item, step } = JSON.parse(body) as CustodyEntry
    if (step === 'deleted') said.add(item)
  }
  const holds = [...rowsOf(db, HOLD)].map(({ body }) => JSON.parse(body) as Hold)
  for (const { key: item, body } of rowsOf(db, MANIFEST)) {
    const atMs = deleted.get(item)
    const gone = atMs !== undefined
    if (gone === kept.has(item))
      found.push({ invariant: 'E5', what: `${item} is ${gone ? 'kept and deleted' : 'neither kept nor deleted'}` })
    if (gone !== said.has(item))
      found.push({
        invariant: 'E5',
        what: `the custody of ${item} ${gone ? 'does not say that it was deleted' : 'says that it was deleted, and it was not'}`
      })
    if (!gone) continue
    // E3 has said already what cannot be read.
    const sealedSpan = parsed<SealedSpan>(parsed<SealedManifest>(body)?.text)
    if (!sealedSpan?.incident) continue
    const { incident, camera, source, actual } = sealedSpan
    const span = {
      ...actual,
      incidentId: id<IncidentId>(incident.id),
      cameraId: id<CameraId>(camera?.id ?? source?.id ?? '')
    }
    for (const hold of holds)
      if (covers(hold.target, span) && hold.heldAtMs < atMs && (hold.releasedAtMs ?? Number.POSITIVE_INFINITY) > atMs)
        found.push({ invariant: 'E7', what: `${item} was deleted under ${hold.id}` })
  }
  const files = new Map([...kept.values()].map(item => [item.file, item.id]))
  for (const { key } of rowsOf(db, GARBAGE))
    if (files.has(key)) found.push({ invariant: 'E6', what: `${key} of the kept ${files.get(key)} is to be removed` })
  return found
}
