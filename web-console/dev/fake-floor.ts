/** The fake floor: keeps the records, applies actions by a short version of the lifecycle, moves units, and tells every window. */
import { id } from '../../gateway/core/brand.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Assignment, Incident, TimelineEntry, TimelineKind } from '../../gateway/core/incident.ts'
import type { Unit } from '../../gateway/core/unit.ts'
import type {
  DemoPress,
  FeedBody,
  FloorSnapshot,
  IncidentAction,
  IncidentDetail,
  ServerMessage,
  SessionUser
} from '../../gateway/core/wire.ts'
import { fakeCallout, fakeCalloutEnd, withoutParty, withParty } from './fake-callout.ts'
import { withMessage } from './fake-messages.ts'
import { candidatesOf, entry, incidentOf, newId, SEEDS, type Seed, units } from './fake-state.ts'
import { place, townCameras } from './fake-town.ts'

type Send = (message: ServerMessage) => void

const OTHERS = ['', '', '林晓', '林晓', '吴涛', '赵岚', '赵岚', '孙毅', '赵岚', '']
const SEATS = [0, 0, 3, 3, 5, 1, 1, 2, 1, 0]

export class FakeFloor {
  seq = 100
  readonly #incidents = new Map<string, Incident>()
  readonly #timelines = new Map<string, TimelineEntry[]>()
  readonly #units = new Map<string, Unit>()
  readonly #watchers = new Set<Send>()

  constructor(empty: boolean) {
    const now = Date.now()
    for (const unit of units(now)) this.#units.set(unit.id, unit)
    SEEDS.forEach((seed, index) => {
      if (!empty || index === 7 || index === 9) this.#seed(seed, index, now)
    })
    if (empty) for (const seed of SEEDS.slice(2, 5)) this.#closed(seed, now)
    setInterval(() => this.#move(), 1_000).unref()
  }

  watch(send: Send): () => void {
    this.#watchers.add(send)
    return () => this.#watchers.delete(send)
  }

  snapshot(): FloorSnapshot {
    return {
      incidents: [...this.#incidents.values()],
      units: [...this.#units.values()],
      cameras: townCameras(),
      notices:
        this.#incidents.size > 30
          ? [{ key: 'storm', level: 'warning', code: 'storm', data: { count: 37, groups: 3 }, atMs: Date.now() }]
          : []
    }
  }

  detail(incidentId: string): IncidentDetail {
    const incident = this.#find(incidentId)
    return {
      incident,
      timeline: this.#timelines.get(incidentId) ?? [],
      candidates: candidatesOf(incident, [...this.#units.values()], Date.now()),
      similar: []
    }
  }

  press({ kind, n }: DemoPress): object {
    if (kind === 'storm') for (let i = 0; i < Math.min(n, 200); i += 1) this.#open(stormSeed(i))
    else if (kind === 'taxi')
      this.#open({
        ...stormSeed(0),
        kind: 'taxi',
        alarmClass: 'panic',
        name: `T${1000 + n}`,
        address: '人民路',
        at: [470, 300]
      })
    else
      this.#open({
        ...stormSeed(n),
        kind: kind === 'button' ? 'oneKeyCall' : kind === 'box' ? 'alarmBox' : 'panicPhone',
        alarmClass: kind === 'button' ? 'help' : 'panic'
      })
    return {}
  }

  act(incidentId: string, action: IncidentAction, user: SessionUser): Incident {
    const incident = this.#find(incidentId)
    const owner = { userId: id<never>(user.userId), name: user.name, ...(user.seat ? { seat: user.seat } : {}) }
    const mine = incident.owner?.userId === user.userId
    if (!['acknowledge', 'take', 'annotate', 'reopen', 'close'].includes(action.action) && !mine)
      throw new GatewayError('NOT_OWNER', { seat: incident.owner?.seat ?? 0 })
    const now = Date.now()
    const say = (kind: TimelineKind, data: TimelineEntry['data'] = {}) =>
      this.#say(incident, kind, data, { kind: 'user', ...owner })
    switch (action.action) {
      case 'acknowledge':
        if (incident.owner && !mine) throw new GatewayError('NOT_OWNER', { seat: incident.owner.seat ?? 0 })
        say('acknowledged', { answerMs: now - incident.openedAtMs })
        return this.#put({ ...incident, state: 'acknowledged', acknowledgedAtMs: now, owner })
      case 'take':
        say('taken')
        return this.#put({
          ...incident,
          state: incident.state === 'new' ? 'acknowledged' : incident.state,
          acknowledgedAtMs: incident.acknowledgedAtMs ?? now,
          owner
        })
      case 'verify':
        say(action.nature ? 'natureSet' : 'verifying', action.nature ? { nature: action.nature } : {})
        return this.#put({
          ...incident,
          state: incident.state === 'acknowledged' ? 'verifying' : incident.state,
          ...(action.nature ? { nature: action.nature } : {})
        })
      case 'setPriority':
        say('prioritySet', { from: incident.priority, to: action.priority })
        return this.#put({ ...incident, priority: action.priority })
      case 'markDuress':
        say('duressMarked')
        return this.#put({ ...incident, duress: true, priority: 1 })
      case 'annotate':
        say('annotated', { text: action.text })
        return this.#put(incident)
      case 'message':
      case 'readMessages':
        return this.#put(withMessage(incident, action, owner))
      case 'dispatch':
        return this.#offer(incident, action.unitId)
      case 'callNeighbours':
        say('calloutStarted', { by: 'operator', message: 'help', count: 9 })
        return this.#put({ ...incident, callout: fakeCallout(incident) })
      case 'endCallNeighbours':
        say('calloutEnded', { end: 'operator', reached: 2, going: 1, count: 9 })
        return this.#put({ ...incident, callout: fakeCalloutEnd(incident) })
      case 'addParty':
        say('partyAsked', { name: action.to })
        return this.#put({ ...incident, parties: withParty(incident, action.to) })
      case 'dropParty':
        return this.#put({ ...incident, parties: withoutParty(incident, action.party) })
      case 'recall':
        return this.#end(incident, action.assignmentId, 'recalled')
      case 'handOver110':
        say('handedOver', { to: action.to, orderNumber: action.orderNumber ?? '' })
        return this.#put(incident)
      case 'answerHandOver':
        say(action.accepted ? 'handOverAccepted' : 'handOverRefused', { to: '110' })
        return this.#put(incident)
      case 'release': {
        say('released')
        const { owner: _gone, ...free } = incident
        return this.#put({ ...free, state: incident.state === 'acknowledged' ? 'new' : incident.state })
      }
      case 'categorize':
        say('categorized', { category: action.category, categoryZh: action.category, categoryEn: action.category })
        return this.#put(incident)
      case 'link':
      case 'merge':
        say('linked', { number: '' })
        return this.#put(incident)
      case 'sop':
        say(action.state === 'done' ? 'sopDone' : 'sopSkipped', { stepZh: action.step, stepEn: action.step })
        return this.#put(incident)
      case 'feedback':
        say('feedbackGiven', { disposition: action.disposition })
        return this.#put({ ...incident, disposition: action.disposition })
      case 'returnFeedback':
        say('feedbackReturned', { reason: action.reason })
        return this.#put({
          ...incident,
          review: { verdict: 'returned', by: owner.name, atMs: now, reason: action.reason }
        })
      case 'close':
        say('closed')
        return this.#put({ ...incident, state: 'closed', closedAtMs: now })
      case 'reopen':
        say('reopened', { reason: action.reason })
        return this.#put({ ...incident, state: 'acknowledged', owner })
      case 'resolve':
        if (incident.duress) throw new GatewayError('DURESS_NEEDS_REPORT')
        say('resolved', { disposition: action.disposition })
        return this.#put({ ...incident, state: 'resolved', resolvedAtMs: now, disposition: action.disposition })
    }
  }

  #offer(incident: Incident, unitId: string): Incident {
    const unit = this.#units.get(unitId)
    if (unit?.state !== 'available') throw new GatewayError('UNIT_NOT_AVAILABLE')
    const now = Date.now()
    const etaS = candidatesOf(incident, [unit], now)[0]?.etaS ?? 0
    const assignment: Assignment = {
      id: id(newId('as')),
      incidentId: incident.id,
      unitId: unit.id,
      unitName: unit.name,
      state: 'offered',
      offeredAtMs: now,
      expiresAtMs: now + 30_000,
      etaS,
      offeredBy: 'operator'
    }
    this.#putUnit({ ...unit, state: 'offered', incidentId: incident.id })
    this.#say(incident, 'offered', { unit: unit.name, by: 'operator' })
    setTimeout(() => this.#accept(incident.id, assignment.id), 4_000).unref()
    return this.#put({
      ...incident,
      state: 'dispatched',
      dispatchedAtMs: incident.dispatchedAtMs ?? now,
      assignments: [...incident.assignments, assignment]
    })
  }

  #accept(incidentId: string, assignmentId: string): void {
    const incident = this.#find(incidentId)
    const assignment = incident.assignments.find(each => each.id === assignmentId)
    const unit = this.#units.get(assignment?.unitId ?? '')
    if (assignment?.state !== 'offered' || !unit) return
    this.#putUnit({ ...unit, state: 'enRoute' })
    this.#say(incident, 'accepted', { unit: unit.name })
    this.#put({
      ...incident,
      state: 'enRoute',
      assignments: incident.assignments.map(each =>
        each.id === assignmentId ? { ...each, state: 'enRoute', acceptedAtMs: Date.now() } : each
      )
    })
  }

  #end(incident: Incident, assignmentId: string, state: Assignment['state']): Incident {
    const assignment = incident.assignments.find(each => each.id === assignmentId)
    const unit = this.#units.get(assignment?.unitId ?? '')
    if (!assignment || !unit) throw new GatewayError('OFFER_GONE')
    const { incidentId: _gone, ...free } = unit
    this.#putUnit({ ...free, state: 'available' })
    this.#say(incident, 'recalled', { unit: unit.name })
    return this.#put({
      ...incident,
      state: 'acknowledged',
      assignments: incident.assignments.map(each =>
        each.id === assignmentId ? { ...each, state, endedAtMs: Date.now() } : each
      )
    })
  }

  #seed(seed: Seed, index: number, now: number): void {
    const raw = incidentOf(seed, now)
    const at = (s: number) => raw.openedAtMs + s * 1_000
    this.#incidents.set(raw.id, raw)
    this.#say(raw, 'opened', { alarmClass: raw.alarmClass }, { kind: 'device', sourceId: id('sip:6650147') }, at(0))
    if (raw.evidence.length > 0)
      this.#say(raw, 'evidence', { kind: 'preview', camera: raw.cameras[0]?.name ?? '' }, { kind: 'system' }, at(1))
    const name = OTHERS[index]
    if (!name) return
    const owner = { userId: id<never>(SEATS[index] === 3 ? 'u-10327' : `u-${name}`), name, seat: SEATS[index] ?? 0 }
    this.#say(raw, 'acknowledged', { answerMs: 7_600 }, { kind: 'user', ...owner }, at(7.6))
    let incident: Incident = { ...raw, state: 'acknowledged', acknowledgedAtMs: at(7.6), owner, version: 2 }
    if (index === 2) {
      this.#say(raw, 'pressed', { presses: 2 }, { kind: 'system' }, at(26))
      incident = { ...incident, presses: 2, pressTimesMs: [at(0), at(26)], state: 'verifying', nature: 'violence' }
      this.#say(raw, 'natureSet', { nature: 'violence' }, { kind: 'user', ...owner }, at(39))
    }
    this.#incidents.set(raw.id, incident)
    if (index === 3 || index === 4) {
      const sent = this.#offer(incident, index === 3 ? 'unit-5' : 'unit-4')
      this.#accept(sent.id, sent.assignments[0]?.id ?? '')
    }
    if (index === 4) {
      const current = this.#find(raw.id)
      const unit = this.#units.get('unit-4')
      if (unit) this.#putUnit({ ...unit, state: 'onScene' })
      this.#put({
        ...current,
        state: 'onScene',
        onSceneAtMs: at(260),
        assignments: current.assignments.map(each => ({ ...each, state: 'arrived', arrivedAtMs: at(260) }))
      })
    }
  }

  #closed(seed: Seed, now: number): void {
    const raw = incidentOf({ ...seed, ageS: 1_900 + seed.ageS * 9 }, now)
    const at = (s: number) => raw.openedAtMs + s * 1_000
    this.#incidents.set(raw.id, {
      ...raw,
      state: 'closed',
      acknowledgedAtMs: at(6),
      onSceneAtMs: at(252),
      resolvedAtMs: at(600),
      closedAtMs: at(700),
      disposition: 'real-medical',
      version: 3
    })
  }

  #open(seed: Seed): void {
    const incident = incidentOf({ ...seed, ageS: 0.2 }, Date.now())
    this.#incidents.set(incident.id, incident)
    this.#tell({ type: 'incident', incident })
    this.#say(incident, 'opened', { alarmClass: incident.alarmClass }, { kind: 'device', sourceId: id('sip:6650147') })
  }

  #find(incidentId: string): Incident {
    const incident = this.#incidents.get(incidentId)
    if (!incident) throw new GatewayError('NOT_FOUND')
    return incident
  }

  #put(incident: Incident): Incident {
    const next = { ...incident, version: this.#find(incident.id).version + 1, updatedAtMs: Date.now() }
    this.#incidents.set(next.id, next)
    this.#tell({ type: 'incident', incident: next })
    return next
  }

  #putUnit(unit: Unit): void {
    this.#units.set(unit.id, unit)
    this.#tell({ type: 'unit', unit })
  }

  #say(
    incident: Incident,
    kind: TimelineKind,
    data: TimelineEntry['data'],
    actor: TimelineEntry['actor'] = { kind: 'system' },
    atMs = Date.now()
  ): void {
    const known = this.#timelines.get(incident.id) ?? []
    const line = entry(incident, known.length + 1, kind, data, atMs, actor)
    this.#timelines.set(incident.id, [...known, line])
    this.#tell({ type: 'timeline', entries: [line] })
  }

  #tell(body: FeedBody): void {
    this.seq += 1
    for (const send of this.#watchers)
      send({ type: 'msg', scope: 'floor', seq: this.seq, prev: this.seq - 1, atMs: Date.now(), body })
  }

  #move(): void {
    const now = Date.now()
    const moved = [...this.#units.values()].slice(0, 5).flatMap((unit, index) => {
      if (!unit.position) return []
      const y = 330 + (((now / 1_000) * 4) % 60)
      const position = {
        ...unit.position,
        atMs: now - 1_000 * index,
        ...(index === 0 ? { point: place(474, y), headingDeg: 180 } : {})
      }
      this.#units.set(unit.id, { ...unit, position })
      return [{ unitId: unit.id, position }]
    })
    const taxi = [...this.#incidents.values()].find(each => each.sourceKind === 'taxi')
    const along = { point: place(1_042, 340 + (((now / 1_000) * 2) % 40)), headingDeg: 180, atMs: now }
    const vehicles = taxi ? [{ incidentId: taxi.id, position: along }] : []
    for (const send of this.#watchers) send({ type: 'positions', units: moved, vehicles })
  }
}

function stormSeed(i: number): Seed {
  const kinds = ['trouble', 'panic', 'tamper', 'environment'] as const
  return {
    kind: 'alarmBox',
    alarmClass: kinds[i % 4] ?? 'panic',
    name: `商铺 ${i + 1} 号`,
    address: `青石大街 ${i * 2 + 1} 号`,
    at: [100 + ((i * 83) % 1_400), 384],
    ageS: 0
  }
}
