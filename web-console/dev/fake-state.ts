/** The fake server's records: an evening on the floor that looks like one, with the same shapes as the gateway's. */
import { id } from '../../gateway/core/brand.ts'
import { distanceM } from '../../gateway/core/geo.ts'
import type { EvidenceItem, Incident, TimelineEntry, TimelineKind } from '../../gateway/core/incident.ts'
import { priorityOf } from '../../gateway/core/priority.ts'
import type { AlarmClass, SourceKind } from '../../gateway/core/signal.ts'
import type { Unit } from '../../gateway/core/unit.ts'
import type { UnitCandidate } from '../../gateway/core/wire.ts'
import { place, townCameras } from './fake-town.ts'

const cameras = townCameras()
let running = 186
let ids = 0

export function newId(prefix: string): string {
  ids += 1
  return `${prefix}-${ids}`
}

export interface Seed {
  readonly kind: SourceKind
  readonly alarmClass: AlarmClass
  readonly name: string
  readonly address: string
  readonly at: readonly [number, number] | undefined
  readonly ageS: number
  readonly cause?: string
  readonly rich?: boolean
}

const CARD = {
  phone: '6650147',
  description: '女 74 岁 独居',
  medicalNote: '高血压，心脏支架（2023）；听力差，说话请大声慢速',
  accessNote: '2 楼，无电梯；钥匙在 3-101 赵家',
  contacts: [
    { name: '陈立', relation: '儿子', phone: '13812342617' },
    { name: '赵国强', relation: '邻居', phone: '6650152' }
  ],
  gridCell: { id: id<never>('03-07'), name: '滨河社区 03-07 网格' },
  group: { id: id<never>('g-7'), name: '杏花巷第 7 联防组', members: 10 }
}

/** A new incident as intake would make it. */
export function incidentOf(seed: Seed, nowMs: number): Incident {
  running += 1
  const incidentId = id<Incident['id']>(newId('inc'))
  const openedAtMs = nowMs - seed.ageS * 1_000
  const position = seed.at ? place(...seed.at) : undefined
  const near = position
    ? [...cameras]
        .map(camera => ({
          cameraId: camera.id,
          name: camera.name,
          distanceM: Math.round(distanceM(position, camera.position))
        }))
        .sort((a, b) => a.distanceM - b.distanceM)
        .slice(0, 3)
    : []
  const evidence = near
    .slice(0, 2)
    .flatMap((camera): EvidenceItem[] => [
      evidenceOf(incidentId, camera, 'preview', openedAtMs),
      evidenceOf(incidentId, camera, 'clip', openedAtMs)
    ])
  return {
    id: incidentId,
    number: `1122-${String(running).padStart(4, '0')}`,
    state: 'new',
    priority: priorityOf(seed.alarmClass, seed.kind),
    alarmClass: seed.alarmClass,
    sourceKind: seed.kind,
    subject: {
      id: id(newId('sub')),
      kind: seed.kind === 'taxi' ? 'vehicle' : seed.alarmClass === 'unmapped' ? 'unmapped' : 'household',
      name: seed.name,
      address: seed.address,
      ...(seed.rich ? CARD : {})
    },
    ...(position
      ? { position, positionSource: seed.kind === 'taxi' ? ('device' as const) : ('registry' as const) }
      : {}),
    cameras: near,
    presses: 1,
    pressTimesMs: [openedAtMs],
    openedAtMs,
    duress: seed.alarmClass === 'duress',
    unverified: seed.alarmClass === 'unmapped',
    ...(seed.cause ? { cause: seed.cause } : {}),
    escalation: 0,
    rings: 1,
    autoOffered: false,
    linked: [],
    assignments: [],
    evidence,
    version: 1,
    updatedAtMs: openedAtMs
  }
}

function evidenceOf(
  incidentId: Incident['id'],
  camera: Incident['cameras'][number],
  kind: EvidenceItem['kind'],
  openedAtMs: number
): EvidenceItem {
  const done = kind === 'preview' || Date.now() - openedAtMs > 60_000
  return {
    id: id(newId('ev')),
    incidentId,
    cameraId: camera.cameraId,
    cameraName: camera.name,
    kind,
    state: done ? 'ready' : 'recording',
    requestedFromMs: openedAtMs - 30_000,
    requestedToMs: kind === 'preview' ? openedAtMs : openedAtMs + 60_000,
    ...(done
      ? {
          actualFromMs: openedAtMs - 30_400,
          actualToMs: openedAtMs,
          gapMs: 0,
          bytes: 8_412_160,
          sha256: '9f2c41d07a6be35518c0f4a2'.padEnd(64, '7')
        }
      : {}),
    createdAtMs: openedAtMs
  }
}

type Team = readonly [name: string, members: number, vehicle: Unit['vehicle'], x: number, y: number, kmh: number]

const TEAMS: readonly Team[] = [
  ['巡防 07 车', 2, 'car', 474, 330, 30],
  ['骑巡 18 组', 1, 'motorcycle', 640, 560, 25],
  ['步巡 03 组', 3, 'foot', 380, 808, 5],
  ['步巡 09 组', 2, 'foot', 560, 940, 5],
  ['骑巡 21 组', 2, 'motorcycle', 1120, 384, 25],
  ['派出所 2 号车', 2, 'car', 644, 120, 35]
]

export function units(nowMs: number): Unit[] {
  return TEAMS.map(([name, memberCount, vehicle, x, y, speedKmh], index) => ({
    id: id(`unit-${index + 1}`),
    name,
    unitClass: index === 5 ? 'police' : 'patrol',
    memberCount,
    vehicle,
    speedKmh,
    state: 'available',
    position: {
      point: place(x, y),
      atMs: nowMs - (index === 5 ? 360_000 : 4_000),
      headingDeg: (index * 70) % 360,
      speedKmh
    },
    members: Array.from({ length: memberCount }, (_, i) => ({ userId: id(`u-${index}-${i}`), name: `队员 ${i + 1}` })),
    onDutySinceMs: nowMs - 4 * 3_600_000
  }))
}

/** Nearest first by straight line × 1.4; stale positions last, unranked. */
export function candidatesOf(incident: Incident, all: readonly Unit[], nowMs: number): UnitCandidate[] {
  const { position } = incident
  if (!position) return []
  const rows = all.flatMap((unit): UnitCandidate[] => {
    if (!unit.position || unit.state === 'offDuty') return []
    const straightM = Math.round(distanceM(position, unit.position.point))
    const positionAgeMs = nowMs - unit.position.atMs
    const ranked = positionAgeMs < 60_000
    const reasons: UnitCandidate['reasons'] = [
      ...(ranked ? [] : (['stalePosition'] as const)),
      ...(unit.memberCount < 2 ? (['alone'] as const) : []),
      ...(unit.name === '步巡 03 组' ? (['detour'] as const) : [])
    ]
    const roadM = Math.round(straightM * 1.4)
    return [
      {
        unitId: unit.id,
        name: unit.name,
        state: unit.state,
        unitClass: unit.unitClass,
        memberCount: unit.memberCount,
        etaS: Math.round(roadM / (unit.speedKmh / 3.6)),
        distanceM: roadM,
        straightM,
        by: 'road',
        reasons,
        positionAgeMs,
        ranked
      }
    ]
  })
  const sorted = rows.sort((a, b) => Number(b.ranked) - Number(a.ranked) || a.etaS - b.etaS)
  return sorted.map((row, index) => (index === 0 ? { ...row, reasons: ['nearest', 'ownCell', ...row.reasons] } : row))
}

export function entry(
  incident: Incident,
  index: number,
  kind: TimelineKind,
  data: TimelineEntry['data'],
  atMs: number,
  actor: TimelineEntry['actor'] = { kind: 'system' }
): TimelineEntry {
  return { incidentId: incident.id, index, atMs, actor, kind, data }
}

export const SEEDS: readonly Seed[] = [
  { kind: 'taxi', alarmClass: 'panic', name: 'T0637', address: '建设路近青石大街', at: [1042, 340], ageS: 4 },
  { kind: 'oneKeyCall', alarmClass: 'help', name: '王秀兰', address: '文昌街 112 号', at: [140, 214], ageS: 8 },
  {
    kind: 'panicPhone',
    alarmClass: 'panic',
    name: '陈桂芳',
    address: '杏花巷 16 号 3 栋 2 单元 201',
    at: [420, 545],
    ageS: 47,
    rich: true
  },
  { kind: 'alarmBox', alarmClass: 'intrusion', name: '惠民超市', address: '建设路 208 号', at: [1060, 460], ageS: 380 },
  { kind: 'oneKeyCall', alarmClass: 'medical', name: '刘德顺', address: '南滨路 31 号', at: [560, 930], ageS: 588 },
  {
    kind: 'cameraAnalytics',
    alarmClass: 'intrusion',
    name: '粮库北墙',
    address: '工业路 66 号',
    at: [1190, 470],
    ageS: 151
  },
  { kind: 'alarmBox', alarmClass: 'unmapped', name: 'dc09:3F21', address: '', at: undefined, ageS: 242 },
  {
    kind: 'personReport',
    alarmClass: 'report',
    name: '路灯倒伏占道',
    address: '公园路 41 号门前',
    at: [830, 480],
    ageS: 1450
  },
  {
    kind: 'detector',
    alarmClass: 'trouble',
    name: '滨河网关',
    address: '滨河路 3 号机房',
    at: [480, 660],
    ageS: 666,
    cause: 'offline'
  },
  {
    kind: 'cameraAnalytics',
    alarmClass: 'trouble',
    name: '工业路北口',
    address: '工业路北口',
    at: [1236, 90],
    ageS: 2460,
    cause: 'offline'
  }
]
