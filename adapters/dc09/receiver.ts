/** One frame → one answer, whatever line it came by: ACK after the journal, NAK for a wrong clock, DUH for what is not spoken here. */

import type { KeyObject } from 'node:crypto'
import type { Decoded } from '../../gateway/core/frames.ts'
import type { AdapterHost, Sighting } from '../../gateway/core/ports.ts'
import type { Words } from '../../gateway/core/words.ts'
import { createSupervision } from '../kit/box-supervision.ts'
import { createTroubles } from '../kit/troubles.ts'
import { trustedList } from '../kit/trusted.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { decrypt, encrypt } from './cipher-frame.ts'
import type { Dc09Config } from './config.ts'
import {
  type Content,
  type Cut,
  decodeFrame,
  encodeFrame,
  type Frame,
  formatTime,
  parseTime,
  splitContent
} from './frame.ts'
import { createKeys } from './keys.ts'
import { type Arrival, nativeOf, sourceIdOf } from './signals.ts'

/** DC-09 5.5.1.9: how old and how far ahead a time stamp may be. */
const OLDEST_MS = 40_000
const AHEAD_MS = 20_000
/** The panel sets its clock by the first NAK; one that does not can report nothing, and somebody has to go there. */
const NAKS_OF_A_WRONG_CLOCK = 3
const MAX_CLOCKS = 20_000
const EVENTS = new Set(['SIA-DCS', 'ADM-CID'])

export interface Peer {
  readonly origin: string
  readonly address: string
  /** Told when a box of ours has spoken by it, as far as its frame proves that. */
  spokeFor?(): void
}

export interface Receiver {
  /** The bytes to answer, when there is an answer. Never rejects: what cannot be stored is not answered, and the panel sends again. */
  receive(cut: Cut, peer: Peer, receivedMs: number): Promise<Buffer | undefined>
  stop(): void
}

/** What the envelope gave: content in clear and what it proves, or why there is none. */
interface Opened {
  readonly content: Content
  readonly key?: KeyObject
  readonly verified: boolean
  readonly unproven: boolean
}

export function createReceiver(host: AdapterHost, config: Dc09Config): Receiver {
  const keys = createKeys(host)
  const accounts: Accounts = createAccounts(host, config)
  const troubles = createTroubles(host, 'alarmBox')
  const supervision = createSupervision(host, troubles, {
    ...{ protocol: 'dc09', transport: 'tcp', silentMs: config.silentTroubleMs },
    allSilent: count => ({
      zh: `此地址下 ${count} 台报警主机全部失联`,
      en: `All ${count} boxes behind this address are silent`
    })
  })
  const trusted = trustedList(config.trusted, 'adapters.dc09.trusted')
  const naks = new Map<string, number>()

  const open = async (frame: Frame, native: string, { origin, address }: Peer): Promise<Decoded<Opened, string>> => {
    const known = host.known(sourceIdOf(native))
    const key = known || frame.encrypted ? await keys.of(native, origin) : undefined
    if (!frame.encrypted) {
      const content = splitContent(frame.content)
      if (!content) return { ok: false, reason: 'envelope' }
      const unproven = key !== undefined
      return { ok: true, value: { content, verified: !unproven && trusted(address), unproven } }
    }
    if (!key) return { ok: false, reason: 'noKey' }
    const plain = decrypt(frame.content, key)
    if (!plain.ok) return plain
    const content = splitContent(plain.value)
    return content
      ? { ok: true, value: { content, key, verified: true, unproven: false } }
      : { ok: false, reason: 'wrongKey' }
  }

  /** Undefined when the time is in order. Only an encrypted frame must prove that it is no replay. */
  const wrongClock = (
    native: string,
    { content, key }: Opened,
    { origin }: Peer,
    nowMs: number
  ): Buffer | undefined => {
    if (!key) return undefined
    const sentMs = parseTime(content.timestamp)
    const trouble = { sourceId: sourceIdOf(native), cause: 'clock' as const, origin }
    if (sentMs !== undefined && nowMs - sentMs <= OLDEST_MS && sentMs - nowMs <= AHEAD_MS) {
      naks.delete(native)
      troubles.set(trouble, false)
      return undefined
    }
    host.reject('clock', origin, `${native} ${content.timestamp ?? 'no time'}`)
    const count = (naks.get(native) ?? 0) + 1
    naks.set(native, count)
    if (naks.size > MAX_CLOCKS) naks.delete(naks.keys().next().value as string)
    if (count >= NAKS_OF_A_WRONG_CLOCK && host.known(trouble.sourceId))
      troubles.set({ ...trouble, said: clockText(content) }, true)
    return Buffer.from(`"NAK"0000R0L0A0[]_${formatTime(nowMs)}`)
  }

  const heard = (native: string, opened: Opened, peer: Peer, linkTest: boolean): void => {
    // What anybody may have sent is no sign of life.
    if (opened.unproven || !host.known(sourceIdOf(native))) return
    peer.spokeFor?.()
    const supervised = supervision.heard(native, peer, linkTest)
    const arm = Object.entries(accounts.armOf(native)).map(([partition, { state }]) => [partition, state])
    const mac = opened.content.blocks.find(block => block.id === 'M')?.value
    const sighting: Sighting = {
      deviceId: sourceIdOf(native),
      protocol: 'dc09',
      state: 'online',
      supervised,
      atMs: host.clock.now(),
      origin: peer.origin,
      arm: Object.fromEntries(arm),
      detail: { ...(mac ? { mac } : {}), encrypted: opened.key !== undefined }
    }
    host.sighted(sighting)
  }

  /** `told` learns why the frame was not taken. */
  const answerTo = async (
    frame: Frame,
    peer: Peer,
    receivedMs: number,
    raw: string,
    told: (fault: string) => void
  ): Promise<Buffer | string | undefined> => {
    const native = nativeOf(frame)
    const opened = await open(frame, native, peer)
    const nothing: Content = { data: '', blocks: [] }
    const arrival: Arrival = { frame, content: nothing, receivedMs, ...peer, verified: false, unproven: true, raw }
    if (!opened.ok) {
      told(opened.reason)
      host.reject(opened.reason, peer.origin, native)
      if (opened.reason !== 'envelope' && EVENTS.has(frame.id))
        await accounts.undecipherable(arrival, opened.reason as 'noKey' | 'wrongKey' | 'notHex')
      return echo('DUH', frame)
    }
    const { content, key, verified, unproven } = opened.value
    const nak = wrongClock(native, opened.value, peer, receivedMs)
    if (nak) {
      told('clock')
      return nak
    }
    const said = EVENTS.has(frame.id) ? content.data.replace(/^#[^|]*\|?/, '').trim() !== '' : false
    if (!EVENTS.has(frame.id) && frame.id !== 'NULL') {
      told('unknownId')
      host.reject('unknownId', peer.origin, frame.id)
      return echo('DUH', frame)
    }
    if (said) await accounts.event({ ...arrival, content, verified, unproven })
    else if (EVENTS.has(frame.id)) host.reject('emptyData', peer.origin, native)
    heard(native, opened.value, peer, frame.id === 'NULL')
    return key ? echo('*ACK', frame, encrypt(`]_${formatTime(host.clock.now())}`, key)) : echo('ACK', frame)
  }

  return {
    async receive(cut, peer, receivedMs) {
      if (!cut.lengthRight) host.reject('wrongLength', peer.origin)
      const decoded = decodeFrame(cut)
      if (!decoded.ok) {
        host.reject(decoded.reason, peer.origin, decoded.detail)
        if (cut.frame) host.trace?.({ origin: peer.origin, bytes: cut.frame, fault: decoded.reason })
        const seq = /^"[^"]*"(\d{4})/.exec(cut.body.toString('latin1'))?.[1]
        return seq === undefined ? undefined : encodeFrame(`"DUH"${seq}L0[]`, cut.crcForm)
      }
      const source = sourceIdOf(nativeOf(decoded.value))
      let fault = cut.lengthRight ? undefined : 'wrongLength'
      try {
        const body = await answerTo(decoded.value, peer, receivedMs, cut.body.toString('latin1'), why => {
          fault = why
        })
        const answer = body === undefined ? undefined : encodeFrame(body, cut.crcForm)
        if (cut.frame) host.trace?.({ source, origin: peer.origin, bytes: cut.frame, fault })
        if (answer) host.trace?.({ source, origin: peer.origin, bytes: answer, out: true })
        return answer
      } catch (error) {
        if (cut.frame) host.trace?.({ source, origin: peer.origin, bytes: cut.frame, fault: 'notStored' })
        host.reject('notStored', peer.origin, (error as Error).message.slice(0, 100))
        return undefined
      }
    },
    stop() {
      troubles.stop()
      supervision.stop()
    }
  }
}

/** Sequence, receiver, line and account as they came. */
function echo(kind: 'ACK' | '*ACK' | 'DUH', { seq, receiver, line, account }: Frame, cipher?: string): string {
  return `"${kind}"${seq}${receiver === undefined ? '' : `R${receiver}`}L${line}#${account}[${cipher ?? ']'}`
}

function clockText({ timestamp }: Content): Words {
  return {
    zh: `主机时钟不准，加密报警被拒收（收到 ${timestamp ?? '无时间'}）`,
    en: `The clock of the box is wrong: its encrypted reports are refused (got ${timestamp ?? 'no time'})`
  }
}
