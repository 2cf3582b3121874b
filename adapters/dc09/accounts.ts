/** The events of accounts in order: retransmissions, arm state and chatter by what is remembered, strangers within a budget, then the journal. */

import { createHash } from 'node:crypto'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createSerial } from '../../gateway/core/serial.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { saying } from '../../gateway/core/words.ts'
import type { Report } from '../kit/alarm-report.ts'
import { createStrangerBudget } from '../kit/budget.ts'
import { type AccountState, firstTime, type Judgement, stepAccount } from './account.ts'
import { type Memory, type Past, readBack, reportsOf, writeDown } from './account-memory.ts'
import type { Dc09Config } from './config.ts'
import { decodeExtras } from './decode.ts'
import { type Arrival, digestOf, nativeOf, signalsOf, sourceIdOf } from './signals.ts'

/** Strangers share this many places of memory: however many accounts somebody makes up, what is remembered stays small. */
const STRANGER_PLACES = 256
const MAX_IN_MEMORY = 20_000

export interface Accounts {
  /** The arm state by partition, as the box told it; shown, and filtering nothing (rule 4). */
  armOf(native: string): AccountState['arm']
  /** Resolves when everything in the frame is durable: only then may it be acknowledged. Rejects when it could not be stored. */
  event(arrival: Arrival): Promise<void>
  /** A frame that cannot be deciphered: somebody reported something (rule 7). Durable when it resolves. */
  undecipherable(arrival: Arrival, reason: 'noKey' | 'wrongKey' | 'notHex'): Promise<void>
}

export function createAccounts(host: AdapterHost, config: Dc09Config): Accounts {
  const serial = createSerial()
  const budget = createStrangerBudget(config.strangersPerMinute)
  const memories = new Map<string, Memory>()
  const rule = { after: config.swingerAlarms, pauseMs: config.swingerPauseMs }

  const memoryOf = (key: string): Memory => {
    const memory = memories.get(key) ?? readBack(host.recall, key, rule)
    memories.delete(key)
    memories.set(key, memory)
    if (memories.size > MAX_IN_MEMORY) memories.delete(memories.keys().next().value as string)
    return memory
  }

  /** What may have been forged has a memory of its own: it neither hides an event of the real box nor changes its arm state. */
  const keyOf = (arrival: Arrival, native: string): string => {
    if (!host.known(sourceIdOf(native))) return `stranger:${placeOf(native)}`
    return `${arrival.unproven ? 'unproven' : 'account'}:${native}`
  }

  /** False beyond the budget; one signal of a minute says so, and what was counted into it is acknowledged with it. */
  const withinBudget = async (arrival: Arrival, native: string, signal: Signal): Promise<boolean> => {
    const known = host.known(signal.sourceId)
    if (known && !arrival.unproven) return true
    const key = known ? native : arrival.address
    const { within, whose, perMinute, windowMs } = budget.take(key, known, arrival.receivedMs)
    if (within) return true
    host.reject('strangerFlood', arrival.origin, native)
    await host.accept({
      ...signal,
      sourceId: id<SourceId>(`dc09:flood@${whose}`),
      qualifier: 'new',
      condition: 'alarm',
      alarmClass: 'unmapped',
      cause: undefined,
      zone: undefined,
      eventId: `flood-${windowMs}`,
      verified: false,
      ...saying({
        zh: `未核实的报警一分钟内超过 ${perMinute} 起，其余只计数`,
        en: `More unproven reports than ${perMinute} a minute, the rest is counted`
      })
    })
    return false
  }

  const store = async (
    key: string,
    signals: readonly Signal[],
    written: ReturnType<typeof writeDown>
  ): Promise<void> => {
    const [first, ...rest] = signals
    if (!first) return
    // The past goes with the first, alone: if others are lost, the retransmission has the same event ids and stores only them. Were one
    // of those durable without it, the retransmission would have other ids and double it.
    await host.accept(first, written.entry)
    memories.set(key, written.memory)
    await Promise.all(rest.map(signal => host.accept(signal)))
  }

  const take = (arrival: Arrival, event: Omit<Past, 'atMs'>, reports: readonly Report[]): Promise<void> => {
    const native = nativeOf(arrival.frame)
    const key = keyOf(arrival, native)
    const { digest } = event
    return serial.run(key, async () => {
      const memory = memoryOf(key)
      const extras = decodeExtras(arrival.content)
      const again = firstTime(memory.state, digest, arrival.receivedMs, reports)
      if (again !== undefined) {
        const judged = reports.map((report): Judgement => ({ report, shutDown: false }))
        const signals = signalsOf(arrival, judged, extras, { digest, firstMs: again })
        // The journal knows them by their ids; one that a crash had cut off is stored now.
        await Promise.all(signals.map(signal => host.accept(signal)))
        return
      }
      const { by } = event
      const next = stepAccount(memory.state, { digest, nowMs: arrival.receivedMs, reports, by }, rule)
      // Strangers share their memory: what one of them sent makes nothing of another's less (rule 7).
      const judged = host.known(sourceIdOf(native))
        ? next.judged
        : reports.map((report): Judgement => ({ report, shutDown: false }))
      const signals = signalsOf(arrival, judged, extras, { digest, firstMs: arrival.receivedMs })
      const [first] = signals
      if (!first || !(await withinBudget(arrival, native, first))) return
      await store(key, signals, writeDown(memory, { ...event, atMs: arrival.receivedMs }, next.state, key))
    })
  }

  return {
    armOf: native => memoryOf(`account:${native}`).state.arm,
    event(arrival) {
      const { frame, content } = arrival
      const by = arrival.verified ? undefined : arrival.address
      const event = { digest: digestOf(frame, content.data), id: frame.id, data: content.data, by }
      const reports = reportsOf(event)
      for (const { row, code } of reports) if (!row) host.reject('unknownCode', arrival.origin, code)
      return take(arrival, event, reports)
    },
    undecipherable(arrival, reason) {
      const zh = reason === 'noKey' ? '加密报警，网关没有该账号的密钥' : '加密报警，密钥不符'
      const en = `Encrypted, cannot be read: ${reason === 'noKey' ? 'no key' : 'wrong key'}`
      // Padding and time differ in each retransmission, and with them every byte: the sequence has to do.
      const event = {
        digest: digestOf(arrival.frame, reason),
        id: `*${arrival.frame.id}`,
        data: '',
        by: arrival.address
      }
      const reports = reportsOf(event).map(report => ({ ...report, text: { zh, en } }))
      return take({ ...arrival, verified: false, unproven: true }, event, reports)
    }
  }
}

function placeOf(native: string): number {
  return createHash('sha256').update(native).digest().readUInt16BE(0) % STRANGER_PLACES
}
