/** Printing: who may have which sheet, the mark by which a paper is matched to its record, and the audit entry before it is given out. */
import { createHash } from 'node:crypto'
import { may } from '../access/permissions.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { PrintLanguage, PrintMark, PrintOrder } from '../core/print.ts'
import type { Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Printed, PrintRooms } from '../http/print-ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import { createPrinter, type Printer } from './printer.ts'

export interface PrintDeskDeps {
  readonly config: Pick<Config, 'site'>
  readonly clock: Clock
  readonly commit: Commit
  readonly store: Pick<Store, 'incident' | 'timeline'>
  readonly incidents: Pick<Incidents, 'get'>
  readonly printer?: Printer
}

export interface PrintDesk {
  readonly rooms: PrintRooms
  stop(): Promise<void>
}

/** What goes on record of a sheet beside its check value. */
interface Told {
  readonly object: string
  readonly name: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

export function createPrintDesk(deps: PrintDeskDeps): PrintDesk {
  const { config, clock, commit, store } = deps
  const printer = deps.printer ?? createPrinter()
  const give = async (
    order: PrintOrder,
    language: PrintLanguage,
    user: SessionUser,
    { object, name, detail }: Told
  ): Promise<Printed> => {
    const { name: site, timeZone } = config.site
    const [atMs, by] = [clock.now(), personOf(user)]
    const check = checkOf({ order, site, language, by, atMs })
    const mark: PrintMark = { site, timeZone, language, by, atMs, check }
    const pdf = await printer.print(order, mark)
    const entry = { atMs, who: by, action: 'print', object, outcome: 'done' as const }
    await commit({ audit: [{ ...entry, detail: { sheet: order.kind, check, language, ...detail } }] })
    return { name, pdf }
  }
  return {
    rooms: {
      async order(incidentId, language, user) {
        const incident = deps.incidents.get(incidentId) ?? (await store.incident(incidentId))
        if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
        if (!may(user, 'print.any') && incident.owner?.userId !== user.userId)
          throw new GatewayError('NOT_ALLOWED', { permission: 'print.any', incident: incident.number })
        // Who only reads has no need to call anybody.
        const withPrivate = may(user, 'incident.act')
        const timeline = await store.timeline(incident.id)
        return give({ kind: 'order', incident, timeline, withPrivate }, language, user, {
          ...{ object: `incident:${incident.number}`, name: `order-${incident.number}` },
          detail: { version: incident.version, withPrivate }
        })
      }
    },
    stop: printer.stop
  }
}

/** `1A2B-3C4D-5E6F` of everything that the sheet says, by whom and when: no two printings have the same. */
function checkOf(whole: object): string {
  const digest = createHash('sha256').update(JSON.stringify(whole)).digest('hex').toUpperCase()
  return (digest.slice(0, 12).match(/.{4}/g) ?? []).join('-')
}
