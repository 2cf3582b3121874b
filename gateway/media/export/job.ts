/** One export from the plan to the bundle: originals, copies with text, one file of all, then the texts that the main process signs, then the zip. */
import { rm, statfs } from 'node:fs/promises'
import { GatewayError } from '../../core/errors.ts'
import type { ExportPlan, MadeFile } from '../../core/export-plan.ts'
import type { ExportMissing } from '../../core/exporting.ts'
import type { Clock } from '../../core/ports.ts'
import { storeFailed } from '../clip/durable.ts'
import type { RecordedMedia } from '../record/types.ts'
import { checkAbort, type ExportBench, openBench, type Shares } from './bench.ts'
import { burnIn } from './burn-in.ts'
import { joinAll } from './join.ts'
import { pack } from './pack.ts'
import type { ExportProgress, ExportSettings } from './settings.ts'
import { recordedFiles, type SourceFile, sealedFiles } from './sources.ts'

/** Evidence and recordings need the disk more than a copy of them does. */
const KEPT_FREE_BYTES = 1_073_741_824
/** Where nothing is measured yet: a camera of 4 Mbit/s. */
const BYTES_PER_MS = 500

export interface JobOptions {
  readonly plan: ExportPlan
  readonly settings: ExportSettings
  readonly media: RecordedMedia
  readonly clock: Clock
  readonly abort: AbortSignal
  progress(progress: ExportProgress): void
  texts(files: readonly MadeFile[], missing: readonly ExportMissing[]): ReturnType<TextsHook>
}

type TextsHook = (files: readonly MadeFile[], missing: readonly ExportMissing[]) => Promise<Parameters<typeof pack>[2]>

/** Rejects with MEDIA_UNAVAILABLE when there is nothing to give out, with STORE_FAILED when the disk has no room; leaves nothing behind then. */
export async function runJob(options: JobOptions): Promise<Awaited<ReturnType<typeof pack>>> {
  const { plan, settings, abort, clock } = options
  await checkRoom(plan, settings)
  const bench = await openBench({ plan, settings, abort, clock }, sharesOf(plan), options.progress)
  try {
    return await work(bench, options)
  } catch (error) {
    throw error instanceof GatewayError || abort.aborted ? error : storeFailed(error)
  } finally {
    await rm(bench.workDir, { recursive: true, force: true })
  }
}

async function work(bench: ExportBench, { media, texts }: JobOptions): Promise<Awaited<ReturnType<typeof pack>>> {
  const { plan, abort } = bench
  const [sealed, recorded] = [await sealedFiles(bench), await recordedFiles(bench, media)]
  const originals = [...sealed.files, ...recorded.files]
  if (originals.length === 0) throw new GatewayError('MEDIA_UNAVAILABLE', { reason: 'nothing is there to export' })
  const nothing = { files: [], missing: [] }
  const wanted = plan.burnIn?.time || plan.burnIn?.address
  const burnt = wanted ? await burnIn(bench, originals) : nothing
  const joined = plan.oneFile ? await joinAll(bench, originals) : nothing
  checkAbort(abort)
  const files: readonly SourceFile[] = [...originals, ...burnt.files, ...joined.files]
  const missing = [sealed, recorded, burnt, joined].flatMap(part => part.missing)
  const about = await texts(
    files.map(({ path: _path, ...file }) => file),
    missing
  )
  return pack(bench, files, about)
}

function sharesOf(plan: ExportPlan): Shares {
  const span = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) => (toMs - fromMs) / 1_000
  const media = [...plan.items, ...plan.ranges].reduce((sum, each) => sum + span(each), 1)
  const cameras = new Set([...plan.items, ...plan.ranges].map(each => each.cameraId)).size
  const burning = plan.burnIn?.time || plan.burnIn?.address
  return {
    collect: media * 0.02 + 0.5,
    burnIn: burning ? media * 0.2 : 0,
    join: plan.oneFile ? (media / Math.max(1, cameras)) * (0.3 + 0.1 * cameras) : 0,
    pack: media * 0.01 + 0.2
  }
}

/** The bundle, the cut recordings and the copies lie beside the originals for a while. */
async function checkRoom(plan: ExportPlan, { evidenceDir }: ExportSettings): Promise<void> {
  const { bavail, bsize } = await statfs(evidenceDir)
  const spans = [...plan.items, ...plan.ranges].reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  const copies = 2 + (plan.burnIn ? 1 : 0) + (plan.oneFile ? 1 : 0)
  const needed = spans * BYTES_PER_MS * copies + KEPT_FREE_BYTES
  if (bavail * bsize < needed)
    throw new GatewayError('STORE_FAILED', {
      reason: `the disk has no room: ${Math.ceil(needed / 1e9)} GB are needed, ${Math.floor((bavail * bsize) / 1e9)} GB are free`
    })
}
