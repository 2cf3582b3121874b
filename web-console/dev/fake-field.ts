/** Development only: what the fake floor does not play: a patrol's phone, a taxi fleet, diagnostics, video tickets. */
import { id } from '../../gateway/core/brand.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Unit } from '../../gateway/core/unit.ts'
import type {
  Diagnostics,
  FeedBody,
  FleetAlarm,
  PatrolCommand,
  PatrolCommandResult,
  PatrolTask,
  ServerMessage,
  SessionUser
} from '../../gateway/core/wire.ts'
import { type FakeMedia, startFakeMedia } from './fake-media.ts'
import { units } from './fake-state.ts'
import { place, townCameras } from './fake-town.ts'

type Send = (message: ServerMessage) => void

/** Answers below /api and feed scopes of patrol and taxi; `route` answers undefined for what is not its own. */
export class FakeField {
  #seq = 10
  #unit: Unit
  #tasks: PatrolTask[] = []
  #members: Unit['members'] = []
  #seen = new Map<string, PatrolCommandResult>()
  #media: FakeMedia | undefined
  readonly #watchers = new Set<Send>()
  readonly #sinceMs = Date.now()

  constructor() {
    const [unit] = units(Date.now())
    if (!unit) throw new Error('the fake town has no units')
    this.#unit = { ...unit, state: 'offDuty', members: [], position: undefined, onDutySinceMs: undefined }
    void startFakeMedia().then(media => {
      this.#media = media
    })
  }

  route(path: string, body: unknown, user: SessionUser): unknown {
    const camera = /^\/api\/cameras\/([^/]+)\/ticket$/.exec(path)?.[1]
    if (camera !== undefined) return this.#cameraTicket(camera)
    const evidence = /^\/api\/evidence\/([^/]+)\/ticket$/.exec(path)?.[1]
    if (evidence !== undefined) return this.#ready().ticket(`/evidence/${evidence}`)
    switch (path) {
      case '/api/patrol/sign-on':
        this.#members = [{ userId: id(user.userId), name: user.name }]
        return {}
      case '/api/patrol/position':
        return {}
      case '/api/patrol/commands':
        return (body as PatrolCommand[]).map(command => this.#command(command))
      case '/api/fake/offer':
        return this.#offer(Boolean((body as { duress?: boolean }).duress))
      case '/api/fake/recall':
        return this.#gone('recalled')
      case '/api/diagnostics':
        return diagnostics(this.#sinceMs)
      default:
        return undefined
    }
  }

  /** Answers the scopes of this user beyond the floor, and sends their snapshots. */
  watch(user: SessionUser, send: Send): { readonly scopes: readonly string[]; readonly stop: () => void } {
    const scope =
      user.role === 'patrol' ? `unit:${user.unitId}` : user.role === 'taxiDispatcher' ? 'fleet:1' : undefined
    if (!scope) return { scopes: [], stop: () => undefined }
    const own: Send = message => send(message.type === 'msg' ? { ...message, scope } : message)
    const base = { type: 'snapshot', scope, seq: this.#seq } as const
    queueMicrotask(() =>
      send(
        user.role === 'patrol'
          ? { ...base, patrol: { unit: this.#unit, tasks: this.#tasks } }
          : { ...base, fleet: fleet() }
      )
    )
    this.#watchers.add(own)
    return { scopes: [scope], stop: () => this.#watchers.delete(own) }
  }

  #ready(): FakeMedia {
    if (!this.#media) throw new GatewayError('MEDIA_UNAVAILABLE')
    return this.#media
  }

  #cameraTicket(camera: string): unknown {
    const row = townCameras().find(each => each.id === camera)
    if (!row) throw new GatewayError('NOT_FOUND')
    if (row.ownership === 'private') throw new GatewayError('CAMERA_CLOSED')
    if (row.health === 'offline') throw new GatewayError('MEDIA_UNAVAILABLE')
    return this.#ready().ticket(`/live/${camera}`)
  }

  #command({ client, seq, command }: PatrolCommand): PatrolCommandResult {
    const known = this.#seen.get(`${client}:${seq}`)
    if (known) return { ...known, outcome: known.outcome === 'done' ? 'repeated' : known.outcome }
    const result = this.#apply(seq, command)
    this.#seen.set(`${client}:${seq}`, result)
    return result
  }

  #apply(seq: number, command: PatrolCommand['command']): PatrolCommandResult {
    const task = this.#tasks[0]
    if (command.kind === 'onDuty')
      this.#setUnit({ state: 'available', members: this.#members, onDutySinceMs: Date.now() })
    else if (command.kind === 'offDuty') this.#setUnit({ state: 'offDuty', members: [], onDutySinceMs: undefined })
    else if (command.kind === 'situation') return { seq, outcome: 'done' }
    else if (command.kind === 'checkPoint') return { seq, outcome: 'refused', code: 'NOT_FOUND' }
    else if (!task || task.assignmentId !== command.assignmentId) return { seq, outcome: 'refused', code: 'OFFER_GONE' }
    else if (command.kind === 'accept') this.#setTask(task, 'enRoute')
    else if (command.kind === 'arrive') this.#setTask(task, 'arrived')
    else if (command.kind === 'finish') this.#gone('cleared')
    else if (command.kind === 'safe') return { seq, outcome: 'done' }
    else if (command.kind === 'clear') this.#gone('cleared')
    else if (command.kind !== 'report') this.#gone('declined')
    return { seq, outcome: 'done' }
  }

  #offer(duress: boolean): PatrolTask {
    const task = taskOf(duress)
    this.#tasks = [task]
    this.#setUnit({ state: 'offered' })
    this.#tell({ type: 'task', task })
    return task
  }

  #setTask(task: PatrolTask, assignmentState: 'enRoute' | 'arrived'): void {
    const next = { ...task, assignmentState }
    this.#tasks = [next]
    this.#setUnit({ state: assignmentState === 'arrived' ? 'onScene' : 'enRoute' })
    this.#tell({ type: 'task', task: next })
  }

  #gone(reason: 'recalled' | 'cleared' | 'declined'): unknown {
    for (const { incidentId } of this.#tasks) this.#tell({ type: 'taskGone', incidentId, reason })
    this.#tasks = []
    this.#setUnit({ state: 'available' })
    return {}
  }

  #setUnit(change: Partial<Unit>): void {
    this.#unit = { ...this.#unit, ...change }
    this.#tell({ type: 'unit', unit: this.#unit })
  }

  #tell(body: FeedBody): void {
    const prev = this.#seq++
    for (const send of this.#watchers) send({ type: 'msg', scope: '', seq: this.#seq, prev, atMs: Date.now(), body })
  }
}

function taskOf(duress: boolean): PatrolTask {
  const now = Date.now()
  return {
    incidentId: id('inc-9'),
    number: '1122-0187',
    assignmentId: `as-${now}`,
    assignmentState: 'offered',
    priority: 1,
    alarmClass: duress ? 'duress' : 'panic',
    sourceKind: 'panicPhone',
    nature: 'violence',
    duress,
    name: '陈桂芳',
    address: '杏花巷 16 号 3 栋 2 单元 201',
    description: '女 74 岁 独居',
    medicalNote: '高血压，心脏支架（2023）；听力差',
    accessNote: '钥匙在 3-101 赵家',
    position: place(420, 545),
    presses: 2,
    openedAtMs: now - 20_000,
    offeredAtMs: now,
    expiresAtMs: now + 30_000,
    etaS: 80,
    distanceM: 620,
    ownerName: '林晓',
    ownerSeat: 3,
    others: [{ unitName: '骑巡 18 组', state: 'enRoute' }],
    evidence: [{ id: id('ev-9'), kind: 'preview', state: 'ready', cameraName: '杏花巷东口' }]
  }
}

function fleet(): FleetAlarm[] {
  const now = Date.now()
  return [
    {
      incidentId: id('inc-t1'),
      number: '1122-0188',
      plate: '闽 T0637',
      alarmClass: 'panic',
      silent: true,
      state: 'dispatched',
      openedAtMs: now - 12_000,
      position: place(1042, 340),
      presses: 1
    },
    {
      incidentId: id('inc-t2'),
      number: '1122-0171',
      plate: '闽 T0211',
      alarmClass: 'panic',
      silent: true,
      state: 'resolved',
      openedAtMs: now - 5_400_000,
      position: place(620, 660),
      presses: 3
    }
  ]
}

function diagnostics(sinceMs: number): Diagnostics {
  const now = Date.now()
  const adapter = { state: 'running', restarts: 0, rejected: [] } as const
  return {
    sinceMs,
    version: '0.1.0',
    memoryMb: 142,
    store: { writable: true, freeBytes: 48_300_000_000 },
    adapters: [
      {
        ...adapter,
        name: 'mqtt',
        endpoints: [{ protocol: 'tcp', address: '0.0.0.0', port: 1883 }],
        accepted: 18_420,
        lastSignalAtMs: now - 900,
        rejected: [
          {
            reason: 'bad-json',
            count: 37,
            lastOrigin: '192.0.2.18:51022',
            lastAtMs: now - 4_000,
            lastDetail: 'Unexpected token at position 12'
          },
          {
            reason: 'acl',
            count: 3,
            lastOrigin: 'box-07',
            lastAtMs: now - 86_000,
            lastDetail: 'publish linxi/box-08/signal'
          }
        ]
      },
      {
        ...adapter,
        name: 'sip',
        endpoints: [{ protocol: 'udp', address: '0.0.0.0', port: 5060 }],
        accepted: 212,
        lastSignalAtMs: now - 47_000
      },
      {
        ...adapter,
        name: 'jt808',
        state: 'restarting',
        restarts: 2,
        error: 'listen EADDRINUSE 0.0.0.0:7611',
        endpoints: [],
        accepted: 0
      },
      {
        ...adapter,
        name: 'onvif',
        endpoints: [{ protocol: 'udp', address: '239.255.255.250', port: 3702 }],
        accepted: 9,
        lastSignalAtMs: now - 151_000
      }
    ],
    devices: Array.from({ length: 30 }, (_, i) => ({
      id: i < 20 ? `mqtt:linxi/box-${String(i + 1).padStart(2, '0')}` : `jt808:0139123456${i}`,
      protocol: i < 20 ? 'mqtt' : 'jt808',
      state: i === 6 ? 'offline' : 'online',
      atMs: now - i * 1_300,
      ...(i % 3 === 0 ? { model: 'LX-200' } : {})
    })),
    workers: [
      { index: 0, pid: 4_102, cameras: 9, restarts: 0, rssMb: 88 },
      { index: 1, pid: 4_103, cameras: 9, restarts: 1, rssMb: 91 }
    ],
    cameras: townCameras().map(camera => ({
      cameraId: camera.id,
      state: camera.health,
      codec: 'h264',
      width: 1280,
      height: 720,
      fps: 25,
      bitrateKbps: 2_030,
      preRollMs: 30_400,
      lastFrameAtMs: now - (camera.health === 'stale' ? 18_000 : 40),
      ...(camera.health === 'offline' ? { attempts: 7, error: 'connect ETIMEDOUT' } : {})
    })),
    shed: { positions: 0, heartbeats: 128 }
  }
}
