/** What the evidence room asks of whoever makes an export bundle, and what it is told: a plan, made files, progress. Paths never come from outside. */
import type { CameraId, EvidenceId } from './brand.ts'
import type { ExportJob, ExportMissing, ExportRange, ExportRequest } from './exporting.ts'
import type { EvidenceItem } from './incident.ts'
import type { MediaGap } from './media.ts'

/** How a camera is named in entries and pictures. */
export interface ExportCamera {
  readonly cameraId: CameraId
  readonly name: string
  /** Written into the picture where that was asked for. */
  readonly place: string
}

/** A sealed file of the evidence folder; it is given out only while its hash is the sealed one. */
export interface ExportItem extends ExportCamera {
  readonly evidenceId: EvidenceId
  readonly kind: EvidenceItem['kind']
  readonly file: string
  readonly sha256: string
  readonly fromMs: number
  readonly toMs: number
  readonly gaps: readonly MediaGap[]
  readonly codec?: string
}

export interface ExportPlan extends Pick<ExportRequest, 'burnIn' | 'oneFile' | 'oneFileSound'> {
  /** `export-…`: names the bundle and its working folder. */
  readonly id: string
  readonly items: readonly ExportItem[]
  readonly ranges: readonly (ExportRange & ExportCamera)[]
  /** Minutes east of UTC at the place, for the clock in the picture. */
  readonly utcOffsetMin: number
}

/** A camera's sound in the one file of all: from `atMs` of the file on what was heard from `fromMs` to `toMs`, UTC. */
export interface HeardSound {
  readonly cameraId: string
  readonly cameraName: string
  readonly atMs: number
  readonly fromMs: number
  readonly toMs: number
}

/** A file of the bundle; `entry` is its name in the zip. */
export interface MadeFile {
  readonly entry: string
  readonly bytes: number
  readonly sha256: string
  /** `evidence`: as sealed; `recording`: cut from recordings; `burnIn`, `joined`: made from those, for looking at. */
  readonly role: 'evidence' | 'recording' | 'burnIn' | 'joined'
  readonly evidenceId?: EvidenceId
  readonly cameraId?: CameraId
  readonly cameraName?: string
  readonly fromMs: number
  readonly toMs: number
  readonly requested?: { readonly fromMs: number; readonly toMs: number }
  readonly gaps: readonly MediaGap[]
  readonly codec?: string
  /** Of `joined`: who is heard when; silence in between. */
  readonly sound?: readonly HeardSound[]
  /** Entries it was made from. */
  readonly madeFrom?: readonly string[]
}

/** A text of the bundle: manifest, custody, viewer page … */
export interface BundleText {
  readonly entry: string
  readonly text: string
}

export interface ExportHooks {
  progress(progress: Required<Pick<ExportJob, 'stage' | 'percent'>>): void
  /** All media are there: gives the texts that go with them. */
  texts(files: readonly MadeFile[], missing: readonly ExportMissing[]): Promise<readonly BundleText[]>
}

/** Makes one bundle in the evidence folder. Rejects with MEDIA_UNAVAILABLE or STORE_FAILED and leaves no bundle; aborted, it rejects too. */
export interface ExportMaker {
  make(
    plan: ExportPlan,
    hooks: ExportHooks,
    abort: AbortSignal
  ): Promise<{ readonly file: string; readonly bytes: number; readonly sha256: string }>
}
