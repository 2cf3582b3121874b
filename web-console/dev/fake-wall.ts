/** Development only: the wall's layouts and tours and the video patrol's rounds, in memory, with the gateway's own room for the rounds. */
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Clock } from '../../gateway/core/ports.ts'
import type { Commit, DocumentQuery } from '../../gateway/core/store.ts'
import type { Draft, PatrolPlan, WallLayout, WallTour } from '../../gateway/core/wall.ts'
import type { SessionUser } from '../../gateway/core/wire.ts'
import { systemClock } from '../../gateway/supervise/clock.ts'
import { createShelf, type Shelf } from '../../gateway/wall/shelf.ts'
import { createVideoPatrol, type FindingRequest, type VideoPatrol } from '../../gateway/wall/video-patrol.ts'
import { townCameras } from './fake-town.ts'

const clock: Clock = systemClock
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => quiet }
const PEOPLE = [
  { login: '10327', name: '林晓' },
  { login: '10411', name: '高远' },
  { login: '10001', name: '韩梅' }
]
const HAN: SessionUser = { userId: 'u-10001', login: '10001', name: '韩梅', role: 'leader' }

/** Answers below /api/wall and /api/video-patrol; undefined for what is not its own. */
export class FakeWall {
  readonly #rows = new Map<string, { readonly kind: string; readonly key: string; readonly body: object }>()
  readonly #ready: Promise<{ layouts: Shelf<WallLayout>; tours: Shelf<WallTour>; patrol: VideoPatrol }>

  constructor() {
    this.#ready = this.#start()
  }

  async #start() {
    const commit: Commit = async ({ documents = [] }) => {
      for (const { kind, key, body } of documents)
        if (body) this.#rows.set(`${kind}/${key}`, { kind, key, body })
        else this.#rows.delete(`${kind}/${key}`)
      return { ok: true, feed: [] }
    }
    const store = {
      documents: async ({ kind, fromKey = '', toKey = '\uffff' }: DocumentQuery) =>
        [...this.#rows.values()].filter(row => row.kind === kind && row.key >= fromKey && row.key < toKey)
    }
    const shelf = { clock, store, commit, max: 200, changed: () => undefined }
    const layouts = await createShelf<WallLayout>({ ...shelf, kind: 'wall.layout' })
    const tours = await createShelf<WallTour>({ ...shelf, kind: 'wall.tour' })
    const cameras = new Map(townCameras().map(camera => [String(camera.id), camera]))
    const patrol = await createVideoPatrol({
      clock,
      log: quiet,
      store,
      commit,
      timeZone: 'Asia/Shanghai',
      keepNow: () => clock.now(),
      ownershipOf: cameraId => cameras.get(cameraId)?.ownership,
      people: () => PEOPLE,
      accept: async () => undefined,
      incidentOf: async () => undefined,
      missed: () => undefined,
      changed: () => undefined
    })
    const open = [...cameras.values()].filter(camera => camera.ownership === 'public').map(camera => String(camera.id))
    await tours.put({ name: '老城片', shared: true, cameras: open.slice(0, 8), dwellS: 10 }, HAN)
    await tours.put({ name: '车站片', shared: true, cameras: open.slice(8, 14), dwellS: 12 }, HAN)
    const tiles = open.slice(0, 7).map(cameraId => ({ kind: 'camera', cameraId }) as const)
    await layouts.put({ name: '城关重点', shared: true, grid: '9', pages: [tiles] }, HAN)
    const minute = Math.floor(Date.now() / 60_000) % 1_440
    const shift = {
      fromMin: (minute + 480 + 1_440 - 10) % 1_440,
      toMin: (minute + 960) % 1_440,
      persons: ['10327', '10411']
    }
    const plan = {
      name: '城关重点部位',
      shared: true,
      cameras: open.slice(0, 8),
      shifts: [shift],
      intervalMin: 60,
      minLookS: 10
    }
    await patrol.putPlan(plan, HAN)
    return { layouts, tours, patrol }
  }

  async route(path: string, body: unknown, user: SessionUser): Promise<unknown> {
    const { layouts, tours, patrol } = await this.#ready
    const { cameraId = '', reason = '' } = body as { cameraId?: string; reason?: string }
    const [, what, key = '', act = ''] =
      /^\/api\/(?:wall|video-patrol)(?:\/([a-z]+))?(?:\/([^/]+))?(?:\/([a-z]+))?$/.exec(path) ?? ['', 'other']
    switch (`${what ?? ''}/${act}`) {
      case '/':
        return path === '/api/wall' ? { layouts: layouts.seenBy(user), tours: tours.seenBy(user) } : patrol.state(user)
      case 'layouts/':
        return layouts.put(body as Draft<WallLayout>, user)
      case 'layouts/remove':
        return layouts.remove(key, user)
      case 'tours/':
        return tours.put(body as Draft<WallTour>, user)
      case 'tours/remove':
        return tours.remove(key, user)
      case 'plans/':
        return patrol.putPlan(body as Draft<PatrolPlan>, user)
      case 'plans/remove':
        return patrol.removePlan(key, user).then(() => ({}))
      case 'rounds/look':
        return patrol.look(decodeURIComponent(key), cameraId, user)
      case 'rounds/seen':
        return patrol.seen(decodeURIComponent(key), cameraId, user)
      case 'rounds/skip':
        return patrol.skip(decodeURIComponent(key), cameraId, reason, user)
      case 'rounds/findings':
        return patrol.find(decodeURIComponent(key), body as FindingRequest, user, '')
      case 'report/':
        if (user.role !== 'leader') throw new GatewayError('NOT_ALLOWED')
        return patrol.report(Date.now() - 86_400_000, Date.now())
      default:
        return /\/still-taken$/.test(path) ? {} : undefined
    }
  }
}
