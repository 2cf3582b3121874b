/** Entry of a video worker process: receives its settings over IPC and lives exactly as long as its parent. */
import { setPriority } from 'node:os'
import type { Log } from '../core/ports.ts'
import { systemClock } from './clock.ts'
import type { FromWorker, LogLevel, ToWorker } from './ipc.ts'
import { WorkerRoom } from './worker-room.ts'

process.title = 'pingan-media'
// When cores are short the alarm line comes first.
setPriority(5)
let room: WorkerRoom | undefined
const STOPPED: FromWorker = { kind: 'log', level: 'debug', fields: {}, message: 'video worker stopped' }

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message)
}

function createLog(common: object): Log {
  const write =
    (level: LogLevel) =>
    (fields: object, message: string): void =>
      send({ kind: 'log', level, fields: { ...common, ...fields }, message })
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: fields => createLog({ ...common, ...fields })
  }
}

async function take(message: ToWorker): Promise<void> {
  if (message.kind === 'start') {
    const { settings } = message
    room = new WorkerRoom({ settings, clock: systemClock, log: createLog({ worker: settings.index }), send })
    await room.start()
  } else if (message.kind === 'stop') {
    await room?.stop()
    // Messages leave in their order: with this one the last recordings have been told.
    const end = () => process.exit(0)
    if (process.connected) process.send?.(STOPPED, end)
    else end()
  } else room?.take(message)
}

// A bug ends this process, not the gateway: the parent starts it again and its cameras are back within 1.5 s.
process.on('uncaughtException', error => {
  send({ kind: 'log', level: 'error', fields: { err: error.stack ?? String(error) }, message: 'video worker failed' })
  setImmediate(() => process.exit(1))
})
process.on('message', message => void take(message as ToWorker))
// The parent is gone: no orphan may hold the port.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; the parent decides when we end.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
