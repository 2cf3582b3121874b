/** What a panel reports, whichever way it comes: one event with its row of the tables, its direction, zone, partition and user; pure. */
import type { Condition, Qualifier } from '../../gateway/core/signal.ts'
import type { Words } from '../../gateway/core/words.ts'
import type { Kind, Row } from './alarm-codes.ts'
import { CONTACT_ID } from './contact-id.ts'

/** One event; a code that no table knows has no row and is an unmapped alarm (rule 7). */
export interface Report {
  /** As a person finds it in the panel's manual: `CID 1131`, `SIA BA`. */
  readonly code: string
  readonly row?: Row
  readonly kind: Kind
  readonly qualifier: Qualifier
  /** Contact ID 6: the condition was reported before and is still there. */
  readonly still: boolean
  readonly partition?: string
  readonly zone?: string
  readonly user?: string
  readonly text?: string | Words
}

export const CONDITION: Readonly<Record<Kind, Condition>> = {
  alarm: 'alarm',
  fault: 'fault',
  tamper: 'tamper',
  test: 'test',
  cancel: 'cancel',
  status: 'heartbeat',
  open: 'heartbeat',
  close: 'heartbeat',
  stay: 'heartbeat'
}

/** The parts of a Contact ID event as they stand in it: qualifier, code, group or partition, zone or user. */
export interface ContactIdEvent {
  readonly q: string
  readonly event: string
  readonly group: string
  readonly number: string
}

export function unknownReport(code: string, more: Partial<Report> = {}): Report {
  return { code, kind: 'alarm', qualifier: 'new', still: false, ...more }
}

export function contactIdReport({ q, event, group, number }: ContactIdEvent): Report {
  const code = `CID ${q}${event.toUpperCase()}`
  const partition = group === '00' ? undefined : group
  const row = CONTACT_ID[event.toUpperCase()]
  const still = q === '6'
  if (!row) return unknownReport(code, { partition, zone: number, still, qualifier: q === '3' ? 'restore' : 'new' })
  const kind = q === '3' && row.kind === 'open' ? 'close' : row.kind
  // An opening that is "restored" is a closing; of a stay arming it is the opening.
  const opened = q === '3' && row.kind === 'stay' ? 'open' : kind
  const stateful = ['alarm', 'fault', 'tamper'].includes(row.kind)
  const qualifier = stateful && q === '3' ? 'restore' : 'new'
  return { code, row: named(row, opened), kind: opened, qualifier, still, partition, ...counted(row, number) }
}

/** 401 and its kin are one row for two directions; the text says which it was. */
function named(row: Row, kind: Kind): Row {
  const [zhOpen, zhClose] = row.zh.split('／')
  const zh = zhClose === undefined ? row.zh : kind === 'open' ? zhOpen : `${zhOpen?.replace('撤防', '')}${zhClose}`
  const en = row.en.replace(/open\/close/i, kind === 'open' ? 'opening' : 'closing')
  return { ...row, zh: zh ?? row.zh, en: `${en.charAt(0).toUpperCase()}${en.slice(1)}` }
}

export function counted(row: Row, number: string): Pick<Report, 'zone' | 'user'> {
  if (/^0*$/.test(number)) return {}
  if (row.counts === 'zone') return { zone: number }
  return row.counts === 'user' ? { user: number } : {}
}

export function nameOf({ row, qualifier }: Report): Words {
  if (!row) return { zh: '未知代码', en: 'Unknown code' }
  const restored = qualifier === 'restore' && !row.restore
  return { zh: `${row.zh}${restored ? '恢复' : ''}`, en: `${row.en}${restored ? ' restored' : ''}` }
}

export function placesOf({ zone, partition, user }: Report): Words[] {
  return [
    ...(zone ? [{ zh: `防区 ${zone}`, en: `zone ${zone}` }] : []),
    ...(partition ? [{ zh: `分区 ${partition}`, en: `partition ${partition}` }] : []),
    ...(user ? [{ zh: `用户 ${user}`, en: `user ${user}` }] : [])
  ]
}
