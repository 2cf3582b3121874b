/** What the floor must know of the gateway itself: present or gone, newest state per key. */
import type { Clock, Log } from '../core/ports.ts'
import type { Notice } from '../core/wire.ts'
import type { Stuck } from '../evidence/files.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR, KEEPER } from '../feed/project.ts'
import type { Registrations } from '../registry/registrations.ts'

export interface Notices {
  set(key: string, notice: Pick<Notice, 'level' | 'code' | 'data'>): void
  clear(key: string): void
  all(): readonly Notice[]
}

const MAX = 100

/** What tells of alarms and of the floor's own work is not told to who keeps the gateway. */
const FLOORS_OWN: ReadonlySet<string> = new Set(['storm', 'roundMissed'])

export function ofKeeper(notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(({ code }) => !FLOORS_OWN.has(code))
}

/** What only who keeps the gateway can do something about. */
const KEEPERS_OWN: ReadonlySet<string> = new Set(['sinkGaveUp'])

export function ofFloor(notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(({ code }) => !KEEPERS_OWN.has(code))
}

/** To every console that hears them. */
export function tellNotices(hub: Pick<Hub, 'broadcast'>, all: readonly Notice[]): void {
  hub.broadcast(FLOOR, { type: 'notices', notices: ofFloor(all) })
  hub.broadcast(KEEPER, { type: 'notices', notices: ofKeeper(all) })
}

/** Terminals that wait to be registered are said on the floor: until somebody decides, what they send has no vehicle. */
export function tellWaiting(notices: Pick<Notices, 'set' | 'clear'>): Parameters<Registrations['watch']>[0] {
  return (count, newest) => {
    if (!newest) return notices.clear('registrations')
    const terminal = newest.plate || newest.source.slice(newest.source.indexOf(':') + 1)
    notices.set('registrations', { level: 'info', code: 'terminalsWaiting', data: { count, terminal } })
  }
}

/** Evidence whose time is over and that stays on the disk is said once, until it is gone. */
export function tellStuck(
  notices: Pick<Notices, 'set' | 'clear'>,
  log: Pick<Log, 'warn'>
): (files: readonly Stuck[]) => void {
  let said = ''
  return files => {
    const names = files.map(({ name }) => name).join(' ')
    if (names !== said && names !== '')
      log.warn({ files }, 'evidence whose time is over cannot be removed; tried again')
    said = names
    const [first] = files
    if (!first) return notices.clear('evidenceStuck')
    const data = { count: files.length, file: first.name, error: first.error }
    notices.set('evidenceStuck', { level: 'warning', code: 'evidenceStuck', data })
  }
}

/** `changed` is called with the whole list whenever it differs. */
export function createNotices(clock: Clock, changed: (notices: readonly Notice[]) => void): Notices {
  const notices = new Map<string, Notice>()
  return {
    set(key, notice) {
      const before = notices.get(key)
      if (
        before &&
        JSON.stringify([before.level, before.code, before.data]) ===
          JSON.stringify([notice.level, notice.code, notice.data])
      )
        return
      if (!before && notices.size >= MAX) return
      notices.set(key, { key, ...notice, atMs: before?.atMs ?? clock.now() })
      changed([...notices.values()])
    },
    clear(key) {
      if (notices.delete(key)) changed([...notices.values()])
    },
    all: () => [...notices.values()]
  }
}
