/** Joins the wall and the video patrol with the house: who may look, where a finding goes, who is told that something changed. */
import type { Access } from '../access/access.ts'
import { stillTaken } from '../access/audit.ts'
import { mayView, opensTo } from '../access/camera-access.ts'
import { type CameraId, id } from '../core/brand.ts'
import { FOUND_ON_VIDEO } from '../core/called.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident, SubjectCard } from '../core/incident.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit, Store } from '../core/store.ts'
import { WALL_LIMITS, type WallLayout, type WallTour } from '../core/wall.ts'
import { unitOfSituation } from '../dispatch/situation.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { WallRooms } from '../http/ports.ts'
import type { Pipeline } from '../pipeline.ts'
import type { Registry } from '../registry/registry.ts'
import { alarmKeyOf, cameraOfSource } from '../wall/finding.ts'
import { createShelf } from '../wall/shelf.ts'
import { createVideoPatrol } from '../wall/video-patrol.ts'
import type { Notices } from './notices.ts'
import { opensCamera } from './private-looks.ts'

export interface WallDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly commit: Commit
  readonly timeZone: string
  readonly keepNow: () => number
  readonly hub: Pick<Hub, 'broadcast'>
  readonly notices: Notices
  readonly access: Pick<Access, 'users'>
  readonly registry: Pick<Registry, 'camera'>
  readonly pipeline: Pick<Pipeline, 'accept' | 'idle'>
  readonly incidents: { all(): Iterable<Incident> }
}

export interface Wall {
  readonly rooms: WallRooms
  stop(): void
}

/** A finding is answered with its incident when that is there by then; in a storm it is linked later. */
const INCIDENT_WAIT_MS = 2_000
const MISSED_SHOWN_MS = 15 * 60_000

export async function createWall(deps: WallDeps): Promise<Wall> {
  const { clock, commit, store, hub } = deps
  const tell = (what: 'wall' | 'videoPatrol') => () => hub.broadcast(FLOOR, { type: 'changed', what })
  const shelf = { clock, store, commit, changed: tell('wall') }
  const [layouts, tours] = await Promise.all([
    createShelf<WallLayout>({ ...shelf, kind: 'wall.layout', max: WALL_LIMITS.layouts }),
    createShelf<WallTour>({ ...shelf, kind: 'wall.tour', max: WALL_LIMITS.tours })
  ])
  const missed = missedNotices(deps)
  const patrol = await createVideoPatrol({
    clock,
    log: deps.log,
    store,
    commit,
    timeZone: deps.timeZone,
    keepNow: deps.keepNow,
    ownershipOf: cameraId => deps.registry.camera(id<CameraId>(cameraId))?.ownership,
    people: () =>
      deps.access
        .users()
        .filter(user => !user.disabled && (user.role === 'operator' || user.role === 'leader'))
        .map(({ login, name }) => ({ login, name })),
    accept: signal => deps.pipeline.accept(signal),
    incidentOf: async (finding, wait) => {
      if (wait) await settledSoon(deps)
      const alarm = await store.alarm(alarmKeyOf(finding))
      // An alarm of before, at the same camera, is another incident's.
      return alarm && alarm.lastAtMs >= finding.atMs ? alarm.incidentId : undefined
    },
    missed: round => missed.add(round.planName),
    changed: tell('videoPatrol')
  })
  return {
    rooms: {
      state: user => ({ layouts: layouts.seenBy(user), tours: tours.seenBy(user) }),
      putLayout: layouts.put,
      removeLayout: layouts.remove,
      putTour: tours.put,
      removeTour: tours.remove,
      async stillTaken(cameraId, user, reason) {
        const camera = deps.registry.camera(cameraId)
        if (!camera) throw new GatewayError('NOT_FOUND', { camera: cameraId.slice(0, 80) })
        const near = [...deps.incidents.all()].filter(i => opensCamera(i, cameraId) && opensTo(i, user)).map(i => i.id)
        const decision = mayView(camera, user, near, reason)
        await commit({ audit: [stillTaken(clock.now(), user, cameraId, decision)] })
        if (!decision.ok) throw new GatewayError(decision.code, { camera: camera.name })
      },
      patrol
    },
    stop() {
      patrol.stop()
      missed.stop()
    }
  }
}

/** What is between journal and incident is worked, or in a storm the time is over. */
async function settledSoon({ clock, pipeline }: Pick<WallDeps, 'clock' | 'pipeline'>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const cancel = clock.after(INCIDENT_WAIT_MS, late.resolve)
  await Promise.race([pipeline.idle(), late.promise])
  cancel()
}

/** A missed round stands in the top bar of the floor for a quarter of an hour; the leader's page keeps it for a day. */
function missedNotices({ clock, notices }: Pick<WallDeps, 'clock' | 'notices'>) {
  let cancel: () => void = () => undefined
  let count = 0
  return {
    add(plan: string) {
      count += 1
      notices.set('roundMissed', { level: 'warning', code: 'roundMissed', data: { plan, count } })
      cancel()
      cancel = clock.after(MISSED_SHOWN_MS, () => {
        count = 0
        notices.clear('roundMissed')
      })
    },
    stop: () => cancel()
  }
}

/** What intake must know beside the registry: a patrol's own report is its unit's, a finding of the video patrol comes from where its camera stands. */
export function withOwnReports(registry: Registry): Registry {
  return {
    ...registry,
    resolve(sourceId) {
      const unitId = unitOfSituation(sourceId)
      if (unitId !== undefined) {
        // Each report its own: what one team sees twice an hour apart are two incidents.
        const subject: SubjectCard = {
          id: id(sourceId),
          kind: 'person',
          name: registry.unit(unitId)?.name ?? unitId,
          address: ''
        }
        return { source: { id: sourceId, subjectId: subject.id, kind: 'personReport' }, subject }
      }
      const cameraId = cameraOfSource(sourceId)
      const camera = cameraId === undefined ? undefined : registry.camera(id<CameraId>(cameraId))
      if (!camera) return registry.resolve(sourceId)
      const subject: SubjectCard = {
        id: id(`camera:${camera.id}`),
        kind: 'person',
        name: camera.name,
        address: '',
        ...FOUND_ON_VIDEO
      }
      return {
        source: { id: sourceId, subjectId: subject.id, kind: 'personReport' },
        subject,
        position: camera.position
      }
    }
  }
}
