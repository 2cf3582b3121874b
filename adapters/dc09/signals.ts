/** Reports of one frame → Signals, pure: condition and class by the tables, words for the operator, event ids that a retransmission shares. */

import { hash } from 'node:crypto'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { ArmState } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { joined, saying, type Words } from '../../gateway/core/words.ts'
import { CONDITION, nameOf, placesOf } from '../kit/alarm-report.ts'
import type { Judgement } from './account.ts'
import type { Extras } from './decode.ts'
import { type Content, type Frame, parseTime } from './frame.ts'

/** A panel's clock that differs more says nothing; a buffer may well be some days old. */
const CLOCK_TRUST_MS = 31 * 86_400_000

/** Beside an alarm: whether the place was armed says much about a burglary, and changes nothing about it (rule 4). */
const ARM: Readonly<Record<ArmState, Words>> = {
  armed: { zh: '布防中', en: 'armed' },
  stay: { zh: '留守布防中', en: 'armed stay' },
  disarmed: { zh: '撤防中', en: 'disarmed' }
}

/** A frame as it came in, with what the transport proves of it. */
export interface Arrival {
  readonly frame: Frame
  readonly content: Content
  readonly receivedMs: number
  readonly origin: string
  readonly address: string
  readonly verified: boolean
  /** The account has a key and this does not prove that its sender has it: anybody may have sent it. */
  readonly unproven: boolean
  readonly raw: string
}

/** `12345`; with the receiver and prefix before it when there are any: `F3.77/1234`. Zeros in front of those say nothing. */
export function nativeOf({ receiver, line, account }: Pick<Frame, 'receiver' | 'line' | 'account'>): string {
  const number = (text: string | undefined) => (text ?? '').toUpperCase().replace(/^0+(?=.)/, '') || '0'
  const prefix = `${number(receiver)}.${number(line)}`
  return `${prefix === '0.0' ? '' : `${prefix}/`}${account.toUpperCase()}`
}

export function sourceIdOf(native: string): SourceId {
  return id<SourceId>(`dc09:${native}`)
}

/** What makes a retransmission the same: not the padding, not the time of sending. */
export function digestOf(frame: Frame, data: string): string {
  const text = [frame.receiver ?? '', frame.line, frame.account, frame.seq, frame.id, data].join('\0')
  // A text of its own, not a piece of a longer one: it is kept, and compared with others for each event.
  return hash('sha256', Buffer.from(text, 'latin1'), 'buffer').toString('base64url', 0, 12)
}

export function signalsOf(
  arrival: Arrival,
  judged: readonly Judgement[],
  extras: Extras,
  event: { readonly digest: string; readonly firstMs: number }
): readonly Signal[] {
  return judged.flatMap((judgement, n) => {
    const base = signalOf(arrival, judgement, extras, `${event.digest}:${event.firstMs}:${n}`)
    if (!judgement.shutDown) return [base]
    const trouble: Signal = {
      ...base,
      condition: 'fault',
      alarmClass: 'trouble',
      cause: 'swinger',
      eventId: `${base.eventId}:swinger`,
      ...saying(joined([CHATTERS, ...placesOf(judgement.report)], ' · '))
    }
    return [base, trouble]
  })
}

function signalOf(arrival: Arrival, judgement: Judgement, extras: Extras, eventId: string): Signal {
  const { report } = judgement
  const { kind, row } = report
  const status = judgement.onlyRecorded !== undefined || CONDITION[kind] === 'heartbeat'
  const deviceTimeMs = extras.occurredMs ?? parseTime(arrival.content.timestamp)
  const believed = deviceTimeMs !== undefined && Math.abs(arrival.receivedMs - deviceTimeMs) < CLOCK_TRUST_MS
  return {
    sourceId: sourceIdOf(nativeOf(arrival.frame)),
    sourceKind: 'alarmBox',
    qualifier: status ? 'status' : report.qualifier,
    condition: CONDITION[kind],
    alarmClass: row?.alarmClass ?? 'unmapped',
    eventId,
    zone: report.zone,
    deviceTimeMs: believed ? deviceTimeMs : undefined,
    receivedTimeMs: arrival.receivedMs,
    position: extras.position,
    ...saying(textOf(arrival, judgement, extras)),
    cause: row?.cause,
    verified: arrival.verified,
    origin: arrival.origin,
    raw: arrival.raw
  }
}

const CHATTERS: Words = { zh: '防区反复报警，暂只记录', en: 'Zone chatters, only recorded for now' }

/** What it means, then the code as it stands in the panel's manual. */
function textOf({ unproven, frame }: Arrival, { report, onlyRecorded, arm }: Judgement, extras: Extras): Words {
  const pieces = [
    ...(unproven && !frame.encrypted ? [{ zh: '未加密，来源存疑', en: 'Not encrypted, may be forged' }] : []),
    nameOf(report),
    report.code,
    ...placesOf(report),
    ...(arm ? [ARM[arm]] : []),
    ...(report.still ? [{ zh: '仍在', en: 'still present' }] : []),
    ...(onlyRecorded === 'swinger' ? [{ zh: '反复报警，只记录', en: 'Chatters, recorded only' }] : []),
    ...(report.text ? [report.text] : []),
    ...extras.words,
    ...(extras.hasVideo ? [{ zh: '附有音视频', en: 'With video or sound' }] : [])
  ]
  return joined(pieces, ' · ')
}
