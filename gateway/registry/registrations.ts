/** Keeps the terminals that wait for the administrator, and what he decided: bounded, over restarts, every decision audited in its commit. */
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { AdapterHost, Clock, Log } from '../core/ports.ts'
import {
  type KnownTerminal,
  REGISTRATION_LIMITS as LIMITS,
  type Registration,
  type RegistrationList,
  type RegistrationState,
  type TerminalApplication,
  type VehicleChoice
} from '../core/registration.ts'
import { createSerial } from '../core/serial.ts'
import type { Commit, Store } from '../core/store.ts'
import type { SubjectRow } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { everyDocument } from './records.ts'
import type { Registry } from './registry.ts'
import { openTerminals } from './terminals.ts'

export interface RegistrationsDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'> & { readonly commit: Commit }
  readonly registry: Registry
  /** The number of the open incident in which this terminal calls for help. */
  calling(sourceId: SourceId): string | undefined
}

export interface Registrations {
  /** A terminal of no registry asks; it gets no answer from here, and is nothing until somebody approves it. */
  applied(application: TerminalApplication): void
  /** See AdapterHost.admits: the first is remembered before this resolves; another one than before waits for the administrator. */
  readonly admits: NonNullable<AdapterHost['admits']>
  list(): RegistrationList
  /** Told at once, and whenever another one waits or one waits no more. */
  watch(changed: (waiting: number, newest: Registration | undefined) => void): void
  /** Vehicles of the registry by plate, name or id; at most `choices`. */
  vehicles(text: string): readonly VehicleChoice[]
  /** NOT_FOUND for a terminal that is not listed or a subject that is no vehicle; ILLEGAL_TRANSITION when the registry file lists it, TERMINAL_CALLING while it calls for help. */
  approve(source: string, subjectId: string, user: SessionUser): Promise<void>
  /** Also takes an approval back. NOT_FOUND; TERMINAL_CALLING. */
  refuse(source: string, user: SessionUser): Promise<void>
  /** Takes another terminal in place of the one before, or does not. NOT_FOUND; TERMINAL_CALLING while the vehicle calls and one is taken. */
  replace(source: string, terminalId: string, taken: boolean, user: SessionUser): Promise<void>
}

const KIND = 'registration'
const RANK: Readonly<Record<RegistrationState, number>> = { waiting: 0, approved: 1, refused: 2 }

/** Rejects when the store cannot be read. Approved terminals are known from here on. */
export async function createRegistrations(deps: RegistrationsDeps): Promise<Registrations> {
  const { clock, log, store, registry } = deps
  const rows = new Map<string, Registration>()
  const serial = createSerial()
  let notListed = 0
  for await (const [key, row] of everyDocument<Registration>(store, KIND)) {
    rows.set(key, row)
    if (row.state === 'approved' && !adopt(registry, row))
      log.warn({ source: key }, 'an approved terminal has no vehicle')
  }
  const terminals = await openTerminals(store, clock, registry.known)
  const choices = createChoices(registry)
  const inState = (state: RegistrationState) => [...rows.values()].filter(row => row.state === state)

  /** The one that makes room, undefined when nobody does; `null` when there is room. */
  const placeFor = ({ origin, source, other }: Registration): Registration | null | undefined => {
    const waiting = inState('waiting')
    const host = hostOf(origin)
    const ofHost = waiting.filter(row => hostOf(row.origin) === host)
    const ofSource = other ? waiting.filter(row => row.source === source) : []
    const full = [
      ...(ofSource.length >= LIMITS.othersPerSource ? [ofSource] : []),
      ...(ofHost.length >= LIMITS.waitingPerAddress ? [ofHost] : []),
      ...(waiting.length >= LIMITS.waiting ? [waiting] : [])
    ]
    const among = full[0]
    if (!among) return null
    const oldest = oldestOf(among)
    if (oldest && clock.now() - oldest.lastMs >= LIMITS.staleMs) return oldest
    // Whoever invented ids for a number holds one of its places against somebody who comes from elsewhere, not all.
    return among === ofSource ? oldestOf(among.filter(row => sharesHost(row, among))) : undefined
  }

  let told = -1
  let listener: Parameters<Registrations['watch']>[0] | undefined
  const tell = (): void => {
    const waiting = inState('waiting')
    if (!listener || waiting.length === told) return
    told = waiting.length
    listener(told, waiting.toSorted((a, b) => b.firstMs - a.firstMs)[0])
  }

  const durable = async (batch: Parameters<Commit>[0]): Promise<void> => {
    const result = await store.commit(batch)
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
  }

  const keep = (changed: readonly Registration[], gone: readonly string[]) =>
    store.commit({
      documents: [
        ...changed.map(row => ({ kind: KIND, key: keyOf(row), body: row })),
        ...gone.map(key => ({ kind: KIND, key, body: undefined }))
      ]
    })

  /** In memory at once, so that a flood is bounded while the disk is slow; one that is not kept asks again. */
  const enter = (row: Registration, instead: Registration | null): void => {
    if (instead) rows.delete(keyOf(instead))
    rows.set(keyOf(row), row)
    tell()
    keep([row], instead ? [keyOf(instead)] : []).catch(error => {
      rows.delete(keyOf(row))
      tell()
      log.warn({ err: error, source: row.source }, 'a terminal that asks to be registered could not be kept')
    })
  }

  const ask = (fresh: Registration): void => {
    const known = rows.get(keyOf(fresh))
    if (known) {
      // A refused one stays refused, and what it says may change as often as it likes without a write.
      const { origin, plate, maker, model, terminalId, lastMs } = fresh
      const said = known.state === 'waiting' ? { plate, maker, model, terminalId } : {}
      rows.set(keyOf(fresh), { ...known, ...said, origin, lastMs, tries: known.tries + 1 })
      return
    }
    const instead = placeFor(fresh)
    if (instead === undefined) notListed += 1
    else enter(fresh, instead)
  }

  const decide = (source: string, user: SessionUser, change: Partial<Registration>, action: string) =>
    serial.run(source, async () => {
      const row = find(source)
      if (change.state === 'approved') approvable(row)
      if (change.state === 'approved' || row.state === 'approved') quiet(row)
      const decided: Registration = { ...row, ...change, by: user.name, decidedMs: clock.now() }
      const over = decided.state === 'refused' ? surplus(inState('refused').filter(each => each !== row)) : []
      // What the administrator saw is what is taken; taken back, the next one says anew who it is.
      const { terminalId, maker, model } = row
      const taken = decided.state === 'approved' ? { terminalId, maker, model, sinceMs: clock.now() } : undefined
      await durable({
        documents: [
          { kind: KIND, key: row.source, body: decided },
          ...over.map(each => ({ kind: KIND, key: keyOf(each), body: undefined })),
          terminals.write(source, taken)
        ],
        audit: [
          {
            ...{
              atMs: clock.now(),
              who: personOf(user),
              action,
              object: `source:${row.source}`,
              outcome: 'done' as const
            },
            detail: {
              plate: row.plate,
              terminal: row.terminalId,
              ...(decided.subjectId ? { subject: decided.subjectId } : {})
            }
          }
        ]
      })
      for (const each of over) rows.delete(keyOf(each))
      terminals.set(source, taken)
      rows.set(source, { ...(rows.get(source) ?? row), ...decided })
      if (row.state === 'approved') registry.dismiss(id<SourceId>(row.source))
      if (decided.state === 'approved') adopt(registry, decided)
      tell()
    })

  const approvable = (row: Registration): void => {
    if (row.state !== 'approved' && registry.known(id<SourceId>(row.source)))
      throw new GatewayError('ILLEGAL_TRANSITION', { why: 'the registry file lists this terminal' })
    if (row.state !== 'approved' && inState('approved').length >= LIMITS.approved)
      throw new GatewayError('BODY_INVALID', { field: 'source', allowed: `${LIMITS.approved} at most` })
  }

  /** Nobody's terminal is given, moved or taken away while it calls: its next press would open a second incident, of which nobody knows that it is under duress. */
  const quiet = ({ source }: Registration): void => {
    const incident = deps.calling(id<SourceId>(source))
    if (incident !== undefined) throw new GatewayError('TERMINAL_CALLING', { incident })
  }

  const find = (source: string): Registration => {
    const row = rows.get(source)
    if (!row) throw new GatewayError('NOT_FOUND', { source: source.slice(0, 80) })
    return row
  }

  const beforeOf = ({ source }: Registration): KnownTerminal | undefined => {
    const before = terminals.of(source)
    if (!before) return undefined
    const { terminalId, maker, model, sinceMs } = before
    return { terminalId, maker, model, sinceMs }
  }
  const vehicleOf = ({ source, other, subjectId, plate }: Registration): VehicleChoice | undefined => {
    const listed = other ? registry.rows.source(id<SourceId>(source))?.subjectId : subjectId
    if (listed) return choices.of(listed)
    return other ? undefined : choices.byPlate(plate)
  }

  return {
    applied: application => ask(rowOf(application, clock.now())),
    admits: (application, isHeld) =>
      serial.run(application.sourceId, async () => {
        const fresh = rowOf(application, clock.now())
        const { source, terminalId } = fresh
        const compared = terminals.compare(source, terminalId, hostOf(fresh.origin))
        if (compared !== 'same') {
          if (compared === 'other') ask({ ...fresh, other: true })
          else notListed += 1
          return 'other'
        }
        const isFresh = terminals.of(source)?.fresh === true
        // Whoever comes beside the one that is here gets no code, and must not be the first of whom something is known.
        if (isHeld && !isFresh) return 'same'
        const learnt = terminals.learnt(source, fresh, clock.now())
        if (learnt) {
          await durable({ documents: [terminals.write(source, learnt)] })
          terminals.set(source, learnt)
        }
        return isFresh ? 'replaced' : 'same'
      }),
    list: () => ({
      registrations: [...rows.values()]
        .sort((a, b) => RANK[a.state] - RANK[b.state] || b.lastMs - a.lastMs)
        .slice(0, LIMITS.waiting + LIMITS.refused)
        .map(row => ({ ...row, vehicle: vehicleOf(row), ...(row.other ? { before: beforeOf(row) } : {}) })),
      notListed
    }),
    watch(changed) {
      listener = changed
      tell()
    },
    vehicles: choices.find,
    async approve(source, subjectId, user) {
      if (!choices.of(subjectId)) throw new GatewayError('NOT_FOUND', { vehicle: subjectId.slice(0, 80) })
      await decide(source, user, { state: 'approved', subjectId }, 'registration.approve')
    },
    replace: (source, terminalId, taken, user) =>
      serial.run(source, async () => {
        const row = find(keyOf({ source, terminalId, other: true }))
        if (taken && !registry.known(id<SourceId>(source))) throw new GatewayError('NOT_FOUND', { source })
        if (taken) quiet(row)
        const decided: Registration = { ...row, state: 'refused', by: user.name, decidedMs: clock.now() }
        const over = taken ? [] : surplus(inState('refused').filter(each => each !== row))
        const { maker, model } = row
        const approved = rows.get(source)
        const renewed = taken && approved?.state === 'approved' ? [{ ...approved, terminalId, maker, model }] : []
        const kept = taken ? { terminalId, maker, model, sinceMs: clock.now(), fresh: true as const } : undefined
        await durable({
          documents: [
            { kind: KIND, key: keyOf(row), body: taken ? undefined : decided },
            ...over.map(each => ({ kind: KIND, key: keyOf(each), body: undefined })),
            ...renewed.map(each => ({ kind: KIND, key: source, body: each })),
            ...(kept ? [terminals.write(source, kept)] : [])
          ],
          audit: [
            {
              ...{ atMs: clock.now(), who: personOf(user), object: `source:${source}`, outcome: 'done' as const },
              action: taken ? 'registration.replace' : 'registration.refuse',
              detail: { plate: row.plate, terminal: terminalId, before: terminals.of(source)?.terminalId ?? '' }
            }
          ]
        })
        for (const each of taken ? [row] : over) rows.delete(keyOf(each))
        for (const each of renewed) rows.set(source, each)
        if (kept) terminals.set(source, kept)
        else rows.set(keyOf(row), { ...(rows.get(keyOf(row)) ?? row), ...decided })
        tell()
      }),
    refuse: (source, user) => decide(source, user, { state: 'refused', subjectId: undefined }, 'registration.refuse')
  }
}

/** False when the vehicle has left the registry file. A terminal that the file lists meanwhile stays the file's. */
function adopt(registry: Registry, { source, subjectId }: Registration): boolean {
  if (!subjectId || registry.subject(id<SubjectId>(subjectId))?.kind !== 'vehicle') return false
  registry.adopt({ id: id<SourceId>(source), subjectId: id<SubjectId>(subjectId), kind: 'taxi' })
  return true
}

/** A number has one row, and one for every other terminal that came in its name. */
function keyOf({ source, terminalId, other }: Pick<Registration, 'source' | 'terminalId' | 'other'>): string {
  return other ? `${source} ${terminalId}` : source
}

function surplus(refused: readonly Registration[]): readonly Registration[] {
  return [...refused].sort((a, b) => a.lastMs - b.lastMs).slice(0, Math.max(0, refused.length + 1 - LIMITS.refused))
}

function createChoices(registry: Registry) {
  const isVehicle = (row: SubjectRow | undefined): row is SubjectRow => row?.kind === 'vehicle'
  /** Made anew when rows have changed. */
  let vehicles: readonly SubjectRow[] = []
  let byPlate = new Map<string, SubjectRow>()
  let made: readonly SubjectRow[] | undefined
  const renew = (): void => {
    const { subjects } = registry.data
    if (made === subjects) return
    made = subjects
    vehicles = subjects.filter(isVehicle)
    byPlate = new Map(vehicles.map(row => [plain(row.name), row]))
  }
  const choiceOf = (row: SubjectRow | undefined): VehicleChoice | undefined =>
    row && { id: row.id, name: row.name, sources: registry.sourcesOf(row.id).map(each => each.id) }
  return {
    of(subjectId: string) {
      const row = registry.subject(id<SubjectId>(subjectId))
      return isVehicle(row) ? choiceOf(row) : undefined
    },
    byPlate(plate: string) {
      renew()
      return plate === '' ? undefined : choiceOf(byPlate.get(plain(plate)))
    },
    find(text: string): readonly VehicleChoice[] {
      renew()
      const wanted = plain(text)
      return vehicles
        .filter(row => plain(row.name).includes(wanted) || plain(row.id).includes(wanted))
        .slice(0, LIMITS.choices)
        .flatMap(row => choiceOf(row) ?? [])
    }
  }
}

/** 闽J·T0637, 闽J-T0637 and 闽jT0637 are one plate. */
function plain(text: string): string {
  return text.replace(/[\s·•.-]/g, '').toUpperCase()
}

function rowOf(application: TerminalApplication, nowMs: number): Registration {
  const text = (given = '') => given.slice(0, LIMITS.textLength)
  return {
    source: application.sourceId,
    state: 'waiting',
    plate: text(application.plate),
    maker: text(application.maker),
    model: text(application.model),
    terminalId: text(application.terminalId),
    origin: application.origin,
    firstMs: nowMs,
    lastMs: nowMs,
    tries: 1
  }
}

function oldestOf(rows: readonly Registration[]): Registration | undefined {
  return rows.toSorted((a, b) => a.lastMs - b.lastMs)[0]
}

function sharesHost(row: Registration, rows: readonly Registration[]): boolean {
  return rows.some(each => each !== row && hostOf(each.origin) === hostOf(row.origin))
}

/** `udp 10.1.2.3:4711` → `10.1.2.3`. */
function hostOf(origin: string): string {
  return origin.replace(/^\w+ /, '').replace(/:\d+$/, '')
}
