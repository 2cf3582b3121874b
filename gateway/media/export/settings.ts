/** What the export process is given, and what it and the main process say to each other. */

import type { ErrorCode } from '../../core/errors.ts'
import type { BundleText, ExportPlan, MadeFile } from '../../core/export-plan.ts'
import type { ExportJob, ExportMissing } from '../../core/exporting.ts'

export interface ExportSettings {
  readonly evidenceDir: string
  readonly recordingsDir: string
  readonly ffmpegPath: string
  /** Of each ffmpeg. */
  readonly threads: number
  /** Font files for the text in pictures (woff2, ttf, otf); none: what the system has. */
  readonly fonts: readonly string[]
}

export type ToExport =
  | { readonly kind: 'make'; readonly settings: ExportSettings; readonly plan: ExportPlan }
  | { readonly kind: 'texts'; readonly texts: readonly BundleText[] }
  | { readonly kind: 'cancel' }

export type ExportProgress = Required<Pick<ExportJob, 'stage' | 'percent'>>

export type FromExport =
  | { readonly kind: 'progress'; readonly progress: ExportProgress }
  | { readonly kind: 'made'; readonly files: readonly MadeFile[]; readonly missing: readonly ExportMissing[] }
  | { readonly kind: 'done'; readonly file: string; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly reason: string }
