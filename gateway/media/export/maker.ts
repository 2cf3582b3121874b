/** Makes bundles in a process of its own, one per job: hashing and packing of gigabytes never delay an alarm or a camera. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { GatewayError } from '../../core/errors.ts'
import type { ExportHooks, ExportMaker, ExportPlan } from '../../core/export-plan.ts'
import type { Clock } from '../../core/ports.ts'
import type { ExportSettings, FromExport, ToExport } from './settings.ts'

const ENTRY = fileURLToPath(new URL('./export-worker.ts', import.meta.url))
/** A cancelled process takes its ffmpeg with it and tidies up; then it is killed. */
const KILL_MS = 5_000

type Made = Awaited<ReturnType<ExportMaker['make']>>

export function createExportMaker(settings: ExportSettings, clock: Clock): ExportMaker {
  return {
    make: (plan, hooks, abort) => {
      const child = fork(ENTRY, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' })
      return follow(child, { settings, plan, hooks, abort, clock })
    }
  }
}

interface Following {
  readonly settings: ExportSettings
  readonly plan: ExportPlan
  readonly hooks: ExportHooks
  readonly abort: AbortSignal
  readonly clock: Clock
}

/** Resolves or rejects once the process has ended: no job begins beside the rest of the one before. */
function follow(child: ChildProcess, { settings, plan, hooks, abort, clock }: Following): Promise<Made> {
  return new Promise((resolve, reject) => {
    let result: Made | undefined
    let failure: GatewayError | undefined
    let cancelKill = (): void => undefined
    const tell = (message: ToExport): void => void (child.connected && child.send(message, () => undefined))
    const cancel = (): void => {
      tell({ kind: 'cancel' })
      cancelKill = clock.after(KILL_MS, () => child.kill('SIGKILL'))
    }
    const take = (message: FromExport): void => {
      if (message.kind === 'progress') hooks.progress(message.progress)
      else if (message.kind === 'done') result = { file: message.file, bytes: message.bytes, sha256: message.sha256 }
      else if (message.kind === 'failed') failure = new GatewayError(message.code, { reason: message.reason })
      else
        hooks.texts(message.files, message.missing).then(
          texts => tell({ kind: 'texts', texts }),
          error => {
            failure =
              error instanceof GatewayError ? error : new GatewayError('STORE_FAILED', { reason: String(error) })
            cancel()
          }
        )
    }
    abort.addEventListener('abort', cancel, { once: true })
    child.on('message', message => take(message as FromExport))
    child.once('error', error => {
      failure ??= new GatewayError('MEDIA_UNAVAILABLE', { reason: error.message })
    })
    child.once('exit', (status, signal) => {
      cancelKill()
      abort.removeEventListener('abort', cancel)
      if (result && !abort.aborted) return resolve(result)
      const reason = `the export process ended with ${status ?? signal}`
      reject(failure ?? new GatewayError('MEDIA_UNAVAILABLE', { reason }))
    })
    tell({ kind: 'make', settings, plan })
    if (abort.aborted) cancel()
  })
}
