/** The bench of one export: its folder, its ffmpeg, its font files and its progress; everything a step of the job needs. */
import { mkdir, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExportPlan } from '../../core/export-plan.ts'
import type { Clock } from '../../core/ports.ts'
import { runFfmpeg } from '../ffmpeg.ts'
import type { ExportProgress, ExportSettings } from './settings.ts'

/** Longer than any export within the bounds takes on two cores. */
const FFMPEG_MS = 48 * 3_600_000

/** Parts of the whole work, in seconds of media weighted by what they cost. */
export type Shares = Readonly<Record<ExportProgress['stage'], number>>

export interface ExportBench {
  readonly plan: ExportPlan
  readonly settings: ExportSettings
  readonly abort: AbortSignal
  /** Absolute; gone at the end. */
  readonly workDir: string
  /** `done` 0 … 1 of a stage. */
  progress(stage: ExportProgress['stage'], done: number): void
  /** Runs in the working folder; `durationMs` of the output scales `onDone` 0 … 1. Rejects as runFfmpeg. */
  ffmpeg(args: readonly string[], durationMs: number, onDone: (done: number) => void): Promise<void>
}

/** A fresh folder, with the fonts in `fonts` of it: names in a filter are then plain words, whatever the data folder is called. */
export async function openBench(
  given: Pick<ExportBench, 'plan' | 'settings' | 'abort'> & { readonly clock: Clock },
  shares: Shares,
  tell: (progress: ExportProgress) => void
): Promise<ExportBench> {
  const { plan, settings, abort, clock } = given
  // Of this process: one that a killed gateway left behind may still be tidying up its own.
  const workDir = join(settings.evidenceDir, `${plan.id}.${process.pid}.work`)
  await rm(workDir, { recursive: true, force: true })
  await mkdir(join(workDir, 'fonts'), { recursive: true, mode: 0o750 })
  for (const font of settings.fonts) await symlink(font, join(workDir, 'fonts', basename(font)))
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0)
  const before: Readonly<Record<ExportProgress['stage'], number>> = {
    collect: 0,
    burnIn: shares.collect,
    join: shares.collect + shares.burnIn,
    pack: shares.collect + shares.burnIn + shares.join
  }
  let told = -1
  return {
    plan,
    settings,
    abort,
    workDir,
    progress(stage, done) {
      const percent = Math.floor(((before[stage] + shares[stage] * Math.min(1, Math.max(0, done))) / total) * 100)
      if (percent === told) return
      told = percent
      tell({ stage, percent: Math.min(99, percent) })
    },
    async ffmpeg(args, durationMs, onDone) {
      const onOutput = progressReader(us => onDone(Math.min(1, us / 1_000 / Math.max(1, durationMs))))
      const all = ['-nostdin', '-progress', 'pipe:1', ...args]
      await runFfmpeg({
        path: settings.ffmpegPath,
        args: all,
        clock,
        timeoutMs: FFMPEG_MS,
        cwd: workDir,
        abort,
        onOutput
      })
    }
  }
}

/** Throws when the job was cancelled meanwhile. */
export function checkAbort(abort: AbortSignal): void {
  if (abort.aborted) throw new Error('cancelled')
}

/** Reads `out_time_us=…` out of ffmpeg's `-progress` lines, however they are cut. */
function progressReader(at: (us: number) => void): (chunk: Buffer) => void {
  let rest = ''
  return chunk => {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n')
    rest = (lines.pop() ?? '').slice(-200)
    for (const line of lines) {
      const us = /^out_time_us=(\d+)/.exec(line)?.[1]
      if (us !== undefined) at(Number(us))
    }
  }
}
