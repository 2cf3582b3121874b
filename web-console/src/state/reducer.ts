/** Folds feed messages into the state. Pure and idempotent: a message applied twice changes nothing the second time. */
import type { Incident, TimelineEntry } from '../../../gateway/core/incident.ts'
import type { Unit } from '../../../gateway/core/unit.ts'
import type { FeedBody, PatrolTask, ServerMessage } from '../../../gateway/core/wire.ts'
import { type ConsoleState, EMPTY, type StateAction, type TaskGone } from './model.ts'
import { isOpen } from './queue.ts'

type Snapshot = Extract<ServerMessage, { type: 'snapshot' }>
type Message = Extract<ServerMessage, { type: 'msg' }>

/** A message this old is a replay: it says nothing about how fast alarms arrive now. */
const LIVE_WITHIN_MS = 10_000

function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value)
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map
  const copy = new Map(map)
  copy.delete(key)
  return copy
}

function byKey<V>(items: readonly V[], key: (item: V) => string): ReadonlyMap<string, V> {
  return new Map(items.map(item => [key(item), item]))
}

/** Merges entries by index; order of arrival does not matter. */
export function mergeTimeline(
  known: readonly TimelineEntry[],
  more: readonly TimelineEntry[]
): readonly TimelineEntry[] {
  const byIndex = new Map([...known, ...more].map(entry => [entry.index, entry]))
  return [...byIndex.values()].sort((a, b) => a.index - b.index)
}

function putIncident(state: ConsoleState, incident: Incident): ConsoleState {
  const known = state.incidents.get(incident.id)
  if (known && known.version >= incident.version) return state
  // Rule 10: a vehicle's place is kept while its incident is open.
  const vehicles = isOpen(incident) ? state.vehicles : without(state.vehicles, incident.id)
  return { ...state, incidents: withEntry(state.incidents, incident.id, incident), vehicles }
}

function putTimeline(state: ConsoleState, entries: readonly TimelineEntry[]): ConsoleState {
  let timelines = state.timelines
  for (const id of new Set(entries.map(entry => entry.incidentId))) {
    const own = entries.filter(entry => entry.incidentId === id)
    timelines = withEntry(timelines, id, mergeTimeline(timelines.get(id) ?? [], own))
  }
  return { ...state, timelines }
}

/** A unit's message carries no position, since the feed is kept and positions must not be (rule 10): the last one known stands while on duty. */
function placed(unit: Unit, known: Unit | undefined): Unit {
  const position = unit.position ?? known?.position
  return unit.state === 'offDuty' || !position ? unit : { ...unit, position }
}

function applyBody(state: ConsoleState, body: FeedBody): ConsoleState {
  switch (body.type) {
    case 'incident':
      return putIncident(state, body.incident)
    case 'timeline':
      return putTimeline(state, body.entries)
    case 'unit': {
      const unit = placed(body.unit, state.units.get(body.unit.id))
      const next = { ...state, units: withEntry(state.units, unit.id, unit) }
      if (state.user?.unitId !== unit.id) return next
      // What became of an order is of the shift in which it was given.
      const sameShift = unit.onDutySinceMs === state.ownUnit?.onDutySinceMs
      return { ...next, ownUnit: unit, taskGone: sameShift ? state.taskGone : undefined }
    }
    case 'task':
      return { ...state, tasks: withEntry(state.tasks, body.task.incidentId, body.task) }
    case 'taskGone':
      // Rule 10: who has the order no more keeps no place of the car.
      return {
        ...{
          ...state,
          tasks: without(state.tasks, body.incidentId),
          taskGone: { ...body, was: whichOf(state.tasks.get(body.incidentId)) }
        },
        vehicles: without(state.vehicles, body.incidentId)
      }
    case 'fleetAlarm':
      return {
        ...state,
        fleetAlarms: withEntry(state.fleetAlarms, body.alarm.incidentId, body.alarm),
        // Rule 10: shown while it is open.
        vehicles: isOpen(body.alarm) ? state.vehicles : without(state.vehicles, body.alarm.incidentId)
      }
  }
}

/** Of an order that is over the phone keeps what tells it from another, and no place of a car. */
function whichOf(task: PatrolTask | undefined): TaskGone['was'] {
  if (!task) return undefined
  const { alarmClass, nature, name, nameEn, address } = task
  return { alarmClass, nature, name, nameEn, address }
}

/** DeliveryLatency of a message that opens an incident; undefined for everything else and for replays. */
function deliveryOf(state: ConsoleState, message: Message, nowMs: number): ConsoleState['delivery'] {
  const { body } = message
  if (body.type !== 'incident' || body.incident.state !== 'new' || state.incidents.has(body.incident.id))
    return undefined
  const serverNowMs = nowMs + state.clockOffsetMs
  if (serverNowMs - message.atMs > LIVE_WITHIN_MS) return undefined
  return { incidentId: body.incident.id, latencyMs: Math.max(0, serverNowMs - body.incident.openedAtMs) }
}

function applyMessage(state: ConsoleState, message: Message, nowMs: number): ConsoleState {
  if (message.seq <= (state.seqs[message.scope] ?? 0)) return state
  const delivery = deliveryOf(state, message, nowMs) ?? state.delivery
  const next = applyBody(state, message.body)
  return { ...next, seqs: { ...state.seqs, [message.scope]: message.seq }, ...(delivery ? { delivery } : {}) }
}

const keptWhere = <V>(map: ReadonlyMap<string, V>, keeps: (id: string) => boolean): ReadonlyMap<string, V> =>
  new Map([...map].filter(([id]) => keeps(id)))

function isOpenIn(incidents: ReadonlyMap<string, Incident>, id: string): boolean {
  const incident = incidents.get(id)
  return incident !== undefined && isOpen(incident)
}

function applySnapshot(state: ConsoleState, message: Snapshot): ConsoleState {
  let next: ConsoleState = { ...state, loaded: true, seqs: { ...state.seqs, [message.scope]: message.seq } }
  if (message.floor) {
    const incidents = byKey(message.floor.incidents, incident => incident.id)
    next = {
      ...next,
      incidents,
      // What ended while the feed was away has no place of its vehicle any more.
      vehicles: keptWhere(state.vehicles, id => isOpenIn(incidents, id)),
      units: byKey(message.floor.units, unit => unit.id),
      cameras: byKey(message.floor.cameras, camera => camera.id),
      notices: byKey(message.floor.notices, notice => notice.key),
      phoneVideos: message.floor.phoneVideos ?? []
    }
  }
  if (message.patrol)
    next = {
      ...{ ...next, ownUnit: message.patrol.unit, groupCall: message.patrol.groupCall },
      ...{ phoneVideo: message.patrol.phoneVideo, tasks: byKey(message.patrol.tasks, task => task.incidentId) },
      // The order may have gone while the phone was away: its car goes with it.
      vehicles: keptWhere(state.vehicles, id => message.patrol?.tasks.some(task => task.incidentId === id) === true)
    }
  if (message.fleet) next = { ...next, fleetAlarms: byKey(message.fleet, alarm => alarm.incidentId) }
  return next
}

function applyPositions(state: ConsoleState, message: Extract<ServerMessage, { type: 'positions' }>): ConsoleState {
  const units = new Map(state.units)
  for (const { unitId, position } of message.units) {
    const unit = units.get(unitId)
    if (unit) units.set(unitId, { ...unit, position })
  }
  const vehicles = new Map(state.vehicles)
  for (const { incidentId, position } of message.vehicles) {
    // One that was on its way while its incident ended is kept no more; a patrol's phone has no incidents.
    const incident = state.incidents.get(incidentId)
    if (!incident || isOpen(incident)) vehicles.set(incidentId, position)
  }
  return { ...state, units, vehicles }
}

/** A known round trip is trusted a little less with every ping, so that a drifting clock is measured again. */
const RTT_FADE = 1.2

/** The quickest ping measures best: one that waited for a busy page would put the clock off by half of its wait. */
function applyPong(
  state: ConsoleState,
  message: Extract<ServerMessage, { type: 'pong' }>,
  nowMs: number
): ConsoleState {
  const rttMs = Math.max(0, nowMs - message.sentAtMs)
  const known = state.clockRttMs
  if (known !== undefined && rttMs > known * RTT_FADE + 5) return { ...state, clockRttMs: known * RTT_FADE + 1 }
  return {
    ...state,
    clockRttMs: rttMs,
    clockOffsetMs: Math.round(message.serverTimeMs - (message.sentAtMs + nowMs) / 2)
  }
}

function onMessage(state: ConsoleState, message: ServerMessage, nowMs: number): ConsoleState {
  const heard: ConsoleState = { ...state, asOfMs: nowMs + state.clockOffsetMs }
  switch (message.type) {
    case 'welcome':
      // A first guess, too early by the way here; the first pong corrects it.
      return state.clockRttMs !== undefined
        ? { ...heard, user: message.user }
        : { ...heard, user: message.user, clockOffsetMs: message.serverTimeMs - nowMs }
    case 'snapshot':
      return applySnapshot(heard, message)
    case 'msg':
      return applyMessage(heard, message, nowMs)
    case 'notices':
      return { ...heard, notices: byKey(message.notices, notice => notice.key) }
    case 'positions':
      return applyPositions(heard, message)
    case 'cameras':
      return {
        ...heard,
        cameras: new Map([...heard.cameras, ...message.cameras.map(camera => [camera.id, camera] as const)])
      }
    case 'changed':
      return { ...heard, changes: { ...heard.changes, [message.what]: (heard.changes[message.what] ?? 0) + 1 } }
    case 'phoneVideos':
      return { ...heard, phoneVideos: message.videos }
    case 'phoneVideo':
      return { ...heard, phoneVideo: message.video ?? undefined }
    case 'groupCall':
      return { ...heard, groupCall: message.call ?? undefined }
    case 'pong':
      return applyPong(heard, message, nowMs)
  }
}

/** The next state; never changes the given one. */
export function reduce(state: ConsoleState, action: StateAction): ConsoleState {
  switch (action.kind) {
    case 'message':
      return onMessage(state, action.message, action.nowMs)
    case 'connection':
      return { ...state, connection: action.connection }
    case 'detail':
      return putTimeline(putIncident(state, action.detail.incident), action.detail.timeline)
    case 'incidents':
      return action.incidents.reduce(putIncident, state)
    case 'reset':
      return EMPTY
  }
}

/** What to do with a sequenced message: `gap` means a loss, the client connects again and resumes. */
export function sequenceCheck(seqs: Readonly<Record<string, number>>, message: Message): 'next' | 'seen' | 'gap' {
  const last = seqs[message.scope] ?? 0
  if (message.seq <= last) return 'seen'
  return message.prev === last ? 'next' : 'gap'
}
