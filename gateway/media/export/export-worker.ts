/** Entry of the export process: one job, then its end; low in priority, and gone with its parent. */
import { setPriority } from 'node:os'
import { GatewayError } from '../../core/errors.ts'
import type { BundleText } from '../../core/export-plan.ts'
import { systemClock } from '../clock.ts'
import { createRecordedMedia } from '../record/reader.ts'
import { runJob } from './job.ts'
import type { FromExport, ToExport } from './settings.ts'

process.title = 'pingan-export'
// Behind the alarm line, the cameras and everybody who looks.
setPriority(15)
const abort = new AbortController()
const texts = Promise.withResolvers<readonly BundleText[]>()

function send(message: FromExport): Promise<void> {
  return new Promise(resolve => {
    if (process.connected) process.send?.(message, () => resolve())
    else resolve()
  })
}

async function make({ settings, plan }: Extract<ToExport, { kind: 'make' }>): Promise<void> {
  try {
    const result = await runJob({
      plan,
      settings,
      media: createRecordedMedia(settings.recordingsDir),
      clock: systemClock,
      abort: abort.signal,
      progress: progress => void send({ kind: 'progress', progress }),
      async texts(files, missing) {
        await send({ kind: 'made', files, missing })
        return texts.promise
      }
    })
    await send({ kind: 'done', ...result })
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : 'MEDIA_UNAVAILABLE'
    const detail = error instanceof GatewayError ? (error.detail.reason ?? error.detail.cause) : error
    await send({ kind: 'failed', code, reason: String(detail ?? code).slice(0, 500) })
  }
  process.exit(0)
}

function stop(): void {
  abort.abort()
  texts.reject(new Error('cancelled'))
}

// Nobody waits for the texts yet when the order is taken back.
texts.promise.catch(() => undefined)
process.on('message', (message: ToExport) => {
  if (message.kind === 'make') void make(message)
  else if (message.kind === 'texts') texts.resolve(message.texts)
  else stop()
})
process.on('disconnect', stop)
process.on('SIGTERM', stop)
// Ctrl-C reaches the whole process group; the parent decides when we end.
process.on('SIGINT', () => undefined)
