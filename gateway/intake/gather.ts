/**
 * Journal, then acknowledge, also for a sender that never stops pressing: what comes faster than any button is pressed is made durable at once like
 * everything else, but as one row a second, which is worked when its second is over. Nothing waits for its acknowledgement longer than the disk takes.
 */
import { GatewayError } from '../core/errors.ts'
import type { Clock, Remember } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Accepted, Signal } from '../core/signal.ts'
import type { Journal, JournaledSignal } from '../core/store.ts'
import { createSenderRate, type SenderRate } from './sender-rate.ts'

const SECOND_MS = 1_000
/** Reports of one write. */
const AT_ONCE = 512
/** Of whoever has gone on for so long, with the floor told of it (stuck-senders.ts), ten seconds are a row: a night of it is three thousand lines of a story, not thirty thousand. */
const LONG_AFTER_MS = 60_000
const LONG_MS = 10_000
const LIMITS = {
  /** Sources whose pace is known; beyond them the one that was quiet longest starts anew, and while none is quiet a new one is journaled press by press. */
  sources: 4_096,
  /** Reports that wait for the disk: as many as it lets wait by itself. */
  waiting: 50_000
}
/** Sources looked at for each press at most. */
const LOOKS = 8
/** Event ids of gathered reports by which their retransmission is known, of a source and in all. */
const IDS_OF_SOURCE = 4_096
const IDS_IN_ALL = 262_144

export interface GatherOptions {
  readonly clock: Pick<Clock, 'steady' | 'after'>
  readonly journal: Journal
  /** A row is durable and may still grow: nobody else works it. */
  held(seq: number): void
  /** To be worked, in the order of its source. */
  work(row: JournaledSignal): void
  /** Tests: smaller ones. */
  readonly limits?: Partial<typeof LIMITS>
  /** So many presses of this source were gathered within a second. */
  gathered?(signal: Signal): void
}

export interface Gather {
  accept(signal: Signal, remember?: Remember): Promise<Accepted>
  /** Ends the seconds under way, of one source or of all; resolves when their rows are being worked. */
  settle(sourceId?: string): Promise<void>
}

interface Report {
  readonly signal: Signal
  readonly remember: Remember | undefined
  resolve(accepted: Accepted): void
  reject(error: unknown): void
}

/** A second of one alarm. */
interface Second {
  readonly alarm: string
  readonly waiting: Report[]
  row: JournaledSignal | undefined
  writing: Promise<void> | undefined
  cancel(): void
}

interface Sender {
  readonly rate: SenderRate
  readonly seconds: Map<string, Second>
  /** Seconds that are over and whose last reports are being written. */
  readonly ending: Set<Promise<void>>
  /** Row by event id of what was gathered lately. */
  readonly ids: Map<string, number>
  /** Reports that wait until those before them are on their way. */
  queued: number
  /** Since when it has hardly paused, and when its newest second was over. */
  sinceMs: number
  overMs: number
}

export function createGather(options: GatherOptions): Gather {
  const { clock, journal } = options
  const limits = { ...LIMITS, ...options.limits }
  const senders = new Map<string, Sender>()
  const serial = createSerial()
  let waiting = 0
  let ids = 0

  /** The one that was quiet longest goes; one that is being written stays, and does not keep those behind it. */
  const makeRoom = (): void => {
    for (let n = 0; n < LOOKS && (senders.size >= limits.sources || ids > IDS_IN_ALL); n++) {
      const [oldest] = senders
      if (!oldest) return
      const [sourceId, sender] = oldest
      senders.delete(sourceId)
      if (isQuiet(sender)) ids -= sender.ids.size
      else senders.set(sourceId, sender)
    }
  }

  const senderOf = (sourceId: string): Sender | undefined => {
    const known = senders.get(sourceId)
    if (known) senders.delete(sourceId)
    makeRoom()
    if (!known && senders.size >= limits.sources) return undefined
    const sender = known ?? {
      ...{ rate: createSenderRate(clock.steady()), seconds: new Map(), ending: new Set(), ids: new Map(), queued: 0 },
      ...{ sinceMs: 0, overMs: Number.NEGATIVE_INFINITY }
    }
    senders.set(sourceId, sender)
    return sender
  }

  const isQuiet = ({ seconds, ending, queued }: Sender): boolean => seconds.size + ending.size + queued === 0

  const know = (sender: Sender, eventId: string, seq: number): void => {
    ids += sender.ids.has(eventId) ? 0 : 1
    sender.ids.set(eventId, seq)
    if (sender.ids.size <= IDS_OF_SOURCE && (ids <= IDS_IN_ALL || sender.ids.size <= AT_ONCE)) return
    sender.ids.delete(sender.ids.keys().next().value as string)
    ids -= 1
  }

  const alone = async (
    sender: Sender | undefined,
    signal: Signal,
    remember: Remember | undefined
  ): Promise<Accepted> => {
    const accepted = await journal.append(signal, remember)
    if (accepted.duplicate) sender?.rate.giveBack(signal)
    else options.work({ seq: accepted.seq, signal })
    return accepted
  }

  /** One write; what came twice is one report. Never rejects. */
  const writeSome = async (sender: Sender, second: Second): Promise<void> => {
    const some = second.waiting.splice(0, AT_ONCE)
    waiting -= some.length
    const first = new Map<string, Report>()
    const again: Report[] = []
    for (const report of some) {
      const { eventId } = report.signal
      if (first.has(eventId) || sender.ids.has(eventId)) again.push(report)
      else first.set(eventId, report)
    }
    const fresh = [...first.values()]
    const remember = new Map(some.flatMap(each => (each.remember ? [[each.remember.key, each.remember]] : [])))
    try {
      const { seq, signal: row } = second.row ?? {}
      const signals = fresh.map(({ signal }) => signal)
      const answer = await journal.gather({ seq, row, signals, remember: [...remember.values()] })
      if (answer.row) options.held(answer.row.seq)
      second.row = answer.row ?? second.row
      for (const [n, { signal, resolve }] of fresh.entries()) {
        const accepted = answer.accepted[n]
        if (!accepted)
          throw new GatewayError('JOURNAL_UNAVAILABLE', { why: 'the store did not say what it has written' })
        know(sender, signal.eventId, accepted.seq)
        resolve(accepted)
      }
      for (const { signal, resolve } of again) resolve({ seq: sender.ids.get(signal.eventId) ?? 0, duplicate: true })
    } catch (error) {
      for (const { reject } of some) reject(error)
    }
  }

  const write = (sender: Sender, second: Second): void => {
    second.writing ??= (async () => {
      while (second.waiting.length > 0) await writeSome(sender, second)
      second.writing = undefined
    })()
  }

  const end = (sender: Sender, second: Second): void => {
    second.cancel()
    if (sender.seconds.get(second.alarm) !== second) return
    sender.seconds.delete(second.alarm)
    sender.overMs = clock.steady()
    const ended = (async () => {
      await second.writing
      const { row } = second
      if (!row) return
      sender.rate.row()
      options.work(row)
      options.gathered?.(row.signal)
    })()
    sender.ending.add(ended)
    void ended.finally(() => sender.ending.delete(ended))
  }

  const endAll = async (sender: Sender): Promise<void> => {
    for (const second of [...sender.seconds.values()]) end(sender, second)
    await Promise.all(sender.ending)
  }

  /** Of the second that begins now. */
  const lengthOf = (sender: Sender): number => {
    const nowMs = clock.steady()
    if (sender.seconds.size === 0 && nowMs - sender.overMs >= SECOND_MS) sender.sinceMs = nowMs
    return nowMs - sender.sinceMs < LONG_AFTER_MS ? SECOND_MS : LONG_MS
  }

  const full = (): GatewayError =>
    new GatewayError('JOURNAL_UNAVAILABLE', { why: `${waiting} presses are waiting for the disk` })

  const join = (sender: Sender, alarm: string, signal: Signal, remember: Remember | undefined): Promise<Accepted> => {
    if (waiting >= limits.waiting) return Promise.reject(full())
    let second = sender.seconds.get(alarm)
    if (!second) {
      const made: Second = { alarm, waiting: [], row: undefined, writing: undefined, cancel: () => {} }
      made.cancel = clock.after(lengthOf(sender), () => end(sender, made))
      sender.seconds.set(alarm, made)
      second = made
    }
    const { promise, resolve, reject } = Promise.withResolvers<Accepted>()
    second.waiting.push({ signal, remember, resolve, reject })
    waiting += 1
    write(sender, second)
    return promise
  }

  return {
    async accept(signal, remember) {
      const sender = senderOf(signal.sourceId)
      if (!sender) return alone(sender, signal, remember)
      const seq = sender.ids.get(signal.eventId)
      if (seq !== undefined) return { seq, duplicate: true }
      const alarm = sender.rate.gatheredAs(signal, clock.steady())
      if (alarm !== undefined) return join(sender, alarm, signal, remember)
      if (isQuiet(sender)) return alone(sender, signal, remember)
      if (waiting >= limits.waiting) throw full()
      // What was pressed before it is worked before it.
      sender.queued += 1
      waiting += 1
      return serial.run(signal.sourceId, async () => {
        try {
          await endAll(sender)
        } finally {
          sender.queued -= 1
          waiting -= 1
        }
        return alone(sender, signal, remember)
      })
    },
    async settle(sourceId) {
      const all = sourceId === undefined ? [...senders.values()] : [senders.get(sourceId)]
      await Promise.all(all.map(sender => sender && endAll(sender)))
    }
  }
}
