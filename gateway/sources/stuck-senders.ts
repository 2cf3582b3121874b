/** A source that presses faster than any button for so long that nobody can be doing it: a trouble for the technician, until it has been slow for a minute. */
import type { SourceId } from '../core/brand.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Signal } from '../core/signal.ts'
import { saying } from '../core/words.ts'

export const STUCK_SENDER = 'stuck-sender'

export interface StuckSendersOptions {
  readonly clock: Clock
  readonly log: Log
  known(sourceId: SourceId): boolean
  /** The trouble stands, from before a restart as well. */
  hasTrouble(sourceId: SourceId): boolean
  /** The alarm line. */
  accept(signal: Signal): Promise<unknown>
}

export interface StuckSenders {
  /** Told of each second in which presses were gathered. */
  gathered(signal: Signal): void
  /** Of whoever had the trouble before the restart: it ends like any other. */
  had(sourceId: SourceId, signal: Pick<Signal, 'sourceKind'>): void
  stop(): void
}

/** A frightened person hammers on a button; not for so long, and not so fast. */
const STUCK_MS = 10_000
/** Without such a second for so long it has ended. */
const SLOW_MS = 60_000
const MAX_SENDERS = 20_000

interface Sender {
  readonly kind: Signal['sourceKind']
  readonly fromMs: number
  lastMs: number
  told: boolean
}

export function createStuckSenders(options: StuckSendersOptions): StuckSenders {
  const { clock, log } = options
  const senders = new Map<SourceId, Sender>()

  const tell = (sourceId: SourceId, sender: Sender, isStuck: boolean): void => {
    sender.told = isStuck
    const nowMs = clock.now()
    const said = isStuck
      ? { zh: '连续高频报警，按钮卡住或设备故障', en: 'Reports without pause: a stuck button or a broken device' }
      : { zh: '连续高频报警已停止', en: 'The reports without pause have ended' }
    const signal: Signal = {
      ...{ sourceId, sourceKind: sender.kind, qualifier: isStuck ? 'new' : 'restore', condition: 'fault' },
      ...{ alarmClass: 'trouble', cause: STUCK_SENDER, eventId: `${STUCK_SENDER}:${isStuck ? '' : 'r:'}${nowMs}` },
      ...{ receivedTimeMs: nowMs, verified: true, origin: 'gateway', ...saying(said) }
    }
    options.accept(signal).catch((error: unknown) => {
      sender.told = !isStuck
      log.error(
        { err: error, source: sourceId },
        'that a sender is stuck, or no longer, could not be stored; tried again'
      )
    })
  }

  const look = (): void => {
    const nowMs = clock.steady()
    for (const [sourceId, sender] of senders) {
      if (nowMs - sender.lastMs < SLOW_MS) continue
      if (sender.told && options.hasTrouble(sourceId)) tell(sourceId, sender, false)
      else senders.delete(sourceId)
    }
  }
  const cancel = clock.every(STUCK_MS, look)

  return {
    gathered(signal) {
      const { sourceId, sourceKind: kind } = signal
      if (!options.known(sourceId)) return
      const nowMs = clock.steady()
      const sender = senders.get(sourceId) ?? { kind, fromMs: nowMs, lastMs: nowMs, told: options.hasTrouble(sourceId) }
      if (senders.size < MAX_SENDERS) senders.set(sourceId, sender)
      sender.lastMs = nowMs
      if (!sender.told && nowMs - sender.fromMs >= STUCK_MS) tell(sourceId, sender, true)
    },
    had(sourceId, { sourceKind: kind }) {
      const nowMs = clock.steady()
      senders.set(sourceId, { kind, fromMs: nowMs, lastMs: nowMs, told: true })
    },
    stop: cancel
  }
}
