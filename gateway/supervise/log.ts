/** The Log port on pino: one JSON object a line; what looks like a secret is taken out at any depth, long values are cut. */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Clock, Log } from '../core/ports.ts'
import { systemClock } from './clock.ts'
import { createLogOutput } from './log-output.ts'
import { createRepeats, type Repeats } from './repeats.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

const SECRET = /passw|secret|token|ticket|cookie|authorization|credential|privatekey/i
/** Refusals are counted under their names: `wrongPassword: 3`. */
const COUNTED = /^wrong[A-Z]/
/** `rtsp://user:password@camera/…` in addresses and error texts. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi
const HIDDEN = '…'
const TEXT_MAX = 2_000
const ITEMS_MAX = 50
const DEPTH_MAX = 5

/** Writes to standard output unless a destination is given. */
export function createLog(
  level: LogLevel,
  destination: DestinationStream = createLogOutput(),
  clock: Pick<Clock, 'steady'> = systemClock
): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => harmless(fields) as Record<string, unknown>
    }
  }
  const repeats = createRepeats(() => clock.steady())
  return wrap(pino(options, destination), repeats)
}

function wrap(logger: Logger, repeats: Repeats): Log {
  const write = (level: 'info' | 'warn' | 'error', fields: object, message: string): void => {
    const again = repeats.count(fields, message)
    for (const { message: left, ...rest } of repeats.owed()) logger.warn(rest, `${left} (the last of it)`)
    if (again !== undefined) logger[level](again > 0 ? { ...fields, again } : fields, message)
  }
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message),
    child: fields => wrap(logger.child(harmless(fields) as Record<string, unknown>), repeats)
  }
}

function harmless(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEPTH_MAX) return HIDDEN
  if (value instanceof Error) return errorFields(value, depth)
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map(item => harmless(item, depth + 1))
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, ITEMS_MAX)
      .map(([key, each]) => [key, isSecret(key, each) ? HIDDEN : harmless(each, depth + 1)])
  )
}

function isSecret(key: string, value: unknown): boolean {
  return SECRET.test(key) && !(typeof value === 'number' && COUNTED.test(key))
}

/** `cause` is followed, so that the first reason is in the line. */
function errorFields(error: Error & { code?: unknown; detail?: unknown }, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: text(error.message),
    code: error.code,
    detail: harmless(error.detail, depth + 1),
    cause: harmless(error.cause, depth + 1),
    stack: text(error.stack ?? '')
  }
}

function text(value: string): string {
  const cut = value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value
  return cut.replace(USER_INFO, `$1${HIDDEN}@`)
}
