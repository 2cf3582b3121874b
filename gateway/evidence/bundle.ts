/** The texts of a bundle: manifest and signature, item manifests, custody, public keys, viewer page, verification program, README. */
import type { CameraId, EvidenceId } from '../core/brand.ts'
import type { BundleText, MadeFile } from '../core/export-plan.ts'
import type { CustodyEntry, ExportJob, ExportMissing } from '../core/exporting.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import { canonicalJson, sha256Hex } from './canonical.ts'
import { custodyText } from './custody.ts'
import { type CameraFacts, TIME_SOURCE } from './manifest.ts'
import type { SealedManifest } from './seal.ts'
import type { Signer } from './signer.ts'

export interface BundleFacts {
  readonly job: ExportJob
  readonly incident: Incident | undefined
  readonly files: readonly MadeFile[]
  readonly missing: readonly ExportMissing[]
  readonly custody: readonly CustodyEntry[]
  readonly manifests: readonly { readonly item: EvidenceItem; readonly manifest: SealedManifest | undefined }[]
  readonly keys: ReadonlyMap<string, string>
  readonly signer: Signer
  readonly site: { readonly name: string; readonly centre: string; readonly timeZone: string }
  readonly version: string
  readonly assets: { readonly viewer: string; readonly verifier: string; readonly readme: string }
  cameraOf(cameraId: CameraId): CameraFacts & { readonly name: string }
  readonly madeAtMs: number
}

/** In the order in which they lie in the zip; the manifest lists all the others, its signature comes last. */
export function bundleTexts(facts: BundleFacts): readonly BundleText[] {
  const { signer, manifests, keys } = facts
  const common = contentOf(facts)
  const signers = new Set(manifests.flatMap(({ manifest }) => (manifest ? [manifest.fingerprint] : [])))
  const texts: BundleText[] = [
    { entry: 'README.txt', text: readmeOf(facts) },
    { entry: 'index.html', text: viewerOf(facts, common) },
    { entry: 'verify.mjs', text: facts.assets.verifier },
    { entry: 'custody.jsonl', text: custodyText(facts.custody) },
    { entry: 'public-key.pem', text: signer.publicKeyPem },
    ...[...signers].map(print => ({ entry: `keys/${print}.pem`, text: keys.get(print) ?? signer.publicKeyPem })),
    ...manifests.flatMap(({ item, manifest }) => (manifest ? itemTexts(item.id, manifest) : []))
  ]
  const listed = texts.map(({ entry, text }) => ({
    entry,
    bytes: Buffer.byteLength(text),
    sha256: sha256Hex(text),
    role: 'text'
  }))
  const manifest = canonicalJson({ ...common, files: [...facts.files, ...listed] })
  return [
    ...texts,
    { entry: 'manifest.json', text: manifest },
    { entry: 'manifest.sig', text: `${signer.sign(manifest)}\n` }
  ]
}

function itemTexts(item: EvidenceId, { text, signature, fingerprint }: SealedManifest): readonly BundleText[] {
  return [
    { entry: `items/${item}.json`, text },
    { entry: `items/${item}.sig.json`, text: canonicalJson({ signature, fingerprint }) }
  ]
}

/** Everything that the manifest says beside the list of files. */
function contentOf(facts: BundleFacts) {
  const { job, incident, custody, signer, site } = facts
  const cameras = new Set(facts.files.flatMap(file => (file.cameraId ? [file.cameraId] : [])))
  return {
    type: 'pingan.export',
    version: 1,
    export: {
      id: job.id,
      orderedBy: job.orderedBy,
      orderedAtMs: job.orderedAtMs,
      reason: job.reason,
      receiver: job.receiver,
      ranges: job.ranges ?? []
    },
    incident: incident && {
      id: incident.id,
      number: incident.number,
      alarmClass: incident.alarmClass,
      openedAtMs: incident.openedAtMs,
      pressTimesMs: incident.pressTimesMs
    },
    cameras: [...cameras].map(cameraId => ({ id: cameraId, ...facts.cameraOf(cameraId) })),
    missing: facts.missing,
    // The newest line of every item: a log cut short at its end is found out.
    custody: Object.fromEntries(custody.map(({ item, seq, hash }) => [item, { seq, hash }])),
    site: { name: site.name, centre: site.centre },
    time: { source: TIME_SOURCE, zone: site.timeZone },
    software: { name: 'pingan-gateway', version: facts.version },
    madeAtMs: facts.madeAtMs,
    keyFingerprint: signer.fingerprint
  }
}

/** The page opens from a disk, where no script may read a file: its data lie in itself. */
function viewerOf(facts: BundleFacts, common: ReturnType<typeof contentOf>): string {
  const items = facts.manifests.map(({ manifest }) => manifest && JSON.parse(manifest.text))
  const data = JSON.stringify({ ...common, files: facts.files, items, custodyLines: facts.custody })
  // Nothing in a name can end the element.
  const safe = data.replace(/[<>\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return facts.assets.viewer.replace('"BUNDLE"', () => safe)
}

function readmeOf({ assets, job, incident, site, version, signer, madeAtMs }: BundleFacts): string {
  const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  const words: Readonly<Record<string, string>> = {
    centre: site.centre || site.name,
    version,
    madeAt: new Date(madeAtMs).toISOString(),
    id: job.id,
    incident: incident?.number ?? '—',
    orderedBy: job.orderedBy,
    receiver: oneLine(job.receiver),
    reason: oneLine(job.reason),
    fingerprint: signer.fingerprint
  }
  return assets.readme.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole)
}
